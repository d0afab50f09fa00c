"""Numbers that only say where something stands (スライド11, pages 4 and 5): of 11件 they prove nothing."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from lsqa.figures.values import Figure
from lsqa.text import Span

_PLACE: Final = r"(?:スライド|ページ|頁|参考(?:資料)?|\b(?:slides?|pages?|pp?\.))"
_NUMBER: Final = r"\d+(?![\d枚部])"
_ALONE: Final = r"\d+(?!\d|[.,]\d|[一-龠]|\s*[A-Za-z])"  # in スライド3、5校 there are five schools
_REFERENCE: Final = re.compile(
    rf"{_PLACE}\s*{_NUMBER}(?:\s*(?:[、,・~〜～–-]|と|から|and\b|to\b)\s*(?:{_PLACE}\s*{_NUMBER}|{_ALONE}))*",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def _spans(text: str) -> tuple[Span, ...]:
    return tuple(m.span() for m in _REFERENCE.finditer(text))


def is_reference(text: str, figure: Figure) -> bool:
    """Whether a bare number of `text` is that of a slide or page."""
    return figure.kind == "number" and any(a <= figure.start < b for a, b in _spans(text))


def without_references(text: str, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The `figures` of `text` but those that say where something stands."""
    return tuple(f for f in figures if not is_reference(text, f))
