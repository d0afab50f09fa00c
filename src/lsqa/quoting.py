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
from lsqa.questions import Part, Question, key
from lsqa.relevance import (
    ON_PAGE,
    Relevance,
    inverse_frequency,
    question_weights,
    relevance,
    stands_in,
    surroundings,
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
    bonus = 0.15 if question.wants_list and unit.kind in ("list", "labels", "section") else 0.0
    bonus += 0.12 if unit.kind in ("list", "headed") and _introduced_by_subject(question, unit) else 0.0
    bonus += 0.1 if "expansion" in question.asked and unit.kind in ("headed", "pair") else 0.0
    bonus += 0.8 if question.about_document and unit.page.number == 1 else 0.0
    # What stands right under the heading is what the heading speaks of.
    bonus += 0.04 if unit.kind in ("headed", "section") else 0.0
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


def _introduced_by_subject(question: Question, unit: Unit) -> bool:
    """Whether what introduces the unit (its heading, the label over its list) names what the question is about."""
    introduction = key(unit.quotes[0])
    return any(t.importance >= 1 and any(stands_in(s, introduction) for s in t.alternatives) for t in question.terms)


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
    weights = question_weights(question, weight)
    scored = score_units(question, pages, weight)
    chosen = choose(question, scored, weights)
    features = answer_features(question, chosen, weights)
    missing = tuple(dict.fromkeys(m for s in chosen[:1] for m in s.relevance.missing))
    return Quotation(chosen, tuple(scored[:3]), probability(features), features, missing)


def answer_features(question: Question, chosen: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[float, ...]:
    """What the decision to answer stands on: see `COEFFICIENTS` for the names."""
    if not chosen:
        return (0.0,) * len(COEFFICIENTS)
    subject = [i for i, t in enumerate(question.terms) if not t.is_asked]
    together = chosen if question.compares or question.wants_list else chosen[:1]
    levels = [tuple(max(column) for column in zip(*(s.relevance.found for s in together), strict=True))]
    levels += [s.relevance.found for s in chosen]
    near = [_near(found, subject, weights) for found in levels]
    kinds = [max(s.relevance.kind for s in together), *(s.relevance.kind for s in chosen)]
    premises = [max(s.relevance.premises for s in together), *(s.relevance.premises for s in chosen)]
    return (
        near[0],
        max(k * n * p for k, n, p in zip(kinds, near, premises, strict=True)),
        premises[0],
        min(s.relevance.absent for s in together),
        _weakest(question, [i for i in subject if question.terms[i].is_name], levels[0]),
        _weakest(question, [i for i in subject if not question.terms[i].is_name], levels[0]),
        1.0 if "reason" in question.asked else 0.0,
        1.0 if question.language == "en" else 0.0,
    )


def _near(found: Sequence[float], subject: Sequence[int], weights: Sequence[float]) -> float:
    """Coverage of the subject by what stands in the unit, its caption or its headings; the rest of the page does not count."""
    total = sum(weights[i] for i in subject)
    near = sum(weights[i] * found[i] for i in subject if found[i] > ON_PAGE)
    return near / total if total else 1.0


def _weakest(question: Question, terms: Sequence[int], found: Sequence[float]) -> float:
    """The level of the naming word that is found least; an answer about something else shows here."""
    return min((found[i] for i in terms if question.terms[i].importance >= 1), default=1.0)


COEFFICIENTS: dict[str, float] = {
    "subject near": 2.0,
    "kind near the subject": 4.0,
    "premises": 3.0,
    "absent words": -4.0,
    "weakest name": 2.0,
    "weakest word": 2.0,
    "asks for a reason": -2.0,
    "English": 0.8,
}
INTERCEPT = -10.0


def probability(features: Sequence[float]) -> float:
    """The logistic model of `COEFFICIENTS`."""
    z = INTERCEPT + sum(c * f for c, f in zip(COEFFICIENTS.values(), features, strict=True))
    return 1 / (1 + math.exp(-z))
