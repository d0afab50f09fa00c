"""What rises and what falls: 基礎生命科学は減少し、臨床医学は増加している, in either language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lsqa.lexicon import japanese_terms, synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.statements.strength import FALLING, RISING
from lsqa.text import detect_language, fold

_CLAUSE: Final = re.compile(r"[^、。，,;；\n.]+(?:\.\d[^、。，,;；\n.]*)*")
_JOINED: Final = re.compile(r"\b(?:while|whereas|but|and)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Moving:
    """What a clause says to rise or to fall, by its words, and by which word."""

    of: frozenset[str]
    way: Literal["up", "down"]
    word: str


@dataclass(frozen=True, slots=True)
class OtherWay:
    """`claimed` is the word of the claim, `quoted` that of the quotes for the same thing."""

    claimed: str
    quoted: str


@lru_cache(maxsize=2048)
def _moving(text: str) -> tuple[_Moving, ...]:
    is_english = detect_language(text) == "en"
    clauses = [m[0] for m in _CLAUSE.finditer(text)]
    if is_english:
        clauses = [part for clause in clauses for part in _JOINED.split(clause)]
    found: list[_Moving] = []
    for clause in clauses:
        up, down = RISING.search(clause), FALLING.search(clause)
        if (up is None) == (down is None):
            continue
        word = (up or down)[0]  # type: ignore[index]  # one of them is there
        if is_english:
            forms = {fold(j).lower() for t in japanese_terms(clause) for j in t.japanese}
        else:
            forms = {t.form for t in content_tokens(clause)}
        own = {t.form for t in content_tokens(word)}
        own |= {s for form in own for s in synonyms(form)}
        found.append(_Moving(frozenset(forms - own), "up" if up else "down", word))
    return tuple(found)


def other_way(claim: str, quotes: Sequence[str]) -> OtherWay | None:
    """The first thing that `claim` says to rise and the quotes to fall, or the reverse.

    It is one that the quotes have in a clause of that other way and in none of the claim's.
    """
    text = "\n".join(quotes)
    theirs = _moving(text)
    if not theirs:
        return None
    for mine in _moving(claim):
        shares = [(_shared(mine.of, other.of, claim), other) for other in theirs]
        most = max(share for share, _ in shares)
        best = [other for share, other in shares if share == most]
        if most and all(other.way != mine.way for other in best):
            return OtherWay(mine.word, best[0].word)
    return None


def _shared(mine: frozenset[str], theirs: frozenset[str], claim: str) -> int:
    if detect_language(claim) == "ja":
        return len(mine & theirs)
    joined = "".join(sorted(theirs))
    return sum(any(form in term for form in theirs) or term in joined for term in mine)
