"""One sheet of a workbook as it is seen: its filled cells, without hidden rows and columns and what no one can read."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries  # type: ignore[import-untyped]

from lsqa.readers.delimited import COVERED, GridRow, cover
from lsqa.readers.hidden_text import NO_COLOUR
from lsqa.readers.xlsx_styles import CellStyles

_YES = ("1", "true")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
Area = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(slots=True)
class Sheet:
    """The filled cells of a sheet by row and column, counted from 1 as the sheet counts them.

    `coloured` are areas whose look is not that of their cells alone: tables with a style, conditional formats.
    """

    coloured: list[Area] = field(default_factory=list)
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)  # rows with a cell of their own, not only covered by merged ones
    marked: set[int] = field(default_factory=set)  # rows in which all cells are bold or coloured
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[range, range]] = field(default_factory=list)  # columns, rows
    unseen: dict[tuple[int, int], str] = field(default_factory=dict)  # why, by row and column
    left_out: list[tuple[str, str]] = field(default_factory=list)  # why, and the text
    uncomputed: int = 0
    has_picture: bool = False  # behind its cells

    def read(self, source: Any, strings: Sequence[str], styles: CellStyles, limit: int) -> int:
        """Streams the part of a sheet; the number of cells kept, which stops beyond `limit`."""
        count = row = 0
        data: Element | None = None
        merged: list[Area] = []
        for event, element in iterparse(source, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                data = element if tag == "sheetData" else data
            elif tag == "row":
                row = int(element.get("r", row + 1))
                count += self._read_row(row, element, strings, styles)
                if data is not None:
                    data.clear()
            elif tag == "mergeCell":
                merged.append(area(element.get("ref", "")))
            else:
                self._read_look(tag, element)
            if count > limit:
                return count
        self._leave_out_unseen()
        for corners in merged:
            self._merge(*corners)
        return count + cover(self.rows, self.merged, limit - count)

    def _read_row(self, row: int, element: Element, strings: Sequence[str], styles: CellStyles) -> int:
        column, cells, is_marked = 0, dict[int, str](), True
        for cell in element:
            place = cell.get("r")
            column = int(coordinate_to_tuple(place)[1]) if place else column + 1
            shown = styles.shown(cell, strings)
            self.uncomputed += shown.lacks_value
            if shown.text:
                cells[column] = shown.text
                is_marked = is_marked and shown.is_marked
                if shown.reason:
                    self.unseen[row, column] = shown.reason
        if cells:
            self.rows[row] = cells
            self.own.add(row)
            if is_marked:
                self.marked.add(row)
        if element.get("hidden") in _YES or element.get("ht") == "0":
            self.hidden_rows.add(row)
        return len(cells)

    def _read_look(self, tag: str, element: Element) -> None:
        if tag == "col" and (element.get("hidden") in _YES or element.get("width") == "0"):
            self.hidden_columns.append((int(element.get("min", 1)), int(element.get("max", 1))))
        elif tag == "conditionalFormatting":
            ranges = element.get("sqref") or element.findtext("{*}sqref") or ""
            self.coloured.extend(area(part) for part in ranges.split())
        elif tag == "picture":
            self.has_picture = True

    def _leave_out_unseen(self) -> None:
        """Take out the cells that no one can read; those in a look that is not theirs alone may be seen after all."""
        for (row, column), reason in self.unseen.items():
            if reason == NO_COLOUR and (self.has_picture or any(_is_in(row, column, part) for part in self.coloured)):
                continue
            self.left_out.append((reason, self.rows[row].pop(column)))
            if not self.rows[row]:
                del self.rows[row]
                self.own.discard(row)
                self.marked.discard(row)

    def _merge(self, left: int, top: int, right: int, bottom: int) -> None:
        cells = self.rows.get(top, {})
        first = next((c for c in range(left, right + 1) if not self._is_hidden(c)), left)
        if left in cells and first != left:  # what stands in a hidden column is seen in the next
            cells[first] = cells.pop(left)
        self.merged.append((range(first, right + 1), range(top, bottom + 1)))

    def _is_hidden(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.hidden_columns)

    def hidden_texts(self) -> Iterator[tuple[str, str]]:
        """What is left out of the sheet, with the reason."""
        yield from self.left_out
        rows = sorted(self.hidden_rows & self.own)
        columns = sorted({c for row in self.own - self.hidden_rows for c in self.rows[row] if self._is_hidden(c)})
        for row in rows:
            yield _counted(len(rows), "hidden row"), _joined(self.rows[row].values())
        for column in columns:
            below = (self.rows[row].get(column, "") for row in sorted(self.own - self.hidden_rows))
            yield _counted(len(columns), "hidden column"), _joined(below)

    def visible_rows(self) -> Iterator[GridRow]:
        """The rows to be shown with their visible cells, in places that are counted without what is hidden."""
        used = {column for cells in self.rows.values() for column in cells}
        columns, rows = [c for c in range(1, max(used, default=0)) if self._is_hidden(c)], sorted(self.hidden_rows)
        ranks = {c: c - bisect_left(columns, c) for c in sorted(used) if not self._is_hidden(c)}
        for row in sorted(self.rows.keys() - self.hidden_rows):
            cells = {ranks[column]: text for column, text in self.rows[row].items() if column in ranks}
            yield GridRow(row - bisect_left(rows, row), cells, row in self.own, row in self.marked)


def area(reference: str) -> Area:
    """A reference such as `A1:C5` or `A:A` as numbers."""
    left, top, right, bottom = range_boundaries(reference)
    return left or 1, top or 1, right or _LAST_COLUMN, bottom or _LAST_ROW


def _is_in(row: int, column: int, part: Area) -> bool:
    left, top, right, bottom = part
    return left <= column <= right and top <= row <= bottom


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'s' if count > 1 else ''}"


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text and text != COVERED)
