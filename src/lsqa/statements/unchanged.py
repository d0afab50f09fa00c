"""That something is as it was the year before (43億円で、前年度から増減がない): a comparison that no document writes
where it has both figures side by side, and that these prove.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from lsqa.figures import Figure, agree, find_figures

_BEFORE_JA: Final = r"前(?:の)?年度?"
_UNCHANGED: Final = re.compile(
    rf"[、，]?{_BEFORE_JA}(?:度)?(?:から|と|に比べて?|比で)(?:は|も)?"
    r"(?:(?:増減|変動|変化)(?:は|が|も)?(?:な(?:かった|い|く|し)|ありません)|同額|同じ(?:額|数)?|変わら(?:なかった|ない|ず|ぬ))"
    r"|,?\s*(?:(?:which|and) (?:is|was) )?(?:the same (?:amount )?as|unchanged from|equal to) (?:in |that of )?"
    r"(?:the )?(?:year before|(?:previous|prior|preceding) (?:fiscal )?year|last year)",
    re.IGNORECASE,
)
_OF_BEFORE: Final = re.compile(rf"{_BEFORE_JA}|\b(?:previous|prior) (?:fiscal )?year", re.IGNORECASE)
_MEASURED: Final = frozenset({"amount", "count", "percent"})


def without_unchanged(statement: str, quotes: Sequence[str]) -> str:
    """`statement` without the words that a figure is that of the year before, where `quotes` prove them: they state the
    figure twice, once of the year before. As it is where they do not, and where it has no such words."""
    said = _UNCHANGED.search(statement)
    if said is None:
        return statement
    text = "\n".join(quotes)
    found = [f for f in find_figures(text) if f.kind in _MEASURED]
    before = [f for f in found if _is_of_before(text, f)]
    now = [f for f in found if f not in before]
    stated = [f for f in find_figures(statement) if f.kind in _MEASURED]
    proven = bool(stated) and all(_has(before, figure) and _has(now, figure) for figure in stated)
    return statement[: said.start()] + statement[said.end() :] if proven else statement


def _has(figures: Sequence[Figure], figure: Figure) -> bool:
    return any(agree(f, figure) for f in figures)


def _is_of_before(text: str, figure: Figure) -> bool:
    """Whether between a figure and the one that stands before it the year before is named."""
    ends = [0, *(f.end for f in find_figures(text)), len(text)]
    since = next((a for a, b in pairwise(ends) if a <= figure.start < b), 0)
    return bool(_OF_BEFORE.search(text, since, figure.start))
