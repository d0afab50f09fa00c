"""Times that a text names by its own date: 今年度, 来月, 昨年の十月. Without that date they are no figures.

前年度 is left out: in a budget table it counts from the budget's year, not from the day of writing.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from lsqa.figures.numerals import japanese_value
from lsqa.figures.values import Figure, Kind
from lsqa.text import fold_with_offsets

_FISCAL_YEAR_STARTS = 4  # April
_YEARS = {"今": 0, "本": 0, "ことし": 0, "来": 1, "明": 1, "翌": 1, "再来": 2, "昨": -1, "去": -1, "一昨": -2}
_MONTHS = {"今": 0, "本": 0, "来": 1, "翌": 1, "先": -1}
_FISCAL = re.compile(r"(?P<which>再来|一昨|今|本|来|昨)年度|(?<![0-9一二三四五六七八九十元])(?P<within>年度)(?=内|末)")
_YEAR = re.compile(
    r"(?:(?P<which>再来|一昨|今|本|来|昨|去|明)年(?!度)|(?P<kana>ことし))"
    r"(?:の?(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?!間))?|(?<![0-9一二三四五六七八九十昨今本来])(?P<within>年)内"
)
_MONTH = re.compile(r"(?P<which>今|本|来|先)月")


def _fiscal_year(published: date) -> int:
    return published.year - (published.month < _FISCAL_YEAR_STARTS)


def _month(year: int, month: int) -> int:
    """yyyymm of a month counted from the January of `year`, over the year's end."""
    return (year + (month - 1) // 12) * 100 + (month - 1) % 12 + 1


def _read(text: str, published: date) -> Iterator[tuple[Kind, int, re.Match[str]]]:
    for m in _FISCAL.finditer(text):
        yield "fiscal_year", _fiscal_year(published) + _YEARS[m["which"] or "今"], m
    for m in _YEAR.finditer(text):
        year = published.year + _YEARS[m["which"] or m["kana"] or "今"]
        if m["month"]:
            yield "month", year * 100 + int(japanese_value(m["month"])), m
        else:
            yield "year", year, m
    for m in _MONTH.finditer(text):
        yield "month", _month(published.year, published.month + _MONTHS[m["which"]]), m


@lru_cache(maxsize=1024)
def relative_figures(text: str, published: str) -> tuple[Figure, ...]:
    """The times that `text` names by the day it was published, an ISO 8601 date; none where the day is not known."""
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return ()
    folded = fold_with_offsets(text)
    return tuple(
        Figure(kind, Decimal(value), "", False, *folded.source_span(*match.span()))
        for kind, value, match in _read(folded.text, day)
    )
