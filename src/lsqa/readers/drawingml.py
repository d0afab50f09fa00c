"""DrawingML (ECMA-376 part 1, 20-21), which slides and text documents share: text, tables, charts and SmartArt."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from lsqa.readers.ooxml import A, Package, Piece, R, integer, local

TABLE = A + "tbl"
_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_|[\t\x00-\x08\x0b-\x1f]")
_DROPPED_FIELDS = ("slidenum", "datetime")
_YES = ("1", "true")
LONGEST_ROW_NAME = 40
_CACHES = ("{*}strCache", "{*}numCache", "{*}strLit", "{*}numLit")
_MOST_DECIMALS = 6
_MOST_POINTS = 10_000
_NO_POINTS = ("pres", "parTrans", "sibTrans", "doc")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_FIGURE = re.compile(r"\d")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of a worksheet's calendar
_LAST_DAY = 2_958_465  # 9999-12-31


def paragraph_text(paragraph: Any) -> str:
    """The text of an a:p with its line breaks; slide numbers and dates that renew themselves are left out."""
    parts: list[str] = []
    for child in paragraph:
        kind = local(child)
        if kind == "br":
            parts.append("\n")
        elif kind in ("r", "fld") and not child.get("type", "").startswith(_DROPPED_FIELDS):
            parts.append("".join(t.text or "" for t in child.iterchildren(A + "t")))
        elif kind not in ("r", "fld", "pPr", "endParaRPr"):
            parts.append("".join(t.text or "" for t in child.iter("{*}t")))  # a formula
    return _CONTROL.sub(" ", "".join(parts)).strip()


def paragraphs(body: Any) -> list[Any]:
    return [] if body is None else list(body.iterchildren(A + "p"))


def body_text(body: Any, separator: str = "\n") -> str:
    return separator.join(text for p in paragraphs(body) if (text := paragraph_text(p)))


def row_text(cells: Sequence[str]) -> str:
    """Cells parted by tabs; inside a cell white space is one blank."""
    return "\t".join(" ".join(cell.split()) for cell in cells)


def rows_to_pieces(rows: Sequence[str], *, marked: bool = False) -> list[Piece]:
    """Rows as blocks; the first is the head where it is marked as such or has no figure, and others follow."""
    kept = [row for row in rows if row.strip()]
    has_head = len(kept) > 1 and (marked or ("\t" in kept[0].strip() and not _FIGURE.search(kept[0])))
    return [Piece("head_row" if has_head and not index else "row", row) for index, row in enumerate(kept)]


class MergedCells:
    """What stands in a cell that is merged with the one above: its text where it names the row, else nothing.

    A row is quoted by itself, so it keeps the name that it shares with its neighbours; a paragraph that spans several
    rows is not repeated, and neither is anything across columns.
    """

    def __init__(self) -> None:
        self._above: dict[int, str] = {}

    def text(self, column: int, text: str, *, goes_on: bool) -> str:
        """The text of the cell in `column`; `goes_on` where it is covered by the cell above."""
        if not goes_on:
            self._above[column] = text if len(text) <= LONGEST_ROW_NAME else ""
            return text
        return self._above.get(column, "")


def table_pieces(table: Any) -> list[Piece]:
    """The rows of an a:tbl, merged cells as in `MergedCells`."""
    rows, merged = [], MergedCells()
    for row in table.iterchildren(A + "tr"):
        cells = []
        for column, cell in enumerate(row.iterchildren(A + "tc")):
            text = "" if cell.get("hMerge") in _YES else body_text(cell.find(A + "txBody"), " ")
            cells.append(merged.text(column, text, goes_on=cell.get("vMerge") in _YES))
        rows.append(row_text(cells))
    properties = table.find(A + "tblPr")
    return rows_to_pieces(rows, marked=properties is not None and properties.get("firstRow") in _YES)


def graphic_pieces(package: Package, part: str, graphic: Any) -> Iterator[Piece]:
    """What an a:graphicData inside `part` shows: a table, a chart or SmartArt; nothing for pictures and objects."""
    related = package.related(part)
    for table in graphic.iterchildren(TABLE):
        yield from table_pieces(table)
    for element in graphic.iter("{*}chart", "{*}relIds"):
        relationship = related.get(element.get(R + "id") or element.get(R + "dm") or "")
        root = None if relationship is None else package.root(relationship.part)
        if root is not None and local(element) == "chart":
            yield from chart_pieces(root)
        elif root is not None:
            yield from diagram_pieces(root)


def chart_pieces(root: Any) -> list[Piece]:
    """A chart as its title and a table: a row for each category, a column for each series."""
    chart = root.find("{*}chart")
    title = None if chart is None else chart.find("{*}title")
    pieces = [Piece("label", " ".join(_title_text(title).split()))] if title is not None else []
    tables: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
    for series in () if chart is None else chart.iter("{*}ser"):
        values = _points(series, ("val", "yVal"))
        categories = _points(series, ("cat", "xVal")) or [str(n) for n in range(1, len(values) + 1)]
        tables.setdefault(tuple(categories), []).append((_series_name(series), values))
    for name, categories_, values in _extended_series(root):
        tables.setdefault(tuple(categories_), []).append((name, values))
    for categories_key, columns in tables.items():
        rows = [row_text(["", *(name for name, _ in columns)])]
        rows += [
            row_text([category, *(values[i] if i < len(values) else "" for _, values in columns)])
            for i, category in enumerate(categories_key)
        ]
        pieces += rows_to_pieces(rows, marked=bool(rows[0].strip()))
    return pieces


def _title_text(title: Any) -> str:
    written = "\n".join(paragraph_text(p) for p in title.iter(A + "p"))
    return written or " ".join(v.text or "" for v in title.iter("{*}v"))


def _series_name(series: Any) -> str:
    name = series.find("{*}tx")
    return "" if name is None else " ".join("".join(v.text or "" for v in name.iter("{*}v")).split())


def _points(series: Any, tags: Sequence[str]) -> list[str]:
    """The cached values of a dimension in the order of their indices; categories of several levels joined."""
    holder = next((h for tag in tags if (h := series.find("{*}" + tag)) is not None), None)
    if holder is None:
        return []
    levels = list(holder.iter("{*}lvl")) or list(holder.iter(*_CACHES))
    columns = [_level(level) for level in reversed(levels)]
    count = min(max((index for column in columns for index in column), default=-1) + 1, _MOST_POINTS)
    return [" ".join(filter(None, (_value_at(c, i, len(columns)) for c in columns))) for i in range(count)]


def _value_at(column: dict[int, str], index: int, levels: int) -> str:
    """Of several levels the outer ones are written once for a run of categories."""
    if levels == 1 or index in column:
        return column.get(index, "")
    return column.get(max((i for i in column if i < index), default=-1), "")


def _level(level: Any) -> dict[int, str]:
    code = level.findtext("{*}formatCode") or ""
    points: dict[int, str] = {}
    for point in level.iterchildren("{*}pt"):
        value = point.findtext("{*}v") if point.find("{*}v") is not None else point.text
        points[integer(point.get("idx"))] = shown(value or "", point.get("formatCode") or code)
    return points


def _extended_series(root: Any) -> Iterator[tuple[str, list[str], list[str]]]:
    """Waterfalls, funnels and the like keep their data apart from their series ([MS-ODRAWXML] 2.24.3)."""
    data = {d.get("id"): d for d in root.iter("{*}data") if d.get("id") is not None}
    for series in root.iter("{*}series"):
        reference = series.find("{*}dataId")
        held = None if reference is None else data.get(reference.get("val"))
        if held is not None:
            yield _series_name(series), _points(held, ("strDim",)), _points(held, ("numDim",))


def shown(value: str, code: str) -> str:
    """A cached value as the chart shows it: percentages and dates by the format `code`, fractions without noise."""
    try:
        number = float(value)
    except ValueError:
        return value.strip()
    marks = _QUOTED.sub("", code.split(";")[0])
    if "%" in marks:
        return f"{number * 100:.{min(marks.partition('.')[2].count('0'), _MOST_DECIMALS)}f}%"
    if re.search(r"[yd]", marks, re.IGNORECASE) and "General" not in marks and 0 < number < _LAST_DAY:
        return (_FIRST_DAY + timedelta(days=int(number))).isoformat()
    return f"{number:.12g}" if abs(number) < 1e15 else value.strip()


def diagram_pieces(root: Any) -> list[Piece]:
    """The texts of SmartArt as list items, each under what it belongs to (21.4: points and connections)."""
    points = {p.get("modelId"): p for p in root.iter("{*}pt") if p.get("type", "node") != "pres"}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter("{*}cxn"):
        if link.get("type", "parOf") == "parOf":
            below.setdefault(link.get("srcId", ""), []).append((integer(link.get("srcOrd")), link.get("destId", "")))
    tops = [key for key, point in points.items() if point.get("type") == "doc"]
    pieces: list[Piece] = []
    waiting = [(key, -1) for key in reversed([*tops, *points])]
    seen: set[str] = set()
    while waiting:
        key, level = waiting.pop()
        if key in seen or key not in points:
            continue
        seen.add(key)
        if points[key].get("type", "node") not in _NO_POINTS:
            pieces.append(Piece("item", body_text(points[key].find("{*}t")), max(level, 0)))
        waiting.extend((child, level + 1) for _, child in sorted(below.get(key, ()), reverse=True))
    return [piece for piece in pieces if piece.text]
