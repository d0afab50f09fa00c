"""Years that a text counts from one that it has named: 前年度 behind 令和7年度 is the fiscal year 2024."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from lsqa.figures.values import Figure

_YEAR_BEFORE: Final = re.compile(r"前年度?(?!比)|previous (?:fiscal )?year", re.IGNORECASE)
UNKNOWN: Final = "前年"
"""The unit of a year before one that the text does not name."""


def counted_years(text: str, written: Sequence[Figure]) -> tuple[Figure, ...]:
    """A year for each 前年度 of `text`, in order: that before the last of the years `written` there which stands in
    front of it; else an ordinal of the unit `UNKNOWN`, which is like no year."""
    years = sorted((f for f in written if f.kind in ("fiscal_year", "year")), key=lambda f: f.start)
    counted: list[Figure] = []
    for match in _YEAR_BEFORE.finditer(text):
        before = [f for f in years if f.start < match.start()]
        if before:
            year = replace(before[-1], value=before[-1].value - 1, start=match.start(), end=match.end())
        else:
            year = Figure("ordinal", Decimal(0), UNKNOWN, False, *match.span())
        counted.append(year)
    return tuple(counted)
