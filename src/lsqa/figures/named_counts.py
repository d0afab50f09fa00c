"""Counts whose counter says less than the noun beside it: 8校の大学, 大学：8校 and 参加大学数は8校 are 8大学."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from lsqa.figures.values import Figure
from lsqa.text import fold_with_offsets

# The nouns that a counter counts among others.
_NOUNS: Final[dict[str, tuple[str, ...]]] = {
    "校": ("大学",),
    "社": ("企業",),
    "件": ("課題", "事業"),
    "箇所": ("拠点", "施設", "病院"),
}
_REACH: Final = 8  # characters
_BEFORE: Final = {
    noun: re.compile(rf"{noun}(?:数|の数)?(?:は|が|の|を|[:：、]|\s)?(?:計|合計|全|約)?$")
    for nouns in _NOUNS.values()
    for noun in nouns
}


@lru_cache(maxsize=2048)
def named_counts(text: str, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Those counts of `figures`, a tuple of what stands in `text`, whose noun stands right before or behind them, with
    the noun as their unit."""
    return tuple(
        replace(figure, unit=noun)
        for figure in figures
        if figure.kind == "count"
        for noun in _NOUNS.get(figure.unit, ())
        if _is_named(text, figure, noun)
    )


def _is_named(text: str, figure: Figure, noun: str) -> bool:
    behind = fold_with_offsets(text[figure.end : figure.end + _REACH]).text
    before = fold_with_offsets(text[max(0, figure.start - _REACH) : figure.start]).text
    return behind.startswith(f"の{noun}") or bool(_BEFORE[noun].search(before))
