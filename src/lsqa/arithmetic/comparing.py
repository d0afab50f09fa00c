"""Whether figures may be calculated with each other, and what has to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.selecting import Selection
from lsqa.ledger import LedgerEntry
from lsqa.text import Language

_STATUSES = {
    "": ("区分の記載なし", "no status stated"),
    "budget": ("当初予算", "budget"),
    "supplementary": ("補正予算", "supplementary budget"),
    "revised": ("補正後予算", "budget after supplements"),
    "request": ("要求", "request"),
    "settlement": ("決算", "settlement"),
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why figures are not calculated with each other: `unit`, `part`, `period`, `year` or `status`, and how each is."""

    code: str
    details: tuple[str, ...]


def mismatch(selection: Selection, request: Request, language: Language) -> Mismatch | None:
    """What forbids the calculation: units, periods, a part of an amount, years and kinds that nobody asked to mix."""
    entries = [line.entry for line in selection.lines]
    names = selection.labels

    def told(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{n}: {v}" if language == "en" else f"{n}は{v}" for n, v in zip(names, values, strict=True))

    # A figure without a unit may have any; those of one table have the same.
    is_one_table = len({(line.doc_id, line.entry.page, line.entry.series) for line in selection.lines}) == 1
    units = {e.unit for e in entries if e.unit or not is_one_table}
    if len({_sort(e) for e in entries}) > 1 or len(units) > 1:
        return Mismatch("unit", told([e.unit or e.kind for e in entries]))
    if parts := [n for n, e in zip(names, entries, strict=True) if "part" in e.marks]:
        return Mismatch("part", tuple(parts))
    if len({(e.period, "rate" in e.marks) for e in entries}) > 1:
        return Mismatch("period", told([_period(e, language) for e in entries]))
    if entries[0].kind != "amount":
        return None
    if not selection.by_budgets and len({e.fiscal_year for e in entries}) > 1:
        return Mismatch("year", told([year_name(e.fiscal_year, language) for e in entries]))
    if not selection.by_budgets and len({e.status or "budget" for e in entries}) > 1:
        return Mismatch("status", told([_STATUSES[e.status][language == "en"] for e in entries]))
    return None


def notices(selection: Selection, request: Request, language: Language) -> tuple[str, ...]:
    """What is not alike about the operands, or was taken for granted, a sentence each."""
    entries = [line.entry for line in selection.lines]
    english = language == "en"
    found: list[str] = []
    statuses = tuple(dict.fromkeys(_STATUSES[e.status][english] for e in entries))
    years = tuple(dict.fromkeys(year_name(e.fiscal_year, language) for e in entries))
    found += _about_rows(selection, request, english=english)
    if len(statuses) > 1 and entries[0].kind == "amount":
        found.append(
            f"The figures differ in status: {', '.join(statuses)}."
            if english
            else f"区分の異なる額の計算です（{'、'.join(statuses)}）。"
        )
    if len(years) > 1 and entries[0].kind == "amount" and request.operation in ("sum", "mean"):
        found.append(
            f"The figures are of different years: {', '.join(years)}."
            if english
            else f"年度の異なる額の計算です（{'、'.join(years)}）。"
        )
    if selection.assumed_year and len(years) == 1:
        year = year_name(selection.assumed_year, language)
        found.append(
            f"No year was named; these are for {year}." if english else f"年度の指定がないため、{year}の額です。"
        )
    if entries[0].kind == "amount" and not any(e.fiscal_year for e in entries):
        found.append("The documents state no year for these amounts." if english else "資料に年度の記載がない額です。")
    if any("note" in e.marks for e in entries):
        found.append("A footnote (※) stands behind a figure." if english else "※の注が付いた額を含みます。")
    if any(e.approximate for e in entries):
        found.append("A figure is approximate." if english else "概数を含みます。")
    return tuple(found)


def _about_rows(selection: Selection, request: Request, *, english: bool) -> list[str]:
    """Which place the row has that was named, and how many rows of the table meet the conditions."""
    found: list[str] = []
    if request.beside and selection.anchor and not request.is_beyond:
        name, place = selection.anchor.text, request.nth - request.beside
        found.append(f"{name} is No. {place}." if english else f"{name}は{place}番目です。")
    if selection.out_of:
        listed, count = (
            "、".join(c.text.strip() for c in request.conditions if not c.is_said_of_all),
            len(selection.lines),
        )
        found.append(
            f"Only rows of this table: {count} of {selection.out_of} meet the condition ({listed})."
            if english
            else f"表の{selection.out_of}行のうち、条件（{listed}）に当てはまる{count}行です。"
        )
    return found


def year_name(year: int, language: Language) -> str:
    """A fiscal year by the era in Japanese, FY2025 in English."""
    if not year:
        return "no year stated" if language == "en" else "年度の記載なし"
    if language == "en":
        return f"FY{year}"
    return f"令和{year - 2018}年度" if year >= 2019 else f"{year}年度"


def _sort(entry: LedgerEntry) -> str:
    return "count" if entry.kind == "number" else entry.kind


def _period(entry: LedgerEntry, language: Language) -> str:
    if entry.period:
        return entry.period
    if "rate" in entry.marks:
        return "a rate" if language == "en" else "単位当たりの額"
    return "no period stated" if language == "en" else "期間の記載なし"
