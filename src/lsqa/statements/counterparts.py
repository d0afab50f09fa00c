"""Which figure of the quotes stands in the place of one that they do not prove: of 共同研究は95件 it is the 59件 of
共同研究, not the 8件 that is said before it of something else, nor the 11 of スライド11.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lsqa.figures import Figure, find_figures, proving_figures, supports, without_references
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.text import detect_language, fold

CALENDAR: Final = frozenset({"fiscal_year", "year", "month", "date"})
_CLAUSE: Final = re.compile(r"[^、，;；。！？!?\n]+")
_COUNTED: Final = (
    4  # English words behind a bare number, in which what it counts is named: "95 new joint research projects"
)
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure that may stand for another one, as written, with the clause or the row that it stands in."""

    figure: Figure
    written: str
    around: str


def counterpart(claim: str, figure: Figure, quotes: Sequence[str], published: str = "") -> str:
    """What the quotes say in the place of an unproven figure of `claim`, which the claim does not say too; empty where
    they say nothing. Of several it is one of the very kind, and of those the one that is said of the same thing, by
    what an English number counts, then by all words around it."""
    stated = find_figures(claim)
    words, counted = _words(_around(claim, figure)), _counted(claim, figure)
    same = figure.kind, figure.unit
    found = [
        f for f in _figures(quotes, published) if _is_alike(figure, f, counted) and not _is_stated(f.figure, stated)
    ]
    nearest = max(
        found,
        key=lambda f: ((f.figure.kind, f.figure.unit) == same, _shared(counted, f.around), _shared(words, f.around)),
        default=None,
    )
    return nearest.written if nearest else ""


def _is_stated(found: Figure, stated: Sequence[Figure]) -> bool:
    """Whether a figure of the quotes is one of the claim's; a day is not, for its year is (骨太方針2025)."""
    return any(supports(found, s) and (found.kind == s.kind or found.kind not in ("date", "month")) for s in stated)


def _figures(quotes: Sequence[str], published: str) -> Iterator[_Found]:
    for text in quotes:
        found = without_references(text, proving_figures(text, published))
        places = {f.start for f in found if f.kind == "rank"}  # the 1 under 順位 is no number of anything
        for figure in found:
            if figure.kind != "number" or figure.start not in places:
                yield _Found(figure, text[figure.start : figure.end], _around(text, figure))


def _is_alike(figure: Figure, found: _Found, counted: Sequence[Sequence[str]]) -> bool:
    """Whether one may stand in the other's place: of one kind and unit, both of the calendar, the nth and a rank, or a
    count of what an English number counts."""
    other = found.figure
    if (other.kind, other.unit) == (figure.kind, figure.unit) or {other.kind, figure.kind} <= CALENDAR:
        return True
    if (figure.kind, figure.unit) == ("ordinal", "番"):
        return other.kind == "rank"
    return other.kind == "count" and any(_is_said(forms, fold(found.around)) for forms in counted)


def _around(text: str, figure: Figure) -> str:
    """The clause or the row that a figure stands in."""
    clauses = (m for m in _CLAUSE.finditer(text) if m.start() <= figure.start < m.end())
    return next((m[0] for m in clauses), text)


@lru_cache(maxsize=2048)
def _words(clause: str) -> tuple[tuple[str, ...], ...]:
    """What a clause is told in, each word by all the forms that another text may have; none of a figure."""
    figures = find_figures(clause)
    if detect_language(clause) == "en":
        return tuple((*t.japanese, t.english) for t in japanese_terms(clause))
    tokens = (t for t in content_tokens(clause) if not any(f.start <= t.start < f.end for f in figures))
    return tuple((clause[t.start : t.end], t.form, *synonyms(t.form)) for t in tokens)


def _counted(claim: str, figure: Figure) -> tuple[tuple[str, ...], ...]:
    """What a bare number of an English claim counts, by its Japanese terms; none for other figures."""
    if figure.kind != "number" or detect_language(claim) != "en":
        return ()
    behind = [m.end() for m in _WORD.finditer(claim, figure.end)][:_COUNTED]
    return tuple(t.japanese for t in japanese_terms(claim) if behind and figure.end <= t.start and t.end <= behind[-1])


def _shared(words: Sequence[Sequence[str]], around: str) -> int:
    """How many characters of `words` stand in a clause: 共同研究 tells more than 事業."""
    folded = fold(around)
    return sum(max((len(form) for form in map(fold, forms) if form in folded), default=0) for forms in words)


def _is_said(forms: Sequence[str], folded: str) -> bool:
    return any(fold(form) in folded for form in forms)
