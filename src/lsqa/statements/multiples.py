"""The year that a multiple starts from: 2040年に2020年の20倍 is not 2020年に2040年の20倍."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from lsqa.figures import Figure, find_figures, supports

_YEARS: Final = frozenset({"fiscal_year", "year"})
_BEHIND: Final = re.compile(r"\s*(?:の|から|比|と比べ|に比べ|に対し|より)[^。\n]{0,24}?倍")
_BEFORE: Final = re.compile(
    r"\b(?:times\b[^.\n]{0,40}|(?:from|since|over|compared (?:with|to)) (?:that (?:of|in) )?)$", re.IGNORECASE
)
_MULTIPLE: Final = re.compile(r"倍|\btimes\b|\w+fold\b", re.IGNORECASE)


def other_base(claim: str, quotes: Sequence[str]) -> tuple[str, str] | None:
    """The year from which `claim` counts a multiple, and the one from which alone its quotes count theirs."""
    theirs = [(figure, quote) for quote in quotes for figure in _bases(quote)]
    for mine in _bases(claim):
        if theirs and not any(supports(figure, mine) for figure, _ in theirs):
            figure, quote = theirs[0]
            return claim[mine.start : mine.end], quote[figure.start : figure.end]
    return None


@lru_cache(maxsize=1024)
def _bases(text: str) -> tuple[Figure, ...]:
    return tuple(_found(text)) if _MULTIPLE.search(text) else ()


def _found(text: str) -> Iterator[Figure]:
    for figure in find_figures(text):
        if figure.kind in _YEARS and (_BEHIND.match(text, figure.end) or _BEFORE.search(text[: figure.start])):
            yield figure
