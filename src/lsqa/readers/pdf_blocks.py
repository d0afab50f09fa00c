"""Regions of a page into blocks: titles and headings by size, weight and place, lists, rows, notes, paragraphs.

A line that was only broken for want of room is joined to the next; where its letters stand on the page is kept.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from lsqa.documents import BlockKind, Box, Page, TextBox
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.pdf_layout import Line, Region
from lsqa.readers.pdf_lines import Frame, Piece, pieces_of
from lsqa.readers.pdf_tables import Cell, Table

_ITEM: Final = re.compile(r"^(?:[・•‣◦●○◯➢✓◆◇■□▪▶►]\s*|[\ue000-\uf8ff]\s*|[-–] )")
_NOTE: Final = re.compile(r"^(?:[（(]?注\s*\d*[)）:：]?|[※＊*〔]|[（(]?出典|資料(?:の提供)?[:：])")
_FISCAL: Final = re.compile(
    r"(?:令和|平成|昭和|[RHSＲＨＳ])\s*[\d０-９元]+(?:年度?|(?:[.．]\d+)+)?|(?:FY|ＦＹ)?\s*[12２][\d０-９]{3}\s*(?:年度?)?|[\d０-９]+月"
)
_DIGIT: Final = re.compile(r"\d")
_HYPHEN: Final = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_HEADING_RATIO: Final = 1.08
_LABEL_LENGTH: Final = 40
_LONGEST_HEADING: Final = 90
_PARAGRAPH_GAP: Final = 1.0  # between lines, in units of the font size
_FULL: Final = 2.0  # of the font size: how near the edge a line that is full ends


@dataclass(slots=True)
class Part:
    """A stretch of a block's text that stands on one line, and where each of its letters does."""

    text: str
    places: list[Glyph | None]
    direction: int


@dataclass(slots=True)
class BlockLine:
    """A line as blocks are made of: its parts, tabs between its cells; `kind` where its table tells it."""

    parts: list[Part]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    is_bold: bool
    region: int
    kind: BlockKind | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def block_lines(regions: Sequence[Region], content: PageContent, frame: Frame) -> list[BlockLine]:
    """The lines of a page in reading order."""
    lines: list[BlockLine] = []
    for number, region in enumerate(regions):
        if isinstance(region, Table):
            lines.extend(_table_lines(region, content, frame, number))
        else:
            lines.extend(_block_line(line, number) for line in region)
    return [line for line in lines if line.text.strip()]


def _part(piece: Piece) -> Part:
    letters = list(piece.letters())
    return Part("".join(letter for letter, _ in letters), [glyph for _, glyph in letters], piece.direction)


def _separator(text: str) -> Part:
    return Part(text, [None] * len(text), 0)


def _block_line(line: Line, region: int) -> BlockLine:
    parts: list[Part] = []
    for piece in line.pieces:
        if parts:
            parts.append(_separator("\t"))
        parts.append(_part(piece))
    widest = max(line.pieces, key=lambda p: len(p.glyphs))
    return BlockLine(parts, line.left, line.top, line.right, line.bottom, widest.size, widest.is_bold, region)


def _table_lines(table: Table, content: PageContent, frame: Frame, region: int) -> Iterator[BlockLine]:
    """A line a row; a cell that spans several stands in the first of them."""
    rows = table.row_cells()
    heads = _head_rows(rows)
    for number, cells in enumerate(rows):
        parts: list[Part] = []
        column = 0
        for cell in cells:
            parts.extend(_separator("\t") for _ in range(cell.column - column))
            column = cell.column
            parts.extend(_cell_parts(cell, content, frame))
        if cells:
            kind: BlockKind = "head_row" if number < heads else "row"
            size = median(g.size for c in cells for g in c.glyphs) if any(c.glyphs for c in cells) else 0.0
            top, bottom = min(c.top for c in cells), max(c.bottom for c in cells)
            yield BlockLine(parts, table.left, top, table.right, bottom, size, False, region, kind)


def _cell_parts(cell: Cell, content: PageContent, frame: Frame) -> Iterator[Part]:
    pieces = pieces_of(cell.glyphs, content, frame)
    upright = [p for p in pieces if p.direction != frame.turns]
    if len(upright) * 2 > len(pieces):  # a narrow cell with its text set vertically: columns from the right
        pieces.sort(key=lambda p: (-p.left, p.top))
    before = ""
    for piece in pieces:
        part = _part(piece)
        if before:
            yield _separator(joint(before, part.text))
        yield part
        before = part.text


def _head_rows(rows: list[list[Cell]]) -> int:
    """How many rows at the top of a table name its columns: shaded ones, else the first if it holds no figures but
    years."""
    filled = [[c for c in row if c.glyphs] for row in rows]
    shaded = 0
    for row in filled:
        if not row or not all(c.is_shaded for c in row if c.column or len(row) == 1):
            break
        shaded += 1
    if 0 < shaded < len(rows):
        return shaded
    first = "".join(g.text for c in filled[0] for g in c.glyphs)
    return int(len(filled[0]) > 1 and not _DIGIT.search(_FISCAL.sub("", unicodedata.normalize("NFKC", first))))


def joint(before: str, after: str) -> str:
    """What stands between two lines of one text: nothing in Japanese, a space between Western words."""
    if not before or not after:
        return ""
    wide = unicodedata.east_asian_width(before[-1]) in "WF" or unicodedata.east_asian_width(after[0]) in "WF"
    return "" if wide or (_HYPHEN.search(before) and after[0].islower()) else " "


def build_page(number: int, lines: Sequence[BlockLine], content: PageContent) -> Page:
    """The page of `lines`, with the places of its letters."""
    builder = PageBuilder()
    boxes: list[TextBox] = []
    body = _body_size(lines)
    larger = sorted({round(x.size, 1) for x in lines if not x.kind and x.size >= body * _HEADING_RATIO}, reverse=True)
    open_lines: list[BlockLine] = []
    open_kind: BlockKind | None = None
    level = 0

    def close() -> None:
        if open_kind is not None:
            _add(builder, boxes, open_kind, open_lines, level, content)
        open_lines.clear()

    for index, line in enumerate(lines):
        kind = _kind(line, body, lines, index)
        if open_kind is None or not _continues(open_kind, open_lines[-1], kind, line):
            close()
            open_kind, level = kind, _level(line, kind, larger)
        open_lines.append(line)
    close()
    page = builder.build(number)
    return Page(page.number, page.text, page.blocks, tuple(boxes))


def _add(
    builder: PageBuilder,
    boxes: list[TextBox],
    kind: BlockKind,
    lines: list[BlockLine],
    level: int,
    content: PageContent,
) -> None:
    parts = _joined(lines, kind)
    if kind == "item":
        mark = _ITEM.match("".join(p.text for p in parts))
        parts = _without_start(parts, mark.end() if mark else 0)
    text = "".join(p.text for p in parts)
    if kind == "heading" and level > 1 and (len(text) > _LONGEST_HEADING or text.rstrip().endswith("。")):
        kind, level = "paragraph", 0
    before = len(builder)
    builder.add(kind, text, level, _confidence(parts))
    if len(builder) == before:
        return
    block = builder.blocks[-1]
    # What the builder strips from the start is white space that stands nowhere.
    at = block.start - (len(text.rstrip()) - (block.end - block.start))
    for part in parts:
        if (box := _text_box(part, at, block.start, block.end, content)) is not None:
            boxes.append(box)
        at += len(part.text)


def _confidence(parts: Sequence[Part]) -> float | None:
    known = [g.confidence for part in parts for g in part.places if g is not None and g.confidence is not None]
    return round(sum(known) / len(known), 3) if known else None


def _joined(lines: Sequence[BlockLine], kind: BlockKind) -> list[Part]:
    """The parts of a block's lines: one line of text where they were broken for want of room, else one a line."""
    right = max(line.right for line in lines)
    parts = list(lines[0].parts)
    for before, line in pairwise(lines):
        text = before.text
        is_full = kind == "heading" or right - before.right < _FULL * before.size
        if is_full and not text.rstrip().endswith(("。", "：", ":")):
            if _HYPHEN.search(text) and line.text[:1].islower():
                parts[-1] = Part(parts[-1].text[:-1], parts[-1].places[:-1], parts[-1].direction)
                parts.append(_separator(""))
            else:
                parts.append(_separator(joint(text, line.text)))
        else:
            parts.append(_separator("\n"))
        parts.extend(line.parts)
    return parts


def _without_start(parts: list[Part], count: int) -> list[Part]:
    """`parts` without the first `count` characters."""
    kept: list[Part] = []
    for part in parts:
        cut = min(count, len(part.text))
        count -= cut
        kept.append(Part(part.text[cut:], part.places[cut:], part.direction) if cut else part)
    return kept


def _text_box(part: Part, at: int, start: int, end: int, content: PageContent) -> TextBox | None:
    first, last = max(start - at, 0), min(end - at, len(part.text))
    drawn = [g for g in part.places[first:last] if g is not None]
    if not drawn:
        return None
    wide, high = content.width, content.height
    is_vertical = part.direction % 2 == 1
    edges: list[float] = []
    reached = drawn[0].top / high if is_vertical else drawn[0].left / wide
    for glyph in part.places[first:last]:
        edges.append(_within(reached if glyph is None else glyph.top / high if is_vertical else glyph.left / wide))
        if glyph is not None:
            reached = glyph.bottom / high if is_vertical else glyph.right / wide
    edges.append(_within(reached))
    box = Box(
        _within(min(g.left for g in drawn) / wide),
        _within(min(g.top for g in drawn) / high),
        _within(max(g.right for g in drawn) / wide),
        _within(max(g.bottom for g in drawn) / high),
    )
    return TextBox(at + first, at + last, box, tuple(edges), is_vertical)


def _within(fraction: float) -> float:
    return min(1.0, max(0.0, round(fraction, 4)))


def _body_size(lines: Sequence[BlockLine]) -> float:
    """The size of most lines: of characters, a few long notes would outweigh a table."""
    sizes = Counter(round(line.size, 1) for line in lines)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _level(line: BlockLine, kind: BlockKind, larger: Sequence[float]) -> int:
    if kind != "heading":
        return 0
    size = round(line.size, 1)
    return min(larger.index(size) + 1, 4) if size in larger else min(len(larger) + 1, 4)


def _kind(line: BlockLine, body: float, lines: Sequence[BlockLine], index: int) -> BlockKind:
    if line.kind:
        return line.kind
    text = line.text
    if text.startswith("・"):
        return "item"
    is_label = line.is_bold and len(text) <= _LABEL_LENGTH and "\t" not in text
    if (line.size >= body * _HEADING_RATIO and len(text) <= 3 * _LABEL_LENGTH) or is_label:
        return "heading"
    if _ITEM.match(text):
        return "item"
    if "\t" in text:
        starts_table = index == 0 or "\t" not in lines[index - 1].text
        follows = index + 1 < len(lines) and "\t" in lines[index + 1].text
        return "head_row" if starts_table and follows and not _DIGIT.search(text) else "row"
    if _NOTE.match(text):
        return "note"
    return "heading" if _introduces(line, lines, index) else "paragraph"


def _introduces(line: BlockLine, lines: Sequence[BlockLine], index: int) -> bool:
    """Whether a short line stands over a list or a table, closer to it than to what comes before: a heading in the
    size of the text."""
    if len(line.text) > _LABEL_LENGTH or line.text.endswith(("。", "、", "」")) or index + 1 >= len(lines):
        return False
    following = lines[index + 1]
    if following.kind in ("row", "head_row"):
        return 0 <= following.top - line.bottom < 2.0 * line.size and not _DIGIT.match(line.text)
    before = line.top - lines[index - 1].top if index else float("inf")
    return (
        bool(_ITEM.match(following.text) or "\t" in following.text) and before > 1.15 * (following.top - line.top) > 0
    )


def _continues(open_kind: BlockKind, last: BlockLine, kind: BlockKind, line: BlockLine) -> bool:
    """Whether `line` goes on with the open block: the next line of its paragraph or item, or of a heading of two
    lines."""
    gap = line.top - last.bottom
    near = line.region == last.region and -0.5 * line.size < gap <= _PARAGRAPH_GAP * max(line.size, last.size)
    if line.kind or last.kind or not near or abs(last.size - line.size) >= 0.15:
        return False
    if open_kind == "heading":
        return kind == "heading" and last.is_bold == line.is_bold
    return open_kind in ("paragraph", "item", "note") and kind == "paragraph"
