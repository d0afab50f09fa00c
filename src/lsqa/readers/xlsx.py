"""XLSX (ECMA-376, SpreadsheetML): what a person sees of the sheets, as tables.

openpyxl reads the workbook, its styles and its strings; the cells of a sheet are streamed here, because openpyxl's
own streaming mode tells neither hidden rows and columns nor merged cells. Numbers are written as their formats show
them (ECMA-376-1, 18.8.31), also the Japanese formats 27-36 and 50-58, which openpyxl takes for `General`.
"""

import datetime
import io
import logging
import re
import warnings
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from xml.etree.ElementTree import Element, iterparse

import openpyxl  # type: ignore[import-untyped]
from openpyxl.styles.numbers import BUILTIN_FORMATS  # type: ignore[import-untyped]
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries  # type: ignore[import-untyped]
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel  # type: ignore[import-untyped]

from lsqa.documents import Page
from lsqa.errors import DocumentError
from lsqa.readers.delimited import GridRow, add_grid, cover, one_line
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.reading import Reading

MAX_CELLS = 2_000_000
MAX_UNPACKED_BYTES = 1024**3

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What a damaged workbook makes zipfile, the XML parser (its errors are SyntaxErrors) and openpyxl stumble over.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError, AttributeError, EOFError, OSError,
    RuntimeError, ArithmeticError,
)  # fmt: skip

_ERA, _LONG, _DOTTED = '[$-411]ggge"年"m"月"d"日"', 'yyyy"年"m"月"d"日"', "[$-411]ge.m.d"
_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
_JAPANESE_FORMATS = {
    14: "yyyy/m/d", 22: "yyyy/m/d h:mm", 27: _DOTTED, 28: _ERA, 29: _ERA, 30: "m/d/yy", 31: _LONG, 32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"', 34: _YEAR_MONTH, 35: _MONTH_DAY, 36: _DOTTED, 50: _DOTTED, 51: _ERA, 52: _YEAR_MONTH,
    53: _MONTH_DAY, 54: _ERA, 55: _YEAR_MONTH, 56: _MONTH_DAY, 57: _DOTTED, 58: _ERA,
}  # fmt: skip
_ERAS = (
    (datetime.date(2019, 5, 1), "R", "令和"), (datetime.date(1989, 1, 8), "H", "平成"),
    (datetime.date(1926, 12, 25), "S", "昭和"), (datetime.date(1912, 7, 30), "T", "大正"),
    (datetime.date(1868, 1, 25), "M", "明治"),
)  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<noon>AM/PM|A/P)|(?P<exponent>E[+-]0+)'
    r"|(?P<general>General|G/標準)|(?P<date>y+|m+|d+|h+|s+|g+|e+|aaaa?)|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_RELATIONS = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_WEEKDAYS = "月火水木金土日"
_log = logging.getLogger(__name__)
_Tokens = tuple[tuple[str, str], ...]


def read_xlsx(content: bytes, name: str) -> Reading:
    """The visible sheets of a workbook, one page each, with their names as titles; a sheet without text is an empty
    page. What is hidden is left out, and the log says how much.

    Raises `DocumentError` with status `locked`, `unsupported` (more cells or bytes than the limits, the old binary
    format) or `failed`.
    """
    if content.startswith(_OLE_MAGIC):
        if _ENCRYPTED in content:
            raise DocumentError(f"{name} is encrypted", hint="save it without its password", status="locked")
        raise DocumentError(f"{name} is in the format before XLSX", hint="save it as .xlsx", status="unsupported")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it drops, none of it text
            return Reading(tuple(_pages(content, name)))
    except _DAMAGE as error:
        reason = f"{name} is no readable workbook ({type(error).__name__}: {error})"
        raise DocumentError(reason, hint="open it in a spreadsheet program and save it again") from error


def _pages(content: bytes, name: str) -> Iterator[Page]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise DocumentError(f"{name} has {unpacked} bytes unpacked", hint="divide it", status="unsupported")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    formats = _Formats(book)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden, left = len(book.worksheets) - len(shown), MAX_CELLS
    for number, worksheet in enumerate(shown, 1):
        sheet = _Sheet()
        with worksheet._get_source() as source:
            left -= sheet.read(source, worksheet._shared_strings, formats, left)
        if left < 0:
            raise DocumentError(f"{name} has more than {MAX_CELLS} cells", hint="divide it", status="unsupported")
        yield _page(number, worksheet.title, sheet, hidden if number == 1 else 0)


def _page(number: int, title: str, sheet: "_Sheet", hidden_sheets: int) -> Page:
    builder = PageBuilder()
    if sheet.rows:
        builder.add("heading", title, 1)
        add_grid(builder, tuple(sheet.visible_rows()))
    # Said in the log and not in the page: a page holds the words of the file alone, because they may be quoted.
    for text in _left_out(sheet, hidden_sheets):
        _log.info("%s: %s", title, text)
    return builder.build(number)


def _left_out(sheet: "_Sheet", hidden_sheets: int) -> Iterator[str]:
    counts = (("シート", hidden_sheets, "枚"), *sheet.hidden())
    if any(count for _, count, _ in counts):
        yield "left out as hidden: " + "、".join(f"{what}{count}{unit}" for what, count, unit in counts if count)
    if sheet.uncomputed:
        yield f"{sheet.uncomputed} formulas without a stored result left out"


@dataclass(slots=True)
class _Sheet:
    """The filled cells of a sheet by row and column, counted from 1 as the sheet counts them."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)  # rows with a cell of their own, not only covered by merged ones
    marked: set[int] = field(default_factory=set)  # rows in which all cells are bold or coloured
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[range, range]] = field(default_factory=list)  # columns, rows
    uncomputed: int = 0

    def read(self, source: Any, strings: Sequence[str], formats: "_Formats", limit: int) -> int:
        """Streams the part of a sheet; the number of cells kept, which stops beyond `limit`."""
        count = row = 0
        data: Element | None = None
        for event, element in iterparse(source, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                data = element if tag == "sheetData" else data
            elif tag == "row":
                row = int(element.get("r", row + 1))
                count += self._read_row(row, element, strings, formats)
                if data is not None:
                    data.clear()
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                self.hidden_columns.append((int(element.get("min", 1)), int(element.get("max", 1))))
            elif tag == "mergeCell":
                self._merge(*range_boundaries(element.get("ref")))
            if count > limit:
                return count
        return count + cover(self.rows, self.merged, limit - count)

    def _read_row(self, row: int, element: Element, strings: Sequence[str], formats: "_Formats") -> int:
        column, cells, is_marked = 0, dict[int, str](), True
        for cell in element:
            place = cell.get("r")
            column = int(coordinate_to_tuple(place)[1]) if place else column + 1
            text, is_cell_marked, lacks_value = formats.shown(cell, strings)
            self.uncomputed += lacks_value
            if text:
                cells[column] = text
                is_marked = is_marked and is_cell_marked
        if cells:
            self.rows[row] = cells
            self.own.add(row)
            if is_marked:
                self.marked.add(row)
        if element.get("hidden") in ("1", "true"):
            self.hidden_rows.add(row)
        return len(cells)

    def _merge(self, left: int, top: int, right: int, bottom: int) -> None:
        cells = self.rows.get(top, {})
        first = next((c for c in range(left, right + 1) if not self._is_hidden(c)), left)
        if left in cells and first != left:  # what stands in a hidden column is seen in the next
            cells[first] = cells.pop(left)
        self.merged.append((range(first, right + 1), range(top, bottom + 1)))

    def _is_hidden(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.hidden_columns)

    def hidden(self) -> tuple[tuple[str, int, str], ...]:
        """How many hidden rows and columns hold something, with their names and units."""
        columns = {column for row in self.own for column in self.rows[row]}
        return ("行", len(self.hidden_rows & self.own), "行"), ("列", sum(map(self._is_hidden, columns)), "列")

    def visible_rows(self) -> Iterator[GridRow]:
        """The rows to be shown with their visible cells, in places that are counted without what is hidden."""
        used = {column for cells in self.rows.values() for column in cells}
        columns, rows = [c for c in range(1, max(used)) if self._is_hidden(c)], sorted(self.hidden_rows)
        ranks = {c: c - bisect_left(columns, c) for c in sorted(used) if not self._is_hidden(c)}
        for row in sorted(self.rows.keys() - self.hidden_rows):
            cells = {ranks[column]: text for column, text in self.rows[row].items() if column in ranks}
            yield GridRow(row - bisect_left(rows, row), cells, row in self.own, row in self.marked)


class _Formats:
    """How the cells of a workbook are shown: for each style its number format, and whether it is bold or coloured."""

    def __init__(self, book: Any) -> None:
        self._epoch = book.epoch
        named = BUILTIN_FORMATS | _JAPANESE_FORMATS | dict(enumerate(book._number_formats, 164))
        fonts, fills, styles = book._fonts, book._fills, book._cell_styles
        self._styles = [
            (named.get(s.numFmtId, "General"), fonts[s.fontId].b or _is_coloured(fills[s.fillId])) for s in styles
        ]

    def shown(self, cell: Element, strings: Sequence[str]) -> tuple[str, bool, bool]:
        """The text of a cell, whether it is bold or coloured, and whether it lacks the result of its formula."""
        parts = {child.tag.rpartition("}")[2]: child for child in cell}
        kind, value = cell.get("t", "n"), parts["v"].text or "" if "v" in parts else ""
        number_format, is_marked = self._styles[int(cell.get("s", 0))]
        if "is" in parts:  # the phonetic runs (rPh) beside the text and its runs (r) are no text
            value = "".join(t.text or "" for path in ("{*}t", "{*}r/{*}t") for t in parts["is"].iterfind(path))
        if kind == "n" and value:
            value = number_text(value, number_format, self._epoch)
        elif kind == "b" and value:
            value = "TRUE" if value == "1" else "FALSE"
        elif kind == "s" and value:
            value = strings[int(value)]
        return one_line(value), bool(is_marked), "f" in parts and not value and kind != "str"


def _is_coloured(fill: Any) -> bool:
    if getattr(fill, "fill_type", None) != "solid":
        return False
    return fill.fgColor.rgb not in ("FFFFFFFF", "00FFFFFF") and (fill.fgColor.type, fill.fgColor.theme) != ("theme", 0)


def number_text(value: str, number_format: str, epoch: datetime.datetime = WINDOWS_EPOCH) -> str:
    """A number of a cell as `number_format` shows it; without the format where the two do not fit."""
    try:
        number = Decimal(value)
        tokens, sign = _section(_sections(number_format), number)
        if any(kind in ("date", "elapsed") for kind, _ in tokens):
            return _date_text(tokens, number, epoch).strip()
        if any(kind == "digit" for kind, _ in tokens) and ("other", "/") not in tokens:
            return _decimal_text(tokens, abs(number), sign).strip()
        if not tokens or any(kind == "digit" for kind, _ in tokens) or ("other", "@") in tokens:
            return _general(number) if tokens else ""  # a fraction, a number written as text; a number not to be seen
        return "".join(_general(number) if kind == "general" else text for kind, text in tokens).strip()
    except (ArithmeticError, ValueError):  # no number, or a date before the calendar
        return value


def _general(number: Decimal) -> str:
    is_whole = number == number.to_integral_value() and abs(number) < 10**15
    return str(int(number)) if is_whole else f"{float(number):.11g}"


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Tokens, ...]:
    """The tokens of each section of a format: what it shows positive, negative and zero numbers by."""
    if "[$-F800]" in number_format.upper() or "[$-F400]" in number_format.upper():  # what the system is set to
        number_format = _LONG if "800]" in number_format else "h:mm:ss"
    sections: list[list[tuple[str, str]]] = [[]]
    for match in _TOKEN.finditer(number_format):
        kind, text = match.lastgroup or "", match[match.lastgroup] if match.lastgroup else ""
        if kind == "bracket":
            kind, text = _bracket(text)
        if (kind, text) == ("other", ";"):
            sections.append([])
        elif kind:
            sections[-1].append((kind, text))
    return tuple(map(tuple, sections))


def _bracket(text: str) -> tuple[str, str]:
    if text.startswith("$"):
        return "quoted", text[1:].partition("-")[0]
    if text[:1] in "<>=":
        return "condition", text
    return ("elapsed", text[0].lower()) if text.lower().strip("hms") == "" else ("", "")


def _section(sections: tuple[_Tokens, ...], number: Decimal) -> tuple[_Tokens, str]:
    """The section that shows `number`, and the sign that it does not write itself."""
    sign = "-" if number < 0 else ""
    conditions = [tokens[0][1] if tokens and tokens[0][0] == "condition" else "" for tokens in sections]
    for tokens, condition in zip(sections, conditions, strict=True):
        relation, bound = condition.rstrip("-.0123456789"), condition.lstrip("<>=")
        if relation in _RELATIONS and _RELATIONS[relation](number, Decimal(bound)):
            return tokens[1:], "" if any(text in ("-", "△", "▲") for _, text in tokens) else sign
    if any(conditions):
        return ((("general", ""),) if conditions[-1] else sections[-1]), sign
    index = 1 if number < 0 else 2 if number == 0 else 0
    if index >= min(len(sections), 3):
        return sections[0], sign
    return sections[index], "" if index == 1 else sign


def _decimal_text(tokens: _Tokens, number: Decimal, sign: str) -> str:
    places = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    point = next((i for i, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    whole, part = [i for i in places if i < point], [i for i in places if i > point]
    after = "".join(text for kind, text in tokens[places[-1] + 1 :] if kind == "other")
    scale = 3 * (len(after) - len(after.lstrip(","))) - 2 * tokens.count(("other", "%"))
    if any(kind == "exponent" for kind, _ in tokens):
        return f"{sign}{float(number.scaleb(-scale)):.{len(part)}E}"
    rounded = number.scaleb(-scale).quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    digits, _, fraction = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0").zfill(sum(tokens[i][1] == "0" for i in whole))
    while fraction.endswith("0") and tokens[part[len(fraction) - 1]][1] != "0":
        fraction = fraction[:-1]
    is_grouped = any(token == ("other", ",") for token in tokens[places[0] : whole[-1] if whole else 0])
    written = dict.fromkeys(places, "")
    for i in whole[:0:-1]:  # each place takes a digit, the first all that are left
        written[i], digits = ("", digits) if is_grouped else (digits[-1:], digits[:-1])
    if whole:
        written[whole[0]] = f"{int(digits):,}" if is_grouped and digits else digits
    written |= {point: "." + fraction if fraction else ""}
    shown = (written.get(i, "" if token == ("other", ",") else token[1]) for i, token in enumerate(tokens))
    return (sign if rounded else "") + "".join(shown)


def _date_text(tokens: _Tokens, number: Decimal, epoch: datetime.datetime) -> str:
    found = from_excel(float(number), epoch)
    if isinstance(found, datetime.time):
        found = datetime.datetime.combine(epoch.date(), found)
    codes = [text[0].lower() if kind in ("date", "elapsed") else "" for kind, text in tokens]
    is_half = any(kind == "noon" for kind, _ in tokens)
    parts = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "date":
            before, after = next(filter(None, codes[:i][::-1]), ""), next(filter(None, codes[i + 1 :]), "")
            is_minute = codes[i] == "m" and (before == "h" or after == "s")
            parts.append(_date_part("n" * len(text) if is_minute else text.lower(), found, is_half=is_half))
        elif kind == "elapsed":
            parts.append(str(int(number * {"h": 24, "m": 1440, "s": 86400}[text])))
        elif kind == "noon":
            parts.append("AM" if found.hour < 12 else "PM")
        elif kind != "digit" and text != "@" and (text, *tokens[i + 1 : i + 2]) != (".", ("digit", "0")):
            parts.append(text)
    return "".join(parts)


def _date_part(code: str, moment: datetime.datetime, *, is_half: bool) -> str:
    start, letter, era = next((e for e in _ERAS if e[0] <= moment.date()), _ERAS[-1])
    year, hour, day = moment.year - start.year + 1, moment.hour % 12 or 12 if is_half else moment.hour, moment.weekday()
    numbers = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second, "e": year}
    names = {
        "g": letter, "gg": era[0], "ggg": era, "mmm": f"{moment:%b}", "mmmm": f"{moment:%B}",
        "ddd": f"{moment:%a}", "dddd": f"{moment:%A}", "aaa": _WEEKDAYS[day], "aaaa": f"{_WEEKDAYS[day]}曜日",
        "y": f"{moment:%y}", "yy": f"{moment:%y}",
    }  # fmt: skip
    if code in names:
        return names[code]
    return f"{moment.year:04}" if code[0] == "y" else f"{numbers.get(code[0], 0):0{min(len(code), 2)}}"
