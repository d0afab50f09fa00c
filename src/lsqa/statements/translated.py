"""Whether the clauses of an English statement are each said in one place of Japanese quotes, as far as the lexicon has
its terms: A is certified by X where the quotes have A certified by Y, and B approved by X.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lsqa.lexicon import japanese_terms
from lsqa.statements.clauses import is_item, is_sentence
from lsqa.text import Span, fold, sentence_spans
from lsqa.tokens import tokenize

_ENGLISH_CLAUSE: Final = re.compile(r"[,;:.](?=\s|$)|\b(?:and|while|whereas|but|which|who)\b", re.IGNORECASE)
_LETTERS: Final = re.compile(r"\b[A-Z][A-Za-z0-9-]*[A-Z0-9][A-Za-z0-9-]*\b")  # what both languages write: B-cure, CAMaD
_TOPIC: Final = re.compile(r"(?<=[^ぁ-ん\s、。])(?P<mark>は|が)(?=\S)")
_COMMA: Final = re.compile(r"[、，]")


def together_translated(statement: str, quotes: Sequence[str], context: Sequence[str] = ()) -> float:
    """The share, in [0, 1], of the terms of an English `statement` found in Japanese `quotes` that stand with the
    others of their clause in one sentence, one item or the tables; of a sentence that tells of several things in turn,
    with one of these. 1 where no term is found."""
    places = _places(tuple(quotes), tuple(context))
    count = held = 0
    for terms in _clause_terms(statement):
        found = [forms for forms in terms if any(_holds(place, forms) for place in places)]
        count += len(found)
        held += max((sum(_holds(place, forms) for forms in found) for place in places), default=0)
    return held / count if count else 1.0


@lru_cache(maxsize=2048)
def is_thing(english: str) -> bool:
    """Whether the lexicon has an English word for a thing, or a property (シナジー), and for nothing that is done
    (承認): what is done is told in many words."""
    terms = [term for found in japanese_terms(english) for term in found.japanese]
    last = [tokens[-1] for term in terms if (tokens := tokenize(term))]
    return bool(last) and not any(t.part[0] == "動詞" or "サ変" in t.part[2] for t in last)


def _holds(place: str, forms: Sequence[str]) -> bool:
    return any(form in place for form in forms)


@lru_cache(maxsize=512)
def _clause_terms(statement: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The terms of each clause, each by the folded spellings that Japanese text may have."""
    known = [(t.start, t.end, (*t.japanese, t.english)) for t in japanese_terms(statement)]
    for match in _LETTERS.finditer(statement):
        if not any(a < match.end() and match.start() < b for a, b, _ in known):
            known.append((*match.span(), (match[0],)))
    # No term is cut: "Minister of Health, Labour and Welfare".
    cuts = [m.end() for m in _ENGLISH_CLAUSE.finditer(statement)]
    cuts = [cut for cut in cuts if not any(a < cut < b for a, b, _ in known)]
    spans = pairwise([0, *cuts, len(statement)])
    spelt = [(start, tuple(fold(form).lower() for form in forms)) for start, _, forms in known]
    return tuple(tuple(forms for start, forms in spelt if a <= start < b) for a, b in spans)


@lru_cache(maxsize=512)
def _places(quotes: tuple[str, ...], context: tuple[str, ...]) -> tuple[str, ...]:
    """What is said in one place, with the headings and labels that stand over all of them, folded."""
    items = [quote for quote in quotes if is_item(quote)]
    pieces = [quote[a:b] for quote in quotes if quote not in items for a, b in sentence_spans(quote)]
    rows = "\n".join(piece for piece in pieces if "\t" in piece)
    said = [part for piece in (*pieces, *items) if is_sentence(piece) or piece in items for part in in_turn(piece)]
    labels = [piece for piece in pieces if "\t" not in piece and not is_sentence(piece)]
    common = "\n".join((*context, *labels))
    places = [*said, rows] if rows else said
    return tuple(fold(f"{common}\n{place}").lower() for place in places or [""])


def in_turn(sentence: str) -> tuple[str, ...]:
    """A Japanese sentence that tells of several things in turn (AはXで、BはYである), cut before each, with what stands
    before the first (国内では、) at the head of all; else the sentence alone.

    After は only another は begins a new thing, for a subject with が may belong to what は has named.
    """
    marks = _topics(sentence)
    if not marks:
        return (sentence,)
    first = marks[0]
    starts = [_clause_start(sentence, m.start()) for m in marks if first["mark"] == "が" or m["mark"] == "は"]
    own = sorted({start for start in starts[1:] if start > first.end()})
    lead = sentence[: _clause_start(sentence, first.start())]
    return tuple(lead + sentence[a:b] for a, b in _parts(len(lead), own, len(sentence)))


def _topics(sentence: str) -> list[re.Match[str]]:
    """The marks of what the sentence tells of; 令和7年度は、東署は… tells of 東署."""
    marks = list(_TOPIC.finditer(sentence))
    is_lead = len(marks) > 1 and _clause_start(sentence, marks[1].start()) == marks[0].end() + 1
    return marks[1:] if is_lead else marks


def _parts(start: int, cuts: Sequence[int], end: int) -> Iterator[Span]:
    yield from pairwise([start, *cuts, end])


def _clause_start(sentence: str, at: int) -> int:
    return max((m.end() for m in _COMMA.finditer(sentence, 0, at)), default=0)
