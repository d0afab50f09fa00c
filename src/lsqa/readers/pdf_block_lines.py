"""Regions of a page into lines as blocks are made of: parts side by side, the cells of tables row by row."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from lsqa.documents import BlockKind
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.pdf_layout import Line, Region
from lsqa.readers.pdf_lines import Frame, Piece, pieces_of
from lsqa.readers.pdf_tables import Cell, Table

_FISCAL: Final = re.compile(
    r"(?:令和|平成|昭和|[RHSＲＨＳ])\s*[\d０-９元]+(?:年度?|(?:[.．]\d+)+)?|(?:FY|ＦＹ)?\s*[12２][\d０-９]{3}\s*(?:年度?)?|[\d０-９]+月"
)
_DIGIT: Final = re.compile(r"\d")
_ENTRY: Final = re.compile(r"[・•○●◯□■◇◆※〔【①-⑳]|[（(]\d{1,2}[)）]|\d{1,2}[.．)）]\D|[^\s：:。、]{1,8}：")
_HYPHEN: Final = re.compile(r"[^\W\d_][-\u2010\u00ad]$")


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
    letters = piece.letters()
    return Part("".join(letter for letter, _ in letters), [glyph for _, glyph in letters], piece.direction)


def separator(text: str) -> Part:
    return Part(text, [None] * len(text), 0)


def _block_line(line: Line, region: int) -> BlockLine:
    parts: list[Part] = []
    for piece in line.pieces:
        if parts:
            parts.append(separator("\t"))
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
            parts.extend(separator("\t") for _ in range(cell.column - column))
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
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            yield separator(_cell_joint(before, piece))
        yield _part(piece)
        before = piece


def _cell_joint(before: Piece, piece: Piece) -> str:
    """What stands between two lines of a cell: a space where the second begins an item, a remark or a name with a
    colon, or stands beside the first."""
    is_beside = piece.direction % 2 == 0 and before.overlaps_down(piece) > 0.5 * min(before.height, piece.height)
    return " " if is_beside or _ENTRY.match(piece.text) else joint(before.text, piece.text)


def _head_rows(rows: list[list[Cell]]) -> int:
    """How many rows at the top of a table name it (one cell over all columns) or its columns."""
    width = max(c.column + c.columns for row in rows for c in row)
    names = 0
    while names < len(rows) - 1 and len(rows[names]) == 1 and rows[names][0].columns == width:
        names += 1
    return names + _column_heads(rows[names:])


def _column_heads(rows: list[list[Cell]]) -> int:
    """How many rows name the columns: shaded ones, else the first if it holds no figures but years."""
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
    return "" if wide or ends_in_hyphen(before, after) else " "


def ends_in_hyphen(text: str, after: str) -> bool:
    """Whether a hyphen at the end of a line only parts a Western word that goes on in the next."""
    return bool(_HYPHEN.search(text)) and after[:1].islower()
