"""Every quotable unit of the pages that retrieval found, scored for a question."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

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

# What each feature counts by, and what is given or taken for the form of a unit. Chosen on the development questions.
BY_COVERAGE, BY_KIND, BY_PREMISES, BY_RANK, BY_LENGTH = 1.0, 0.45, 0.6, 0.15, 0.12
FOR_GROUP, FOR_INTRODUCTION, FOR_EXPANSION, FOR_COVER, FOR_PLACE = 0.15, 0.12, 0.1, 0.8, 0.04
FOR_BARE_HEADING, FOR_SCRAP, FOR_NOTHING_OWN, FOR_OTHER_YEARS = -0.15, -0.25, -0.2, -0.1
# The encoder reads the foremost units too: cosine similarities of e5 lie close together, hence the factor.
# What the reader's answer gives to a unit that holds it.
BY_READER = 0.6
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
            features = relevance(question, unit, surroundings(unit, ranked.page.title, ranked.document_title), weight)
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


def _score(question: Question, unit: Unit, features: Relevance, rank: float) -> float:
    return (
        BY_COVERAGE * features.coverage
        + BY_KIND * features.kind
        + BY_PREMISES * features.premises
        + BY_RANK * rank
        + _for_form(question, unit, features)
    )


def _for_form(question: Question, unit: Unit, features: Relevance) -> float:
    length = len(unit.text)
    given = -BY_LENGTH * min(1.0, max(0, length - _COMFORTABLE) / (_LONG - _COMFORTABLE))
    given += FOR_SCRAP if length < _SCRAP else 0.0
    given += FOR_GROUP if question.wants_list and unit.kind in ("list", "labels", "section") else 0.0
    given += FOR_INTRODUCTION if _introduced_by_subject(question, unit) else 0.0
    # What names nothing of the question and holds nothing that was asked for is only near the right place.
    given += FOR_NOTHING_OWN if not question.asked and max(features.found, default=1.0) < IN_CAPTION else 0.0
    given += FOR_EXPANSION if "expansion" in question.asked and unit.kind in ("headed", "pair") else 0.0
    given += FOR_COVER if question.about_document and unit.page.number == 1 else 0.0
    given += FOR_OTHER_YEARS * other_years(question, unit.text)
    # What stands right under a heading is what the heading speaks of.
    given += FOR_PLACE if unit.kind in ("headed", "section") else 0.0
    # A heading names a thing; alone it seldom answers, unless it holds the figure that is asked for.
    bare = unit.kind == "heading" and not (question.asked and features.kind == 1.0)
    return given + (FOR_BARE_HEADING if bare else 0.0)


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
