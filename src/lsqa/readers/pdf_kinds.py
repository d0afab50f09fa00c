"""What the lines of a page are: titles and headings by size, weight, number and place, items, rows, notes, paragraphs;
and which of them go on with the line before."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lsqa.documents import BlockKind
from lsqa.readers.pdf_block_lines import BlockLine

ITEM: Final = re.compile(r"^(?:[・•‣◦●○◯➢✓◆◇■□▪▶►]\s*|[\ue000-\uf8ff]\s*|[-–] )")
_BULLET: Final = re.compile(r"^[・•‣◦○◯➢✓](?![○◯])")  # before an item even in a larger size: ○○ stands for a name
_NOTE: Final = re.compile(r"^(?:[（(]?注\s*\d*[)）:：]?|[※＊*〔]|[（(]?出典|資料(?:の提供)?[:：])")
# Numbers before headings and items, the outermost first: 第1章, 1 or 1., (1), ① or ア.
_NUMBERED: Final = (
    re.compile(r"^第[0-9０-９一二三四五六七八九十]{1,3}[章節編部条]"),
    re.compile(
        r"^[0-9０-９]{1,2}(?:[.．]\s*|[\s\u3000]+)(?=\D)|^[0-9０-９]{1,2}(?=[一-龠])(?![年月日時分秒人件名社校回位割億万円番号度次期級種点])"
    ),
    re.compile(r"^[（(][0-9０-９]{1,2}[)）]"),
    re.compile(r"^(?:[①-⑳]|[（(][ア-ンa-z一二三四五六七八九十][)）]|[ア-ン][\s\u3000.．])"),
)
_DIGIT: Final = re.compile(r"\d")
_LAST_IS_FIGURE: Final = re.compile(r"\t[\d０-９.,，．%％¥￥()（）△▲+\-―－\s]+\w{0,2}$")
_HEADING_RATIO: Final = 1.08
_TITLE_RATIO: Final = 1.3  # so much larger, a line with a wide gap in it is a heading all the same
_LABEL_LENGTH: Final = 40
_PARAGRAPH_GAP: Final = 1.0  # between lines, in units of the font size
_DEEPEST: Final = 4
_TOP_LINES: Final = 10  # a title stands among these
_TITLE_GAP: Final = 0.6  # over and under it, in units of the font size
_SHORTEST_TITLE: Final = 4


def body_size(lines: Sequence[BlockLine]) -> float:
    """The size of most lines: of characters, a few long notes would outweigh a table."""
    sizes = Counter(round(line.size, 1) for line in lines)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def larger_sizes(lines: Sequence[BlockLine], body: float) -> tuple[float, ...]:
    """The sizes of headings, the largest first."""
    return tuple(sorted({round(x.size, 1) for x in lines if not x.kind and _is_larger(x, body)}, reverse=True))


def heading_level(line: BlockLine, larger: Sequence[float]) -> int:
    """1 for the largest size of the page; headings in the size of the text stand below, by their numbers."""
    size = round(line.size, 1)
    if size in larger:
        return min(larger.index(size) + 1, _DEEPEST)
    depth = max(number_depth(line.text), 0)
    return min(len(larger) + 1 + depth, _DEEPEST)


def number_depth(text: str) -> int:
    """How deep the number before a line counts: 0 for 第1章 and 1., 1 for (1), 2 for ①; -1 without one."""
    depth = next((depth for depth, pattern in enumerate(_NUMBERED) if pattern.match(text)), -1)
    return max(depth - 1, 0) if depth >= 0 else -1


def _is_larger(line: BlockLine, body: float) -> bool:
    return line.size >= body * _HEADING_RATIO


def line_kind(line: BlockLine, body: float, lines: Sequence[BlockLine], index: int, middle: float) -> BlockKind:
    """What `lines[index]` is. `middle` is that of the page, across its lines."""
    if line.kind:
        return line.kind
    text = line.text
    if _BULLET.match(text):
        return "item"
    has_gap = "\t" in text
    is_title = not has_gap or (text.count("\t") == 1 and not _LAST_IS_FIGURE.search(text))
    ratio = _TITLE_RATIO if has_gap else _HEADING_RATIO
    if is_title and line.size >= body * ratio and len(text) <= 3 * _LABEL_LENGTH:
        return "heading"
    if line.is_bold and len(text) <= _LABEL_LENGTH and not has_gap:
        return "heading"
    if ITEM.match(text):
        return "item"
    if has_gap:
        starts_table = index == 0 or "\t" not in lines[index - 1].text
        follows = index + 1 < len(lines) and "\t" in lines[index + 1].text
        return "head_row" if starts_table and follows and not _DIGIT.search(text) else "row"
    if _NOTE.match(text):
        return "note"
    if number_depth(text) >= 0:
        return "heading" if _heads(line, lines, index) else "item"
    return "heading" if _introduces(line, lines, index) or _is_centred(line, lines, index, middle) else "paragraph"


def _is_centred(line: BlockLine, lines: Sequence[BlockLine], index: int, middle: float) -> bool:
    """Whether a line near the top stands alone in the middle of a column of wider ones: a title in their size."""
    left, right = min(x.left for x in lines), max(x.right for x in lines)
    around = (lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines))
    is_apart = all(max(x.top - line.bottom, line.top - x.bottom) > _TITLE_GAP * line.size for x in around)
    is_in_the_middle = abs((line.left + line.right) / 2 - middle) < 0.02 * middle
    is_narrow = min(line.left - left, right - line.right) > 2 * line.size
    is_title = _SHORTEST_TITLE <= len(line.text) <= 2 * _LABEL_LENGTH and not line.text.endswith(("。", "、"))
    return index < _TOP_LINES and index + 1 < len(lines) and is_apart and is_in_the_middle and is_narrow and is_title


def _heads(line: BlockLine, lines: Sequence[BlockLine], index: int) -> bool:
    """Whether a short numbered line stands over something else than the next number of its list."""
    if len(line.text) > _LABEL_LENGTH or line.text.endswith(("。", "、")) or index + 1 >= len(lines):
        return False
    following = lines[index + 1]
    depth = number_depth(following.text)
    return depth < 0 or depth > number_depth(line.text)


def _introduces(line: BlockLine, lines: Sequence[BlockLine], index: int) -> bool:
    """Whether a short line stands over a list or a table, closer to it than to what comes before: a heading in the
    size of the text."""
    if len(line.text) > _LABEL_LENGTH or line.text.endswith(("。", "、", "」")) or index + 1 >= len(lines):
        return False
    following = lines[index + 1]
    if following.kind in ("row", "head_row"):
        return 0 <= following.top - line.bottom < 2.0 * line.size and not _DIGIT.match(line.text)
    before = line.top - lines[index - 1].top if index else float("inf")
    return bool(ITEM.match(following.text) or "\t" in following.text) and before > 1.15 * (following.top - line.top) > 0


def continues(open_kind: BlockKind, last: BlockLine, kind: BlockKind, line: BlockLine) -> bool:
    """Whether `line` goes on with the open block: the next line of its paragraph or item, or of a heading of two
    lines."""
    gap = line.top - last.bottom
    near = line.region == last.region and -0.5 * line.size < gap <= _PARAGRAPH_GAP * max(line.size, last.size)
    if line.kind or last.kind or not near or abs(last.size - line.size) >= 0.15 or "\t" in last.text + line.text:
        return False
    if open_kind == "heading":
        is_title = kind == "heading" and last.is_bold == line.is_bold
        return is_title and number_depth(line.text) < 0 and number_depth(last.text) < 0
    if open_kind == "item" and kind == "heading":  # only by its size, which is that of the item
        return line.is_bold == last.is_bold and number_depth(line.text) < 0 and line.left > last.left - 0.4 * line.size
    return open_kind in ("paragraph", "item", "note") and kind == "paragraph"
