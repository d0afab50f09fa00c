"""What a figure is, and when one figure proves another."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "amount", "count", "percent", "rank", "fiscal_year", "year", "month", "date", "duration", "ordinal", "number"
]

_PREFIXES: dict[Kind, str] = {
    "count": "n",
    "number": "n",
    "rank": "rank",
    "ordinal": "no",
    "fiscal_year": "fy",
    "year": "y",
}
NOUNS_COUNTED = frozenset(
    {"機関", "大学", "拠点", "施設", "課題", "種類", "要素", "分野", "項目", "事業", "法人", "団体", "自治体"}
    | {"市町村", "都道府県", "病院", "企業", "地域", "世代", "世帯"}
)
"""Units that are nouns and stand behind つの too: 8つの大学."""
_YEAR_KINDS: dict[str, Kind] = {"年度": "fiscal_year", "年": "year"}
_DURATIONS = {"年": "y", "か月": "mo", "週": "w", "日": "d", "時間": "h", "分": "min", "秒": "s"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the place it was read from.

    `value` is the plain number, in units and not in millions: 43億円 is 4300000000, 6.4% is 6.4, 約3割 is 30. A
    `fiscal_year` and a `year` are Gregorian; a `month` is yyyymm and a `date` yyyymmdd, with yyyy = 0 where no year is
    written. `unit` is an ISO 4217 code for an amount, `%` or `ポイント` for a percent, the Japanese counter for a
    count, an ordinal or a duration, and empty for a bare number and for calendar kinds. `text[start:end]` is the figure
    as written, without the word that makes it `approximate`; the lower end of a range is only its own numeral.
    """

    kind: Kind
    value: Decimal
    unit: str
    approximate: bool
    start: int
    end: int


def agree(a: Figure, b: Figure) -> bool:
    """Whether two figures are the same, however they are written: kind, unit and value are equal.

    A fiscal year never agrees with the calendar year of that number (the Japanese one starts in April). Approximation
    is not compared: 約3割 agrees with 30%; who minds the difference reads `approximate`.
    """
    return (a.kind, a.unit, a.value) == (b.kind, b.unit, b.value)


def _era_numbers(year: int) -> frozenset[int]:
    """The numbers that a Gregorian year has in 令和 (from 2019) and in 平成 (1989 to 2019)."""
    return frozenset(n for n in (year - 2018, year - 1988 if year <= 2019 else 0) if n > 0)


def _implied_calendar(figure: Figure) -> frozenset[tuple[Kind, Decimal]]:
    """What follows from a date or a month: 2025年6月13日 implies 6月13日, June 2025, 6月 and 2025."""
    value = int(figure.value)
    implied: set[tuple[Kind, int]] = {(figure.kind, value)}
    if figure.kind == "date":
        implied |= {("date", value % 10000), ("month", value // 100), ("month", value // 100 % 100)}
    if figure.kind == "month":
        implied.add(("month", value % 100))
    year = value // 10000 if figure.kind == "date" else value // 100
    if year:
        implied.add(("year", year))
    return frozenset((kind, Decimal(number)) for kind, number in implied)


def supports(evidence: Figure, claim: Figure) -> bool:
    """Whether `evidence` proves `claim`: they agree, or the claim says less.

    - A date proves its month and its year, a month its year; never the other way round.
    - A bare number claimed is proved by a count or an amount of that value: it names no unit, so it says less. English
      nouns without a known counter ("8 seeds") and 億 without 円 are read as bare numbers.
    - A count claimed is proved by a bare number: the cells of a table carry no unit, it stands in the head.
    - A count by つ is proved by one that names its noun: 8大学 are 8つ, and 8つの大学.
    - An amount or a percentage is never proved by a bare number of the same digits.
    - An ordinal without a noun ("the 8th") is proved by any ordinal or rank of that value.
    - The nth of a row (9番目) is proved by a rank.
    - A year without its era (2年度, 2年3月) is proved by a year that has this number in 令和 or 平成.
    """
    if agree(evidence, claim):
        return True
    if evidence.kind in ("date", "month"):
        implied = _implied_calendar(evidence)
        if (claim.kind, claim.unit) == ("ordinal", "年"):
            return any(k == "year" and int(claim.value) in _era_numbers(int(v)) for k, v in implied)
        return (claim.kind, claim.value) in implied
    if claim.kind == "ordinal" and claim.unit in _YEAR_KINDS and evidence.kind == _YEAR_KINDS[claim.unit]:
        return int(claim.value) in _era_numbers(int(evidence.value))
    if evidence.value != claim.value:
        return False
    if claim.kind == "number" and not claim.unit:
        return evidence.kind in ("count", "amount")
    if claim.kind == "count" and claim.unit == "つ" and evidence.kind == "count" and evidence.unit in NOUNS_COUNTED:
        return True
    if claim.kind == "count":
        return evidence.kind == "number" and not evidence.unit
    if (claim.kind, claim.unit) == ("ordinal", "番"):
        return evidence.kind == "rank"
    return claim.kind == "ordinal" and not claim.unit and evidence.kind in ("ordinal", "rank")


def normal_form(figure: Figure) -> str:
    """One ASCII token for a keyword index, the same for every spelling: `fy2025`, `jpy4300000000`, `pct6.4`.

    Counts and bare numbers share `n8` whatever their counter, ordinals share `no14`: a table cell names no unit and a
    question seldom names the same noun. So equal tokens mean "look here", not that two figures agree.
    """
    value = format(figure.value.normalize(), "f").replace("-", "neg")
    if figure.kind == "date":
        return f"d{int(figure.value):04d}"
    if figure.kind == "month":
        return f"m{int(figure.value):02d}"
    if figure.kind == "percent":
        return f"{'pct' if figure.unit == '%' else 'pp'}{value}"
    if figure.kind == "amount":
        return f"{figure.unit.lower()}{value}"
    if figure.kind == "duration":
        return f"dur{value}{_DURATIONS[figure.unit]}"
    if figure.unit == "倍":
        return f"x{value}"
    return f"{_PREFIXES[figure.kind]}{value}"
