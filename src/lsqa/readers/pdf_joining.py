"""Which lines were only broken for want of room.

Where the next word did not fit, the line reaches the edge of its column (in Japanese to within a few characters); in a
label, the lines stand in the middle of their box. Any other break was meant, and stays.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from lsqa.documents import BlockKind
from lsqa.readers.glyphs import PageContent, Rect, around
from lsqa.readers.pdf_block_lines import BlockLine, Part, ends_in_hyphen, joint, separator
from lsqa.readers.pdf_lines import Frame

_FULL: Final = 2.0  # of the font size: how near the edge of its block a full line ends
_RAGGED: Final = 4.5  # how near the edge of its column, where words are not parted
_PROSE: Final = 12.0  # of the font size: a shorter line is a label or an entry of a list
_ENDS: Final = ("。", "：", ":", "．")
_FEWEST_ENTRIES: Final = 4  # of a list, but the last
_FULL_SHARE: Final = 0.5
_MOST_LABEL_LINES: Final = 3
_OFF_CENTRE: Final = 0.12  # of the width of the box


def joined(
    lines: Sequence[BlockLine], kind: BlockKind, column: float, content: PageContent, frame: Frame
) -> list[Part]:
    """The parts of a block's lines, with what stands between them: one line of text, or a break where it was meant.
    `column` is where the lines of the region end at most."""
    is_one = kind == "heading" or _is_label(lines, content, frame)
    full = _full_lines(lines, column)
    parts = list(lines[0].parts)
    for (before, line), is_full in zip(pairwise(lines), full, strict=True):
        is_broken = is_one or is_full or _hangs(before, line, lines[0], kind)
        if not is_broken or _ends(before):
            parts.append(separator("\n"))
        elif ends_in_hyphen(before.text, line.text):
            last = parts[-1]
            parts[-1] = Part(last.text[:-1], last.places[:-1], last.direction)
            parts.append(separator(""))
        else:
            parts.append(separator(joint(before.text, line.text)))
        parts.extend(line.parts)
    return parts


def _full_lines(lines: Sequence[BlockLine], column: float) -> list[bool]:
    """Which lines but the last had no room for what the next begins with. Where few of many seem so (those that end
    their sentence apart), none had: the longest entries of a list end near each other by chance."""
    widest = max(line.right for line in lines)
    full = [_is_full(before, widest, column) for before in lines[:-1]]
    open_ends = [is_full for is_full, line in zip(full, lines, strict=False) if not _ends(line)]
    is_list = len(open_ends) >= _FEWEST_ENTRIES and sum(open_ends) < _FULL_SHARE * len(open_ends)
    return [False] * len(full) if is_list else full


def _ends(line: BlockLine) -> bool:
    return line.text.rstrip().endswith(_ENDS)


def _is_full(before: BlockLine, widest: float, column: float) -> bool:
    if before.right - before.left < _PROSE * before.size:
        return False
    return widest - before.right < _FULL * before.size or column - before.right < _RAGGED * before.size


def _hangs(before: BlockLine, line: BlockLine, first: BlockLine, kind: BlockKind) -> bool:
    """Whether `line` is set under the text of an item, in from its mark."""
    return (
        kind == "item" and line.left > first.left + 0.4 * first.size and before.right >= line.right - _FULL * line.size
    )


def _is_label(lines: Sequence[BlockLine], content: PageContent, frame: Frame) -> bool:
    """Whether a few lines stand alone in the middle of a drawn box."""
    if not 2 <= len(lines) <= _MOST_LABEL_LINES:
        return False
    text = around([Rect(line.left, line.top, line.right, line.bottom) for line in lines])
    boxes = [seen for panel in content.panels if _surrounds(seen := frame.seen(panel), text)]
    if not boxes:
        return False
    box = min(boxes, key=lambda b: b.area)
    if box.height > text.height + 3.0 * lines[0].size:
        return False
    middle = box.centre[0]
    return all(abs((line.left + line.right) / 2 - middle) < _OFF_CENTRE * box.width for line in lines)


def _surrounds(box: Rect, text: Rect) -> bool:
    slack = 2.0
    across = box.left - slack <= text.left and text.right <= box.right + slack
    return across and box.top - slack <= text.top and text.bottom <= box.bottom + slack
