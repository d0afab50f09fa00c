"""Every quotable unit of the pages that retrieval found, scored for a question."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from lsqa.asked_kinds import spells_out
from lsqa.documents import Page
from lsqa.questions import Part, Question, key
from lsqa.relevance import (
    IN_CAPTION,
    Relevance,
    inverse_frequency,
    other_years,
    relevance,
    stands_in,
    surroundings,
)
from lsqa.units import Unit, page_units

# What each of `unit_features` counts by. Fitted on the development questions (`training/quoting.py`), from numbers that
# were chosen by hand.
WEIGHTS: Final[Mapping[str, float]] = {
    "coverage": 1.54,
    "kind": 0.59,
    "premises": 0.63,
    "rank": 0.39,
    "length": -0.04,
    "scrap": -0.27,
    "group": 0.19,
    "introduction": 0.24,
    "nothing own": -0.23,
    "expansion": 0.18,
    "cover": 0.80,
    "other years": -0.08,
    "place": -0.11,
    "bare heading": -0.16,
}
# What the reader's answer gives to a unit that holds it.
BY_READER = 0.6
# The encoder reads the foremost units too: cosine similarities of e5 lie close together, hence the factor.
BY_MEANING, READ_BY_ENCODER, USUAL_SIMILARITY = 4.0, 15, 0.85
_SCRAP = 6
_COMFORTABLE, _LONG = 60, 360
_LABEL = re.compile(r"([^:：。]{1,24})[:：]")

Frequency = Callable[[str], int]
PartWeight = Callable[[Part], float]
Similarity = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """Words of a page, `[start, end)`, that the reader takes for the answer; `weight` in [0, 1] is the probability that
    the passage answers times that of the words among all of the passage's."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page that retrieval found; `score` in [0, 1] is that of its best hit, `marked` what a reader marked on it."""

    doc_id: str
    document_title: str
    page: Page
    score: float
    marked: tuple[MarkedAnswer, ...] = ()
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """A unit with its features for one question."""

    ranked_page: RankedPage
    unit: Unit
    relevance: Relevance
    score: float


def part_weight(frequency: Frequency, chunks: int) -> PartWeight:
    """How telling a word is: the inverse document frequency of the most frequent of its spellings.

    `frequency` counts the chunks in which a folded spelling stands; `chunks` is the number of chunks there are.
    """
    return lru_cache(maxsize=None)(lambda part: inverse_frequency(max(map(frequency, part.alternatives)), chunks))


def score_units(question: Question, pages: Sequence[RankedPage], weight: PartWeight) -> list[ScoredUnit]:
    """Every quotable unit of the pages with its score, best first; of equals the shorter."""
    found: list[ScoredUnit] = []
    for ranked in pages:
        for unit in page_units(ranked.page):
            # Whose document it is goes without saying on its pages: 文科省の〜 is asked of what 文科省 published.
            about = f"{ranked.document_title}\n{ranked.publisher}"
            features = relevance(question, unit, surroundings(unit, ranked.page.title, about), weight)
            score = _score(question, unit, features, ranked.score) + BY_READER * _marked(unit, ranked.marked)
            found.append(ScoredUnit(ranked, unit, features, score))
    return sorted(found, key=lambda s: (-s.score, len(s.unit.text), s.unit.start))


def score_by_meaning(scored: Sequence[ScoredUnit], similarity: Similarity) -> list[ScoredUnit]:
    """The units with the similarity of the foremost to the question added to their score, best first.

    `similarity` gives the cosine, in [-1, 1], of the question to each of the texts it is given.
    """
    head, tail = scored[:READ_BY_ENCODER], scored[READ_BY_ENCODER:]
    texts = [" > ".join(s.unit.heading_path) + "\n" + s.unit.body for s in head]
    added = [BY_MEANING * (cosine - USUAL_SIMILARITY) for cosine in similarity(texts)] if texts else []
    head = [replace(s, score=s.score + more) for s, more in zip(head, added, strict=True)]
    return [*sorted(head, key=lambda s: (-s.score, len(s.unit.text))), *tail]


def _marked(unit: Unit, marked: Sequence[MarkedAnswer]) -> float:
    """The weight of the best answer that stands in the unit from end to end."""
    inside = (m.weight for m in marked if any(start <= m.start and m.end <= end for start, end in unit.spans))
    return max(inside, default=0.0)


def unit_features(question: Question, unit: Unit, features: Relevance, rank: float) -> tuple[float, ...]:
    """The values of `WEIGHTS`, in their order: relevance, the nearness of the page in [0, 1], then what the form of the
    unit says."""
    length = len(unit.text)
    # A heading names a thing; alone it seldom answers, unless it holds the figure that is asked for.
    is_bare = unit.kind == "heading" and not (question.asked and features.kind == 1.0)
    return (
        features.coverage,
        features.kind,
        features.premises,
        rank,
        min(1.0, max(0, length - _COMFORTABLE) / (_LONG - _COMFORTABLE)),
        float(length < _SCRAP),
        float(question.wants_list and unit.kind in ("list", "labels", "section")),
        float(_introduced_by_subject(question, unit)),
        # What names nothing of the question and holds nothing that was asked for is only near the right place.
        float(not question.asked and max(features.found, default=1.0) < IN_CAPTION),
        float("expansion" in question.asked and (unit.kind in ("headed", "pair") or spells_out(unit.text, question))),
        float(question.about_document and unit.page.number == 1),
        other_years(question, unit.text),
        # With the heading over it a sentence says no more than alone, and takes more room.
        float(unit.kind in ("headed", "section")),
        float(is_bare),
    )


def _score(question: Question, unit: Unit, features: Relevance, rank: float) -> float:
    values = unit_features(question, unit, features, rank)
    return sum(weight * value for weight, value in zip(WEIGHTS.values(), values, strict=True))


def _introduced_by_subject(question: Question, unit: Unit) -> bool:
    """Whether what introduces the unit (its heading, the label over its list, the words before a colon) names what is
    asked about.
    """
    first = unit.quotes[0]
    if unit.kind not in ("list", "headed"):
        label = _LABEL.match(first)
        if not label:
            return False
        first = label[1]
    introduction = key(first)
    return any(t.importance >= 1 and any(stands_in(s, introduction) for s in t.alternatives) for t in question.terms)
