"""CSV and TSV, and what a grid of cells means: titles, heads of one or several rows, rows, notes.

The files of ministries are seldom a bare table (RFC 4180): lines above it name it and its unit, lines below it explain
it, blank lines part one table from the next. The grid of a spreadsheet is read by the same rules.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath

from lsqa.documents import BlockKind, Page
from lsqa.readers.page_builder import PageBuilder

Row = Sequence[str]

COVERED = "\x1f"
"""The text of a cell that a merged cell beginning at its left or above it covers."""

MAX_AREA = 20_000_000
"""The most cells, empty ones counted, that a region of a grid may have to be written as a table."""

_DELIMITERS = ("\t", ";", "|", ",")  # by preference: a comma also stands inside figures
_NAMED_DELIMITER = re.compile(r"sep=(.)\r?\n")  # the first line, as spreadsheet programs write it
_SAMPLE_CHARACTERS = 65_536
_MOST_LINES_IN_A_CELL = 200  # more means that a quotation mark was never closed
_MOST_HEAD_ROWS = 4
_TITLE_LENGTH = 60
_NAME_LENGTH = 40
_SHORT_NAME_LENGTH = 15
_LIST_LENGTH = 8
_DEEPEST_HEAD = 8  # rows above a head
_WIDE = 0.6  # of a table's columns: how many a head names
_ONE_TABLE = 0.9  # of their rows: how many two parts share
_FIGURE = re.compile(
    r"[(（]?[-−+±△▲▼]?\s*[¥￥$€]?\s*[-−]?\d[\d,]*(?:\.\d+)?\s*"
    r"(?:%|％|‰|[百千万億兆]*[円人件社校戸台個点回月日年歳m㎡ha位tkgドル]{0,3})[)）]?"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:年度?)?|(?:[1-9]|1[0-2])月")
_NOTE = re.compile(r"[（(]?注\s*[0-9０-９]*[)）:：.．]?|[※＊*]|[（(]?出典|[（(]?資料[)）:：]|備考[:：]")
_UNIT = re.compile(r"[（(［\[〔]?\s*単位\s*[:：]")
_ITEM = re.compile(r"[・•‣◦●○➢✓]\s*|[-–] ")
_HEADING = re.compile(r"[■□◆◇▼]\s*|(?=【.{1,60}】$)|(?=第[0-9０-９一二三四五六七八九十]+[章節])")
_SENTENCE_MARKS = "。．！？"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a sheet: its place from the top and its cells by place from the left, neither empty.

    `is_own` is False where merged cells cover all of it; `is_marked` says that all cells are bold or coloured.
    """

    place: int
    cells: Mapping[int, str]
    is_own: bool = True
    is_marked: bool = False


def read_delimited(text: str, name: str) -> tuple[Page, ...]:
    """A file of delimited text (RFC 4180, also with tabs or semicolons) as one page under the stem of its name.

    A text of fewer than two columns is a list under its first line. A file without a filled cell gives a page without
    blocks.
    """
    rows = [[one_line(cell) for cell in row] for row in _rows(text.lstrip("\ufeff"))]
    builder = PageBuilder()
    if any(map(filled, rows)):
        builder.add("heading", PurePath(name).stem, 1)
    for table in _between_blank_rows(rows):
        add_table(builder, table)
    return (builder.build(1),)


def one_line(cell: str) -> str:
    """`cell` without line breaks and tabs, which part rows and cells in a page's text."""
    return " ".join(cell.replace(COVERED, " ").split())


def filled(row: Row) -> tuple[str, ...]:
    """The texts of the cells that are not empty and not covered."""
    return tuple(cell for cell in row if cell and cell != COVERED)


def cover(rows: dict[int, dict[int, str]], ranges: Iterable[tuple[range, range]], limit: int) -> int:
    """Lets merged cells, given as their columns and rows, cover what they hide; how many cells they take, which stops
    beyond `limit`. A text over several rows is repeated in each, but for a long one, so that a row can be read alone.
    """
    bottom, right = max(rows, default=0), max((max(cells) for cells in rows.values()), default=0)
    count = 0
    for columns, lines in ranges:
        text = rows.get(lines[0], {}).get(columns[0], "")
        for row in lines[: max(0, bottom + 1 - lines[0])] if text else ():
            covered = columns[: max(0, right + 1 - columns[0])]
            count += len(covered)
            if count > limit:
                return count
            cells = rows.setdefault(row, {})
            cells.update(dict.fromkeys(covered, COVERED))
            cells[columns[0]] = text if row == lines[0] or len(text) <= _TITLE_LENGTH else COVERED
    return count


def add_table(builder: PageBuilder, rows: Sequence[Row], marked: Sequence[bool] | None = None) -> None:
    """Adds a run of rows: what stands above a table as heading, label or paragraph, its head, its rows, its notes.

    `marked` says for each row whether all its cells are bold or coloured; None where the format knows no such thing.
    """
    if _is_list(rows):
        add_rows(builder, rows, 1 if marked is None or marked[0] else 0)
        return
    start, end = _extent(rows, marked)
    for index, row in enumerate(rows[:start]):
        _add_line(builder, row, is_title=index == 0 and (start < len(rows) or len(builder) == 1))
    add_rows(builder, rows[start:end], head_rows(rows[start:end], marked[start:end] if marked is not None else None))
    for row in rows[end:]:
        _add_line(builder, row, is_title=False)


def add_grid(builder: PageBuilder, rows: Sequence[GridRow]) -> None:
    """Adds the tables of a sheet, which blank rows and blank columns part, in reading order."""
    previous: set[int] = set()
    for region in _regions(rows):
        columns = sorted({column for row in region for column in row.cells})
        kept = [row for row in region if row.is_own]
        if len(kept) * len(columns) > MAX_AREA:
            columns = columns[: max(1, MAX_AREA // len(kept))]
        table = [[row.cells.get(column, "") for column in columns] for row in kept]
        marked = [row.is_marked for row in kept]
        is_table = any(len(filled(row)) > 1 for row in table)
        is_below = bool(builder.blocks) and builder.blocks[-1].kind in ("row", "head_row")
        if is_table and is_below and not set(columns) <= previous and not head_rows(table, marked):
            # Without a head of their own, they would be taken for rows of the table above.
            for row in table:
                builder.add("paragraph", "\t".join(filled(row)))
        else:
            add_table(builder, table, marked)
        previous = set(columns) if is_table else previous


def head_rows(rows: Sequence[Row], marked: Sequence[bool] | None = None) -> int:
    """How many rows at the top of a table name its columns: 0 where its first row is a row like the others."""
    if len(rows) < 2 or len(filled(rows[0])) < 2 or any(_is_figure(cell) for cell in rows[0]):
        return 0
    heads = 1
    is_marked = marked is not None and marked[0] and not all(marked)
    while heads < min(_MOST_HEAD_ROWS, len(rows) - 1) and (
        _goes_on(rows[heads - 1], rows[heads])
        or (is_marked and marked is not None and marked[heads] and len(filled(rows[heads])) > 1)
    ):
        heads += 1
    if any(_is_figure(cell) for row in rows[heads:] for cell in row):
        return heads
    return heads if is_marked or _are_names(rows[0], rows[1:], is_plain=marked is not None) else 0


def _regions(rows: Sequence[GridRow]) -> Iterator[Sequence[GridRow]]:
    """The parts of a grid between blank rows; what stands side by side in a part, from the left, each divided again."""
    for band in _between_gaps(rows):
        parts = _side_by_side(band)
        if len(parts) == 1:
            yield band
        else:
            for part in parts:
                yield from _regions(part)


def _between_gaps(rows: Sequence[GridRow]) -> list[list[GridRow]]:
    bands: list[list[GridRow]] = []
    for row in rows:
        if row.cells:
            if not bands or row.place > bands[-1][-1].place + 1:
                bands.append([])
            bands[-1].append(row)
    return bands


def _side_by_side(band: Sequence[GridRow]) -> list[list[GridRow]]:
    """`band` divided at its blank columns where tables stand on both sides: two columns and two rows at least.

    Parts that stand in the same rows are one table with a blank column, unless they repeat the names of it.
    """
    used = sorted({column for row in band for column in row.cells})
    bounds = [0, *(right for left, right in pairwise(used) if right > left + 1), used[-1] + 1 if used else 1]
    parts = [
        [replace(row, cells=cells) for row in band if (cells := {c: t for c, t in row.cells.items() if a <= c < b})]
        for a, b in pairwise(bounds)
    ]
    is_table = [len(part) > 1 and any(len(filled(tuple(row.cells.values()))) > 1 for row in part) for part in parts]
    if len(parts) < 2 or not all(is_table):
        return [list(band)]
    names = [set(part[0].cells.values()) - {COVERED} for part in parts]
    places = [{row.place for row in part} for part in parts]
    is_one = all(len(a & b) >= _ONE_TABLE * len(a | b) for a, b in pairwise(places))
    return [list(band)] if is_one and not any(a & b for a, b in pairwise(names)) else parts


def add_rows(builder: PageBuilder, rows: Sequence[Row], heads: int) -> None:
    """Adds the rows of a table, the first `heads` of them joined into one head."""
    if heads:
        builder.add("head_row", "\t".join(_joined(rows[:heads])).rstrip("\t"))
    for row in rows[heads:]:
        builder.add("row", "\t".join("" if cell == COVERED else cell for cell in row).rstrip("\t"))


def _rows(text: str) -> list[list[str]]:
    """The cells of `text`; quotation marks are taken as text where they do not pair."""
    named = _NAMED_DELIMITER.match(text)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named else _delimiter(text)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:  # a cell beyond the size that csv allows
        rows = []
    if not rows or any(cell.count("\n") > _MOST_LINES_IN_A_CELL for row in rows for cell in row):
        lines = text.replace("\0", "").splitlines()
        rows = [[cell.strip('"') for cell in line.split(delimiter)] for line in lines]
    return rows


def _delimiter(text: str) -> str:
    """The delimiter by which most lines of the beginning have the same number of cells."""
    lines = text[:_SAMPLE_CHARACTERS].splitlines(keepends=True)
    lines = lines[:-1] if len(text) > _SAMPLE_CHARACTERS and len(lines) > 1 else lines

    def regular(delimiter: str) -> int:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0
        return max((count for width, count in widths.items() if width > 1), default=0)

    return max((*_DELIMITERS[::-1][:1], *_DELIMITERS), key=lambda d: (regular(d), -_DELIMITERS.index(d)))


def _between_blank_rows(rows: Sequence[Row]) -> list[list[Row]]:
    tables: list[list[Row]] = [[]]
    for row in rows:
        if filled(row):
            tables[-1].append(row)
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def _extent(rows: Sequence[Row], marked: Sequence[bool] | None) -> tuple[int, int]:
    """Where the table begins and ends within `rows`: lines of one cell stand above it, notes below it.

    Where its first row is no head but a wider one soon below is, what stands above that is no part of the table.
    """
    start = 0
    while start < len(rows) and len(filled(rows[start])) < 2:
        start += 1
    end = len(rows)
    while end > start and len(cells := filled(rows[end - 1])) < 2 and (_NOTE.match(cells[0]) or _is_prose(cells[0])):
        end -= 1
    width = len({column for row in rows[start:end] for column, cell in enumerate(row) if cell})
    for top in range(start, min(start + _DEEPEST_HEAD, end)):
        named = sum(map(bool, rows[top]))
        is_wider = all(2 * len(filled(row)) <= named for row in rows[start:top])
        if named >= _WIDE * width and is_wider and head_rows(rows[top:end], marked and marked[top:end]):
            return top, end
    return start, end


def _is_list(rows: Sequence[Row]) -> bool:
    """Whether `rows` are one column of names, not lines of a text."""
    cells = [cell for row in rows for cell in filled(row)]
    is_column = len(cells) == len(rows) >= _LIST_LENGTH
    return is_column and sum(map(_is_prose, cells)) + sum(bool(_ITEM.match(c)) for c in cells) <= 0.1 * len(cells)


def _joined(heads: Sequence[Row]) -> list[str]:
    """The name of each column: what stands over it in the rows of the head, from above, each name once."""
    names: list[list[str]] = [[] for _ in range(max(map(len, heads)))]
    for depth, row in enumerate(heads):
        over = ""
        for column, cell in enumerate(row):
            is_spread = cell == COVERED and depth < len(heads) - 1
            over = cell if cell != COVERED else over
            text = over if is_spread else "" if cell == COVERED else cell
            if text and text not in names[column]:
                names[column].append(text)
    return [" ".join(parts) for parts in names]


def _goes_on(above: Row, row: Row) -> bool:
    """Whether the head goes on in `row`: it has names under a cell that spans several, or cells that reach into it."""
    if any(_is_figure(cell) for cell in row) or not filled(row):
        return False
    pairs = list(zip(above, row, strict=False))
    spans = any(over == COVERED and cell and cell != COVERED for over, cell in pairs)
    reaches = any(over and over == cell and cell != COVERED for over, cell in pairs)
    return spans or reaches


def _are_names(row: Row, below: Sequence[Row], *, is_plain: bool) -> bool:
    """Whether a row of text above rows of text names the columns: short, distinct, one for most columns.

    In a sheet without a marked row (`is_plain`) two columns are as likely a form: what is asked, what is answered.
    """
    names = filled(row)
    width = max(len(filled(r)) for r in below)
    longest = _SHORT_NAME_LENGTH if width <= 2 else _NAME_LENGTH
    is_form = width <= 2 and (is_plain or names[0].endswith(("：", ":")))
    return not is_form and len(set(names)) == len(names) >= 0.6 * width and all(len(n) <= longest for n in names)


def _is_figure(cell: str) -> bool:
    return bool(_FIGURE.fullmatch(cell)) and not _YEAR.fullmatch(cell)


def _is_prose(text: str) -> bool:
    return len(text) > _TITLE_LENGTH or text.endswith(tuple(_SENTENCE_MARKS))


def _add_line(builder: PageBuilder, row: Row, *, is_title: bool) -> None:
    text = " ".join(filled(row))
    mark = _HEADING.match(text)
    kind, level = _line_kind(text, is_title=is_title or bool(mark))
    if kind == "item":
        text = _ITEM.sub("", text, count=1)
    builder.add(kind, text[mark.end() :] if mark and kind == "heading" else text, level)


def _line_kind(text: str, *, is_title: bool) -> tuple[BlockKind, int]:
    if _NOTE.match(text):
        return "note", 0
    if _ITEM.match(text):
        return "item", 0
    if _is_prose(text):
        return "paragraph", 0
    if _UNIT.match(text) or not is_title:
        return "label", 0
    return "heading", 2
