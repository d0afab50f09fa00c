"""The figures of a table: each with the head of its column, the name of its row and what the rest of the row says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from lsqa.documents import Block, Page
from lsqa.figures import Figure, find_figures
from lsqa.ledger.labels import HeadUnit, Label, clean_name, head_unit, read_label
from lsqa.ledger.lines import LabelledFigure, labelled_figures
from lsqa.text import Span

_TOTAL: Final = re.compile(r"(?:総|合|小)?計|総数|全体|(?:sub|grand )?total", re.IGNORECASE)
_RANKING: Final = re.compile(r"順位|番号|No\.?|#|rank", re.IGNORECASE)
_LONGEST_CAPTION: Final = 80
_BLANK: Final = re.compile(r"[\s\d,.%％△▲―–—\-~～()（）]*")


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A figure of a row. `row_name` is empty where the row says only which budget its figures are of; `name_head` is
    the head over the names, `in_column` says that the figures above and below are of the same sort. Offsets are those
    of the page.
    """

    labelled: LabelledFigure
    start: int
    end: int
    row: Block
    row_name: str
    name_head: str
    measure: str
    column: int
    is_total: bool
    in_column: bool
    context: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    start: int

    @property
    def is_figure(self) -> bool:
        """Whether it holds a figure and hardly anything beside it."""
        figures = find_figures(self.text)
        rest = self.text
        for figure in reversed(figures):
            rest = rest[: figure.start] + rest[figure.end :]
        return bool(figures) and bool(_BLANK.fullmatch(rest.replace("※", "").replace("程度", "").replace("約", "")))


def cells_of(page: Page, row: Block) -> tuple[Cell, ...]:
    """The cells of a row with their places."""
    cells: list[Cell] = []
    at = row.start
    for text in page.text_of(row).split("\t"):
        cells.append(Cell(text, at))
        at += len(text) + 1
    return tuple(cells)


def row_figures(
    page: Page, head: Block | None, row: Block, caption: Block | None, outer: Label, *, bracket_is_previous: bool
) -> Iterator[TableFigure]:
    """The figures of one row. `caption` stands over the table, `outer` is what it and the headings say of the year."""
    cells = cells_of(page, row)
    heads = cells_of(page, head) if head is not None else ()
    over = _unit_over(page, caption)
    if _TOTAL.fullmatch(clean_name(cells[0].text)) and len(cells) > 1:
        heads = heads[: len(cells)]  # a total leaves the columns behind its figures empty
    if head is not None and len(heads) == len(cells) > 1:
        found = _rows_joined(cells, heads, row, over, outer, bracket_is_previous=bracket_is_previous)
    else:
        found = _pairs(cells, row, over, outer, bracket_is_previous=bracket_is_previous)
    spans = [(b.start, b.end) for b in (caption if over else None, head if len(heads) == len(cells) else None) if b]
    for figure in found:
        yield replace(figure, context=tuple(spans))


def _unit_over(page: Page, caption: Block | None) -> HeadUnit | None:
    """The unit that a caption gives, where it is one and no paragraph: （単位：百万円）."""
    text = page.text_of(caption) if caption is not None else ""
    return head_unit(text) if len(text) <= _LONGEST_CAPTION else None


def _rows_joined(
    cells: Sequence[Cell],
    heads: Sequence[Cell],
    row: Block,
    over: HeadUnit | None,
    outer: Label,
    *,
    bracket_is_previous: bool,
) -> Iterator[TableFigure]:
    named = _name_column(cells, heads)
    row_label = read_label(cells[named].text)
    own = "" if row_label.is_budget else clean_name(cells[named].text)
    remark = _remark(cells, named) if not row_label.is_budget else Label()
    is_total = bool(_TOTAL.fullmatch(own))
    for column, cell in enumerate(cells):
        if column == named or _RANKING.fullmatch(heads[column].text.strip()):
            continue
        label = read_label(heads[column].text).under(row_label.under(outer))
        if not label.is_budget:
            label = remark.under(label)
        unit = head_unit(heads[column].text) or over
        measure = clean_name(cells[named].text) if row_label.is_budget else clean_name(heads[column].text)
        for found in labelled_figures(cell.text, label, bracket_is_previous=bracket_is_previous):
            labelled = _with_unit(found, unit)
            yield _figure(
                labelled, cell, row, own, clean_name(heads[named].text), measure, column, is_total, in_column=True
            )


def _name_column(cells: Sequence[Cell], heads: Sequence[Cell]) -> int:
    """The column that names the row: the first that is no bare figure, else the first."""
    names = (
        i
        for i, (cell, head) in enumerate(zip(cells, heads, strict=True))
        if not _RANKING.fullmatch(head.text.strip()) and cell.text.strip() and (i == 0 or not cell.is_figure)
    )
    return next(names, 0)


def _remark(cells: Sequence[Cell], named: int) -> Label:
    """What a cell without an amount says of the year and the status of the row's amounts."""
    for i, cell in enumerate(cells):
        if i != named and not any(f.kind in ("amount", "number") for f in find_figures(cell.text)):
            label = read_label(cell.text)
            if label.fiscal_year and label.status:
                return replace(label, text="")
    return Label()


def _pairs(
    cells: Sequence[Cell], row: Block, over: HeadUnit | None, outer: Label, *, bracket_is_previous: bool
) -> Iterator[TableFigure]:
    """A row without a head: a name and its values, or label and value in turn."""
    before: LabelledFigure | None = None
    is_named = len(cells) > 1 and all(cell.is_figure for cell in cells[1:])
    for column, (name, cell) in enumerate(pairwise(cells), 1):
        name = cells[0] if is_named else name
        if not is_named and (name.is_figure or not find_figures(cell.text) or _starts_pair(cells, column)):
            continue
        label = read_label(name.text).under(outer)
        label = label.before(before.label) if before else label
        own = "" if read_label(name.text).is_budget else clean_name(name.text)
        measure = clean_name(name.text) if not own or not is_named else ""
        for found in labelled_figures(cell.text, label, bracket_is_previous=bracket_is_previous):
            before = _with_unit(found, head_unit(name.text) or over)
            is_total = bool(_TOTAL.fullmatch(own))
            yield _figure(before, cell, row, own, "", measure, column, is_total, in_column=is_named)


def _starts_pair(cells: Sequence[Cell], column: int) -> bool:
    """Whether the cell is itself the label of the figure after it (令和6年度補正予算額 beside 10億円)."""
    if column + 1 >= len(cells):
        return False
    return not cells[column].is_figure and read_label(cells[column].text).is_budget and cells[column + 1].is_figure


def _with_unit(found: LabelledFigure, unit: HeadUnit | None) -> LabelledFigure:
    """A bare number with the unit of its head; a number that has a unit of its own keeps it."""
    figure = found.figure
    if unit is None or figure.kind not in ("number", "year") or figure.unit:
        return found
    value = figure.value * unit.factor
    return replace(found, figure=replace(figure, kind=unit.kind, unit=unit.unit, value=Decimal(value)))


def _figure(
    labelled: LabelledFigure,
    cell: Cell,
    row: Block,
    own: str,
    name_head: str,
    measure: str,
    column: int,
    is_total: bool,
    *,
    in_column: bool,
) -> TableFigure:
    start, end = _place(labelled.figure, cell)
    return TableFigure(labelled, start, end, row, own, name_head, measure, column, is_total, in_column, ())


def _place(figure: Figure, cell: Cell) -> Span:
    return cell.start + figure.start, cell.start + figure.end
