"""XLSX (ECMA-376, SpreadsheetML): what a person sees of the sheets, as tables.

openpyxl reads the workbook, its styles and its strings; the cells of a sheet are streamed by `xlsx_sheet`, because
openpyxl's own streaming mode tells neither hidden rows and columns nor merged cells.
"""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from lsqa.documents import Page
from lsqa.errors import DocumentError
from lsqa.readers.delimited import add_grid
from lsqa.readers.hidden_text import HiddenText, shortened
from lsqa.readers.ooxml import Package
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.reading import Reading
from lsqa.readers.remarks import Remark, remark
from lsqa.readers.theme_colours import read_theme
from lsqa.readers.xlsx_sheet import Area, Sheet, area
from lsqa.readers.xlsx_styles import CellStyles

MAX_CELLS = 2_000_000
_SAMPLE_CELLS = 1_000  # of a hidden sheet
# What a damaged workbook makes zipfile, the XML parser (its errors are SyntaxErrors) and openpyxl stumble over.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError, AttributeError, EOFError, OSError,
    RuntimeError, ArithmeticError,
)  # fmt: skip


def read_xlsx(content: bytes, name: str) -> Reading:
    """The visible sheets of a workbook, one page each, with their names as titles; a sheet without text is an empty
    page. What is hidden is left out, and the warnings say how much.

    Raises `DocumentError` with status `locked`, `unsupported` (more cells or bytes than the limits, the old binary
    format) or `failed`.
    """
    package = Package(content, name)
    package.refuse_document_types()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it drops, none of it text
            return _Workbook(package, package.transitional(content)).read()
    except _DAMAGE as error:
        reason = f"{name} is no readable workbook ({type(error).__name__}: {error})"
        raise DocumentError(reason, hint="open it in a spreadsheet program and save it again") from error


class _Workbook:
    def __init__(self, package: Package, content: bytes) -> None:
        self._package = package
        self._book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        theme = next((r.part for r in package.related(package.main_part()).values() if r.kind == "theme"), "")
        self._styles = CellStyles(self._book, read_theme(package.root(theme), {}))
        self._left = MAX_CELLS
        self._warnings: list[Remark] = []

    def read(self) -> Reading:
        shown = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        pages = tuple(self._page(number, sheet) for number, sheet in enumerate(shown, 1))
        unseen = (sheet for sheet in self._book.worksheets if sheet.sheet_state != "visible")
        return Reading(pages, (*self._warnings, *map(self._hidden_sheet, unseen)))

    def _page(self, number: int, worksheet: Any) -> Page:
        sheet = Sheet(list(self._tables(worksheet)))
        self._left -= self._read(sheet, worksheet, self._left)
        if self._left < 0:
            name = self._package.name
            raise DocumentError(f"{name} has more than {MAX_CELLS} cells", hint="divide it", status="unsupported")
        builder = PageBuilder()
        if sheet.rows:
            builder.add("heading", worksheet.title, 1)
            add_grid(builder, tuple(sheet.visible_rows()))
        # Said in a warning and not in the page: a page holds the words of the file alone, because they may be quoted.
        self._warn(f"sheet {worksheet.title}", sheet)
        return builder.build(number)

    def _read(self, sheet: Sheet, worksheet: Any, limit: int) -> int:
        with worksheet._get_source() as source:
            return sheet.read(source, worksheet._shared_strings, self._styles, limit)

    def _tables(self, worksheet: Any) -> Iterator[Area]:
        """Where tables with styles of their own stand."""
        for relationship in self._package.related(worksheet._worksheet_path).values():
            root = self._package.root(relationship.part) if relationship.kind == "table" else None
            if root is not None:
                yield area(root.get("ref", "A1"))

    def _warn(self, place: str, sheet: Sheet) -> None:
        hidden = HiddenText()
        for reason, text in sheet.hidden_texts():
            hidden.add(place, reason, text)
        self._warnings += hidden.warnings()
        if sheet.uncomputed:
            key = "formula" if sheet.uncomputed == 1 else "formulas"
            self._warnings.append(remark(key, where=f"{place}: ", count=sheet.uncomputed))

    def _hidden_sheet(self, worksheet: Any) -> Remark:
        """A word on a sheet that is not shown, with the beginning of what stands there."""
        sheet = Sheet()
        self._read(sheet, worksheet, _SAMPLE_CELLS)
        text = " ".join(" ".join(row.cells.values()) for row in sheet.visible_rows())
        key = "hidden-sheet" if text else "hidden-sheet-empty"
        return remark(key, name=worksheet.title, shown=repr(shortened(text)))
