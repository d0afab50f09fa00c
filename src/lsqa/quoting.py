"""The answer without a language model: verbatim quotes, best first, or the reasons for refusing.

Every quotable unit on the pages that retrieval found is scored by `relevance`; the best is taken, then those that add what the question asks
for and the first does not hold, up to `ANSWER_CHARACTERS`. Whether the whole answers is a logistic model of a few features, whose
coefficients were fitted on the development questions (docs/design.md); below the threshold, or where an asked-for kind of thing is absent,
there is no answer.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lsqa.documents import Page
from lsqa.questions import Part, Question
from lsqa.relevance import (
    ON_PAGE,
    Relevance,
    inverse_frequency,
    relevance,
    surroundings,
    term_weight,
    union_coverage,
)
from lsqa.units import Unit, page_units

ANSWER_CHARACTERS = 400
QUOTE_OVERHEAD = 8  # brackets, label, line break
KEEP_RATIO = 0.62  # a further quote has to score this share of the best one

# Score of a unit: what each feature counts by.
BY_COVERAGE, BY_KIND, BY_PREMISES, BY_RANK, BY_LENGTH = 1.0, 0.45, 0.6, 0.15, 0.12


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page that retrieval found; `score` in [0, 1] is that of its best hit."""

    doc_id: str
    document_title: str
    page: Page
    score: float


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """A unit with its features for one question."""

    ranked_page: RankedPage
    unit: Unit
    relevance: Relevance
    score: float


@dataclass(frozen=True, slots=True)
class Quotation:
    """The units chosen, best first, and whether they answer: `probability` in [0, 1]; `missing` is what of the question is absent."""

    units: tuple[ScoredUnit, ...]
    nearest: tuple[ScoredUnit, ...]
    probability: float
    features: tuple[float, ...]
    missing: tuple[str, ...]


Frequency = Callable[[str], int]


def part_weight(frequency: Frequency, chunks: int) -> Callable[[Part], float]:
    """How telling a word is: the inverse document frequency of the most frequent of its spellings."""
    return lru_cache(maxsize=None)(lambda part: inverse_frequency(max(map(frequency, part.alternatives)), chunks))


def score_units(question: Question, pages: Sequence[RankedPage], weight: Callable[[Part], float]) -> list[ScoredUnit]:
    """Every quotable unit of the pages with its score, best first."""
    found: list[ScoredUnit] = []
    for ranked in pages:
        for unit in page_units(ranked.page):
            features = relevance(question, unit, surroundings(unit, ranked.page.title, ranked.document_title), weight)
            found.append(ScoredUnit(ranked, unit, features, _score(question, unit, features, ranked.score)))
    return sorted(found, key=lambda s: (-s.score, len(s.unit.text), s.unit.start))


def _score(question: Question, unit: Unit, features: Relevance, rank: float) -> float:
    length = len(unit.text)
    penalty = BY_LENGTH * min(1.0, max(0, length - 60) / 300) + (0.25 if length < 6 else 0.0)
    bonus = 0.15 if question.wants_list and unit.kind in ("list", "labels") else 0.0
    # A heading names a thing; alone it seldom answers, unless it holds the figure that is asked for.
    bonus -= 0.15 if unit.kind == "heading" and not (question.asked and features.kind == 1.0) else 0.0
    return (
        BY_COVERAGE * features.coverage
        + BY_KIND * features.kind
        + BY_PREMISES * features.premises
        + BY_RANK * rank
        - penalty
        + bonus
    )


def choose(question: Question, scored: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[ScoredUnit, ...]:
    """The units to quote: the best, then what adds most to the coverage of the question, within the characters there are."""
    chosen: list[ScoredUnit] = []
    room = ANSWER_CHARACTERS
    for _ in range(6):
        best = _next(question, scored, chosen, weights, room)
        if best is None:
            break
        chosen.append(best)
        room -= _cost(best.unit)
    return tuple(chosen)


def _cost(unit: Unit) -> int:
    return len(unit.text) + QUOTE_OVERHEAD


def _next(
    question: Question, scored: Sequence[ScoredUnit], chosen: Sequence[ScoredUnit], weights: Sequence[float], room: int
) -> ScoredUnit | None:
    free = [s for s in scored[:60] if _cost(s.unit) <= room and not any(s.unit.overlaps(c.unit) for c in chosen)]
    if not chosen:
        return free[0] if free else None
    levels = [c.relevance.found for c in chosen]
    before = union_coverage(levels, weights)
    limit = KEEP_RATIO * chosen[0].score

    def value(s: ScoredUnit) -> float:
        return s.score + (1.0 if question.compares else 0.5) * (union_coverage([*levels, s.relevance.found], weights) - before)

    best = max((s for s in free if value(s) >= limit), key=value, default=None)
    return best


def quote(question: Question, pages: Sequence[RankedPage], frequency: Frequency, chunks: int) -> Quotation:
    """The quotes that answer `question` best among `pages`, and how probable it is that they answer it."""
    weight = part_weight(frequency, chunks)
    weights = [term_weight(t, weight) for t in question.terms]
    scored = score_units(question, pages, weight)
    chosen = choose(question, scored, weights)
    features = answer_features(question, chosen, weights)
    missing = tuple(dict.fromkeys(m for s in chosen[:1] for m in s.relevance.missing))
    return Quotation(chosen, tuple(scored[:3]), probability(features), features, missing)


def answer_features(question: Question, chosen: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[float, ...]:
    """What the decision to answer stands on: see `COEFFICIENTS` for the names."""
    if not chosen:
        return (0.0,) * len(COEFFICIENTS)
    top = chosen[0].relevance
    together = chosen if question.compares or question.wants_list else chosen[:1]
    names = [
        max(s.relevance.found[i] for s in together) for i, term in enumerate(question.terms) if term.is_name
    ]
    return (
        _near(chosen[0], weights),
        union_coverage([s.relevance.found for s in chosen], weights),
        max(s.relevance.kind for s in chosen),
        max(s.relevance.kind * _near(s, weights) for s in chosen),
        top.premises,
        top.absent,
        min(names) if names else 1.0,
        1.0 if "reason" in question.asked else 0.0,
        1.0 if question.language == "en" else 0.0,
    )


def _near(s: ScoredUnit, weights: Sequence[float]) -> float:
    """Coverage by what stands in the unit, its caption or its headings; the rest of the page does not count."""
    total = sum(weights)
    levels = (level if level > ON_PAGE else 0.0 for level in s.relevance.found)
    return sum(w * level for w, level in zip(weights, levels, strict=True)) / total if total else 1.0


COEFFICIENTS: dict[str, float] = {
    "coverage near": 2.0,
    "coverage of all": 1.0,
    "kind": 2.0,
    "kind near the terms": 4.0,
    "premises": 3.0,
    "absent words": -4.0,
    "names": 3.0,
    "asks for a reason": -2.0,
    "English": 0.8,
}
INTERCEPT = -10.0


def probability(features: Sequence[float]) -> float:
    """The logistic model of `COEFFICIENTS`."""
    z = INTERCEPT + sum(c * f for c, f in zip(COEFFICIENTS.values(), features, strict=True))
    return 1 / (1 + math.exp(-z))
