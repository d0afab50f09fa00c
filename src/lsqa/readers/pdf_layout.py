"""The order in which the pieces of a page are read: boxes whole, columns one after the other, else from top to bottom.

A recursive cut in the manner of the XY-cut (Nagy and Seth, 1984), with two additions: what a drawn box holds is read
together, and lines that face each other across a gap are told apart as columns of prose or rows of a table that has no
lines.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from lsqa.readers.glyphs import Panel, Rect, around
from lsqa.readers.pdf_lines import Frame, Piece
from lsqa.readers.pdf_tables import Table

_GUTTER: Final = 0.9  # in units of the median font size
_LARGEST_BOX: Final = 0.6  # of the page: a larger one is its background
_SAME_LINE: Final = 0.5  # of the lower height
_PROSE_LENGTH: Final = 12  # characters of a line of prose, median
_SHORT_PROSE: Final = 8  # beside a column of longer ones
_PROSE_FILL: Final = 0.6  # of the width of its column
_ALIGNED: Final = 0.5
_DEEPEST: Final = 40
_FIGURE: Final = re.compile(r"[\d０-９.,，．%％¥￥$()（）△▲+\-－―−…\s]+(?:億|万|千|百)*(?:円|人|件|名|年度?|月|日)?")
_MOSTLY: Final = 0.7
_SOME_FIGURES: Final = 0.25
_HIGHLIGHTED: Final = 3  # lines
_ACROSS: Final = 0.7  # of the breadth of the page
_BAR_HEIGHT: Final = 3.0  # in units of what stands in it
_FEWEST_THROUGH: Final = 2  # items on each side of a gutter that runs through all
_SIDE_BY_SIDE: Final = 0.7  # of the height of two columns


@dataclass(slots=True)
class Line(Rect):
    """What stands side by side on one height of one region, from left to right."""

    pieces: list[Piece]


Region = list[Line] | Table
"""Lines that are read one after the other, or a ruled table."""


@dataclass(slots=True)
class _Group(Rect):
    """What one drawn box holds."""

    items: "list[_Item]"


_Item = Piece | Table | _Group
_Gap = tuple[float, float]


def reading_order(
    pieces: Sequence[Piece], tables: Sequence[Table], panels: Sequence[Panel], boxes: Sequence[Rect], frame: Frame
) -> Iterator[Region]:
    """The regions of a page, in the order in which a reader takes them. `boxes` are drawn with lines, in the frame."""
    items: list[_Item] = [*pieces, *tables]
    if items:
        gutter = max(6.0, _GUTTER * median([p.size for p in pieces] or [10.0]))
        yield from _read(_boxed(items, panels, boxes, frame), gutter, 0)


def _boxed(items: list[_Item], panels: Sequence[Panel], lined: Sequence[Rect], frame: Frame) -> list[_Item]:
    """`items` with what stands in a drawn box as one, the innermost boxes first."""
    page = frame.breadth * frame.depth
    drawn = [p for p in panels if p.is_framed or (p.colour is not None and min(p.colour) < 250)]
    seen = [(frame.seen(p), p.is_framed) for p in drawn] + [(b, True) for b in lined]
    boxes = [
        b for b, framed in seen if 0 < b.area < _LARGEST_BOX * page and (framed or not _is_highlight(b, items, seen))
    ]
    different = {(round(b.left), round(b.top), round(b.right), round(b.bottom)): b for b in boxes}
    for box in sorted(different.values(), key=lambda b: b.area):
        across = [i for i in items if i.top < box.bottom and i.bottom > box.top]
        inside = [i for i in across if box.holds(*i.centre) and i.area < 1.2 * box.area]
        if len(inside) == 1 < len(items) and _is_bar(box, inside[0], frame):
            items[items.index(inside[0])] = _Group(box.left, box.top, box.right, box.bottom, inside)
        elif 2 <= len(inside) < len(items):
            held = {id(i) for i in inside}
            whole = around([*inside, box])
            group = _Group(whole.left, whole.top, whole.right, whole.bottom, inside)
            items = [*(i for i in items if id(i) not in held), group]
    return items


def _is_bar(box: Rect, item: _Item, frame: Frame) -> bool:
    """Whether a box is the bar of a heading across the page: it parts what stands above from what stands below."""
    is_across = box.width >= _ACROSS * frame.breadth
    return is_across and isinstance(item, Piece) and box.height <= _BAR_HEIGHT * item.height


def _is_highlight(box: Rect, items: Sequence[_Item], panels: Sequence[tuple[Rect, bool]]) -> bool:
    """Whether a shade lies behind a column of a table: what it holds stands on lines of what is beside it, unboxed."""
    inside = [i for i in items if box.holds(*i.centre)]
    if len(inside) < _HIGHLIGHTED:
        return False
    others = [p for p, _ in panels if not (p.holds(*box.centre) and p.area >= box.area)]
    beside = [
        i
        for i in items
        if box.overlaps_down(i) > 0 and not box.holds(*i.centre) and not any(p.holds(*i.centre) for p in others)
    ]
    return _aligned_count(inside, beside) >= _ALIGNED * len(inside)


def _read(items: list[_Item], gutter: float, depth: int) -> Iterator[Region]:
    bands = _bands(items)
    if depth < _DEEPEST and (cut := _cut_through(bands, gutter)) is not None:
        yield from _sides(items, cut, gutter, depth)
        return
    lines: list[_Item] = []
    start = level = 0  # bands before `level` were found to be lines across
    while start < len(bands):
        is_wide = len(bands[start]) > 1 and depth < _DEEPEST and start >= level
        end, cut = _columns(bands, start, gutter) if is_wide else (start, None)
        if cut is None:
            lines.extend(bands[start])
            start, level = start + 1, max(level, end)
            continue
        yield from _plain(lines, gutter, depth)
        lines = []
        yield from _sides([item for band in bands[start:end] for item in band], cut, gutter, depth)
        start = end
    yield from _plain(lines, gutter, depth)


def _sides(items: list[_Item], cut: float, gutter: float, depth: int) -> Iterator[Region]:
    yield from _read([i for i in items if i.centre[0] < cut], gutter, depth + 1)
    yield from _read([i for i in items if i.centre[0] >= cut], gutter, depth + 1)


def _plain(items: list[_Item], gutter: float, depth: int) -> Iterator[Region]:
    """Items without columns: runs of lines, broken by tables and boxes."""
    lines: list[Line] = []
    for row in _rows(items):
        if pieces := _one_line(row):
            box = around(pieces)
            lines.append(Line(box.left, box.top, box.right, box.bottom, pieces))
            continue
        if lines:
            yield lines
            lines = []
        for item in row:
            if isinstance(item, Table):
                yield item
            elif isinstance(item, _Group):
                yield from _read(item.items, gutter, depth + 1)
            else:
                yield [Line(item.left, item.top, item.right, item.bottom, [item])]
    if lines:
        yield lines


def _one_line(row: list[_Item]) -> list[Piece]:
    """The pieces of a row that is one line of text, be some of it boxed; none where it is more."""
    pieces: list[Piece] = []
    for item in row:
        members: list[_Item] = item.items if isinstance(item, _Group) else [item]
        if len(members) > 1 and (len(row) == 1 or len(_rows(members)) > 1):
            return []
        pieces.extend(m for m in members if isinstance(m, Piece))
        if not all(isinstance(m, Piece) for m in members):
            return []
    return pieces


def _rows(items: list[_Item]) -> list[list[_Item]]:
    """Items that share a line, from left to right, the lines from top to bottom."""
    rows: list[list[_Item]] = []
    for item in sorted(items, key=lambda i: (i.top, i.left)):
        row = next((r for r in rows[-4:] if _shares_line(r, item)), None)
        if row is None:
            rows.append([item])
        else:
            row.append(item)
    for row in rows:
        row.sort(key=lambda i: i.left)
    return sorted(rows, key=lambda r: min(i.top for i in r))


def _shares_line(row: list[_Item], item: _Item) -> bool:
    return all(
        a.overlaps_down(item) > _SAME_LINE * min(a.height, item.height) and a.overlaps_across(item) < 0.5 * item.width
        for a in row
    )


def _bands(items: list[_Item]) -> list[list[_Item]]:
    """Items whose heights overlap, together, from top to bottom."""
    bands: list[list[_Item]] = []
    reached = 0.0
    for item in sorted(items, key=lambda i: i.top):
        slack = 0.25 * min(item.height, 12.0)
        if bands and item.top < reached - slack:
            bands[-1].append(item)
        else:
            bands.append([item])
        reached = max(reached, item.bottom) if len(bands[-1]) > 1 else item.bottom
    return bands


def _cut_through(bands: list[list[_Item]], gutter: float) -> float | None:
    """Where a gutter parts all the bands into two columns of several items, if one does."""
    gaps = [(float("-inf"), float("inf"))]
    for band in bands:
        gaps = _shared(gaps, _gaps(band, gutter), gutter)
    cut = _cut(gaps, bands, _FEWEST_THROUGH)
    if cut is None:
        return None
    items = [item for band in bands for item in band]
    left, right = (around([i for i in items if (i.centre[0] < cut) == is_left]) for is_left in (True, False))
    return cut if left.overlaps_down(right) >= _SIDE_BY_SIDE * max(left.height, right.height) else None


def _columns(bands: list[list[_Item]], start: int, gutter: float) -> tuple[int, float | None]:
    """Where a run of bands with a common gutter ends, and where that is; None where it parts no columns."""
    gaps = _gaps(bands[start], gutter)[1:-1]  # those between two items
    end = start
    while end < len(bands):
        shared = _shared(gaps, _gaps(bands[end], gutter), gutter)
        if not shared:
            break
        if end > start and len(bands[end]) == 1 and _is_apart(bands[end - 1], bands[end]):
            break
        gaps, end = shared, end + 1
    is_line = end == start + 1 and any(isinstance(i, _Group) for i in bands[start]) and bool(_one_line(bands[start]))
    return end, None if is_line else _cut(gaps, bands[start:end], 1)


def _shared(gaps: list[_Gap], others: list[_Gap], gutter: float) -> list[_Gap]:
    return [(max(a, c), min(b, d)) for a, b in gaps for c, d in others if min(b, d) - max(a, c) >= gutter]


def _cut(gaps: list[_Gap], bands: list[list[_Item]], fewest: int) -> float | None:
    """The middle of the widest gap with columns of at least `fewest` items on both sides."""
    members = [item for band in bands for item in band]
    for low, high in sorted(gaps, key=lambda g: g[0] - g[1]):
        cut = (low + high) / 2
        left = [i for i in members if i.centre[0] < cut]
        right = [i for i in members if i.centre[0] >= cut]
        if min(len(left), len(right)) >= fewest and _are_columns(left, right):
            return cut
    return None


def _is_apart(above: list[_Item], below: list[_Item]) -> bool:
    """Whether one item alone stands too far under a band to belong to its columns."""
    return below[0].top - max(i.bottom for i in above) > 1.2 * min(below[0].height, 20.0)


def _gaps(band: list[_Item], gutter: float) -> list[_Gap]:
    """The stretches of a line that nothing of the band covers."""
    gaps: list[_Gap] = []
    reached = float("-inf")
    for item in sorted(band, key=lambda i: i.left):
        if item.left - reached >= gutter:
            gaps.append((reached, item.left))
        reached = max(reached, item.right)
    return [*gaps, (reached, float("inf"))]


def _are_columns(left: list[_Item], right: list[_Item]) -> bool:
    """Whether two sides of a gap are read one after the other, not line by line across it."""
    if not any(isinstance(i, Piece) for i in (*left, *right)) and _are_cards(left, right):
        return False
    if any(not isinstance(i, Piece) for i in (*left, *right)):
        return len(left) + len(right) > 2 or _unlike(left[0], right[0])
    if _are_figures(left) or _are_figures(right):  # numbers belong to what stands beside them
        return False
    fewer, more = sorted((left, right), key=len)
    if _aligned_count(fewer, more) < _ALIGNED * len(fewer):
        return True
    lengths = sorted(_prose_length(side) for side in (left, right))
    return min(len(left), len(right)) >= 3 and lengths[0] >= _SHORT_PROSE and lengths[1] >= _PROSE_LENGTH


def _are_cards(left: list[_Item], right: list[_Item]) -> bool:
    """Whether boxes stand in rows and columns: they are read row by row."""
    return len(left) == len(right) > 1 == _aligned_count(left, right) / len(left)


def _are_figures(side: list[_Item]) -> bool:
    """Whether most rows of a side begin with a number: a table's figures without its names."""
    if sum(isinstance(i, Piece) and _is_figure(i) for i in side) < _SOME_FIGURES * len(side):
        return False
    first = [row[0] for row in _rows(side)]
    return sum(isinstance(i, Piece) and _is_figure(i) for i in first) >= _MOSTLY * len(first)


def _is_figure(piece: Piece) -> bool:
    return _FIGURE.fullmatch(piece.text) is not None


def _unlike(a: _Item, b: _Item) -> bool:
    return isinstance(a, _Group) or isinstance(b, _Group)


def _aligned_count(items: Sequence[Rect], others: Sequence[Rect]) -> int:
    """How many of `items` begin or end on one height with one of `others`."""
    tops, bottoms = sorted(o.top for o in others), sorted(o.bottom for o in others)
    return sum(1 for i in items if _is_near(tops, i.top, 0.3 * i.height) or _is_near(bottoms, i.bottom, 0.3 * i.height))


def _is_near(places: Sequence[float], at: float, slack: float) -> bool:
    """Whether one of the sorted `places` is not farther than `slack` from `at`."""
    index = bisect_left(places, at - slack)
    return index < len(places) and places[index] <= at + slack


def _prose_length(side: list[_Item]) -> float:
    """The median length of a column's lines, in letters; 0 where most lines do not fill it."""
    pieces = [i for i in side if isinstance(i, Piece)]
    width = max(i.right for i in side) - min(i.left for i in side)
    full = sum(1 for p in pieces if p.width >= _PROSE_FILL * width)
    return median(sum(g.text.isalpha() for g in p.glyphs) for p in pieces) if 2 * full > len(pieces) else 0.0
