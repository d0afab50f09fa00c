"""The ledger of a page: every figure in its tables, headings, labels and sentences, with what it is of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lsqa.documents import Block, Document, Page
from lsqa.figures import find_figures
from lsqa.ledger.entries import LedgerEntry, Mark
from lsqa.ledger.labels import Label, clean_name, is_generic, read_label
from lsqa.ledger.lines import LabelledFigure, labelled_figures
from lsqa.ledger.tables import TableFigure, row_figures
from lsqa.sections import Section, page_sections
from lsqa.text import Span, trim

# Where a page says what an amount in brackets behind another one is.
_BRACKETS_ARE_PREVIOUS: Final = re.compile(
    r"[(（]\s*前年度?(?:当初)?(?:予算額?)?|括弧[内書]*(?:き|は)?[はが]?[、,]?\s*前年度|[(（]\s*[)）]\s*(?:内|書き?)?は[、,]?\s*前年度|"
    r"(?:brackets|parentheses)[^.\n]{0,40}(?:previous|prior) (?:fiscal )?year",
    re.IGNORECASE,
)
_LONGEST_LABEL, _LONGEST_MEASURE = 80, 30
_TAIL: Final = re.compile(r"[:：]?\s*$")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a run of blocks stands: the cleaned headings over it and what they say of the year."""

    names: tuple[str, ...]
    label: Label
    bracket_is_previous: bool

    @property
    def programme(self) -> str:
        """The innermost heading that names something, else the outermost."""
        return next((n for n in reversed(self.names) if not is_generic(n)), self.names[0] if self.names else "")


def document_ledger(document: Document) -> tuple[LedgerEntry, ...]:
    """The entries of a document in reading order."""
    return tuple(entry for page in document.pages for entry in page_ledger(page))


def page_ledger(page: Page) -> tuple[LedgerEntry, ...]:
    """The entries of a page in reading order."""
    by_brackets = bool(_BRACKETS_ARE_PREVIOUS.search(page.text))
    year = _page_year(page)
    return tuple(e for s in page_sections(page) for e in _section_ledger(page, s, year, by_brackets=by_brackets))


def _page_year(page: Page) -> int:
    """The fiscal year of the budget that the page is about: the latest that a label on it names; 0 without one."""
    lines = (line for block in page.blocks if block.kind in ("row", "label", "heading", "paragraph")
             for line in re.split(r"[\t\n]", page.text_of(block)) if len(line) < _LONGEST_LABEL)  # fmt: skip
    return max((x.fiscal_year for x in map(read_label, lines) if x.status == "budget"), default=0)


def _section_ledger(page: Page, section: Section, year: int, *, by_brackets: bool) -> Iterator[LedgerEntry]:
    names = tuple(n for h in section.heading_path if (n := heading_name(h)))
    outer = Label()
    for heading in section.heading_path:
        label = read_label(heading)
        outer = Label("", label.fiscal_year, label.status).under(outer) if label.status else outer
    place = _Place(names, outer, by_brackets)
    head: Block | None = None
    caption: Block | None = None
    table = 0
    before: Label = Label("", year, "budget" if year else "")
    for block in section.blocks:
        if block.kind == "head_row":
            head, table = block, block.start
        elif block.kind == "row":
            table = table or block.start
            for cell in row_figures(page, head, block, caption, outer, bracket_is_previous=by_brackets):
                yield _table_entry(page, place, cell, table, year)
        else:
            head, table = None, 0
            caption = block if block.kind != "item" else caption
            found = _block_figures(page, place, block, before, year)
            before = next((f.label for f in reversed(found) if _is_base(f.label)), before)
            yield from (_text_entry(page, place, block, figure) for figure in found)


def heading_name(heading: str) -> str:
    """A heading as a name: without the amounts behind it (③…プラットフォーム 14億円※（14億円）)."""
    amount = next((f for f in find_figures(heading) if f.kind == "amount"), None)
    name = heading[: amount.start] if amount and amount.start > 2 else heading
    return clean_name(_TAIL.sub("", name))


def _block_figures(page: Page, place: _Place, block: Block, before: Label, year: int) -> list[LabelledFigure]:
    """The figures of a block that is no row; `before` is the label of the last budget over it."""
    text = page.text_of(block)
    found = [
        f
        for f in labelled_figures(text, place.label, bracket_is_previous=place.bracket_is_previous)
        if f.figure.kind != "number"  # without a head, nothing says what a bare number counts
    ]
    if block.kind == "heading" and any(f.label.is_previous for f in found):
        found = [_of_page(_as_budget(f), year) for f in found]
    resolved: list[LabelledFigure] = []
    for figure in found:
        resolved.append(replace(figure, label=figure.label.before(before)))
        before = resolved[-1].label if _is_base(resolved[-1].label) else before
    return resolved


def _is_base(label: Label) -> bool:
    """Whether 前年度 after it means the year before its own."""
    return bool(label.fiscal_year) and not label.is_previous and label.status in ("", "budget", "request")


def _as_budget(found: LabelledFigure) -> LabelledFigure:
    """An amount with last year's in brackets behind it is a budget."""
    label = found.label
    return (
        found
        if label.status or found.figure.kind != "amount"
        else replace(found, label=replace(label, status="budget"))
    )


def _of_page(found: LabelledFigure, year: int) -> LabelledFigure:
    """An amount of a table or a heading that is called a budget, or has last year's by it, is of the page's year."""
    label = found.label
    if found.figure.kind != "amount" or label.fiscal_year or not year or label.status not in ("", "budget"):
        return found
    if label.is_previous:
        return replace(found, label=replace(label, fiscal_year=year - 1, status="budget"))
    return replace(found, label=replace(label, fiscal_year=year, status="budget")) if label.status else found


def _text_entry(page: Page, place: _Place, block: Block, found: LabelledFigure) -> LedgerEntry:
    is_heading = block.kind == "heading"
    sentence = (block.start + found.sentence[0], block.start + found.sentence[1])
    quote = (block.start, block.end) if is_heading or block.kind == "label" else trim(page.text, *sentence)
    own = "" if is_heading else found.name
    names = tuple(dict.fromkeys((*place.names, own))) if own else place.names
    programme = place.programme
    return _entry(page, quote, found, (block.start + found.figure.start, block.start + found.figure.end), names,
                  programme, "", frozenset(), "")  # fmt: skip


def _table_entry(page: Page, place: _Place, found: TableFigure, table: int, year: int) -> LedgerEntry:
    labelled = found.labelled
    if "bracketed" not in labelled.marks:
        labelled = _of_page(labelled, year)
    names = tuple(dict.fromkeys(n for n in (*place.names, found.name_head, found.row_name, labelled.name) if n))
    series = f"{table}:{found.column}" if found.in_column and found.row_name else ""
    if series and {"previous", "bracketed"} & labelled.marks:
        series += "()"
    marks: frozenset[Mark] = frozenset({"total"}) if found.is_total else frozenset()
    quote = (found.row.start, found.row.end)
    return _entry(page, quote, labelled, (found.start, found.end), names, found.row_name or place.programme,
                  found.measure, marks, series, found.context)  # fmt: skip


def _measure(label: Label) -> str:
    text = clean_name(label.text.strip("(（[【「 "))
    return (
        text
        if label.is_budget and len(text) <= _LONGEST_MEASURE and not text.startswith(("は", "が", "の", "、"))
        else ""
    )


def _entry(
    page: Page,
    quote: Span,
    found: LabelledFigure,
    place: Span,
    names: tuple[str, ...],
    programme: str,
    measure: str,
    marks: frozenset[Mark],
    series: str,
    context: tuple[Span, ...] = (),
) -> LedgerEntry:
    figure, label = found.figure, found.label
    marks |= found.marks | ({"previous"} if label.is_previous else set())
    return LedgerEntry(
        page=page.number,
        start=place[0],
        end=place[1],
        quote=quote,
        context=context,
        kind=figure.kind,
        value=figure.value,
        unit=figure.unit,
        approximate=figure.approximate,
        fiscal_year=label.fiscal_year,
        status=label.status,
        names=names,
        programme=programme,
        measure=measure or _measure(label),
        marks=marks,
        period=found.period,
        series=series,
    )
