"""The order in which boxes on a page are read: bands from top to bottom, columns from left to right.

Recursive cuts along white space (Nagy and Seth 1984): the wider of the widest gap between bands and that between
columns parts the boxes, and each part is cut in its turn. Where no gap runs through, the box that begins first is
read first and the rest is cut without it: it is the frame around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Boxes reach further than the text in them; neighbours may overlap by so much of their extent.
_SLACK = 0.1
# A column so much narrower than what stands beside it holds labels: it is read row by row.
_LABEL_COLUMN = 0.4
_TOO_MANY = 400


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in any one unit; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


def bounds(boxes: Sequence[Box]) -> Box:
    """The smallest box around `boxes`, which must not be empty."""
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )


def reading_order(boxes: Sequence[Box]) -> tuple[int, ...]:
    """The indices of `boxes` in reading order."""
    order: list[int] = []
    waiting = [list(range(len(boxes)))]
    while waiting:
        part = waiting.pop()
        if len(part) < 2:
            order += part
            continue
        cut = _cut(boxes, part)
        if cut is not None:
            waiting += reversed(cut)
            continue
        part.sort(key=lambda i: (boxes[i].top, boxes[i].left))
        if len(part) > _TOO_MANY:
            order += part
        else:
            order.append(part[0])
            waiting.append(part[1:])
    return tuple(order)


def _cut(boxes: Sequence[Box], part: Sequence[int]) -> tuple[list[int], list[int]] | None:
    """`part` in two along its widest gap; None where there is none."""
    rows = _widest_gap([(*_shrink(boxes[i].top, boxes[i].bottom), i) for i in part])
    columns = _widest_gap([(*_shrink(boxes[i].left, boxes[i].right), i) for i in part])
    is_beside = columns[0] > rows[0] and not (rows[0] >= 0 and _are_labels(boxes, columns[1], columns[2]))
    width, first, second = columns if is_beside else rows
    return None if width < 0 else (first, second)


def _are_labels(boxes: Sequence[Box], left: Sequence[int], right: Sequence[int]) -> bool:
    labels, texts = bounds([boxes[i] for i in left]), bounds([boxes[i] for i in right])
    return labels.right - labels.left < _LABEL_COLUMN * (texts.right - texts.left)


def _shrink(low: float, high: float) -> tuple[float, float]:
    slack = _SLACK * (high - low)
    return low + slack, high - slack


def _widest_gap(spans: list[tuple[float, float, int]]) -> tuple[float, list[int], list[int]]:
    """The width of the widest gap and the indices on both sides; a width below 0 where nothing parts them."""
    spans.sort()
    best, at, reach = -1.0, 0, spans[0][1]
    for index, (low, high, _) in enumerate(spans[1:], 1):
        if low - reach >= 0 and low - reach > best:
            best, at = low - reach, index
        reach = max(reach, high)
    return best, [i for _, _, i in spans[:at]], [i for _, _, i in spans[at:]]
