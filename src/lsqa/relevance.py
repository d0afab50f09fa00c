"""How much of a question a unit answers, feature by feature.

Lexical and inspectable: which of the question's terms stand in the unit, in its headings or only elsewhere on its
page; whether the figures that
the question takes for granted stand there; whether it holds the kind of thing asked for. `quoting` ranks and refuses
by these.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat

from lsqa.absent_names import absent_names
from lsqa.asked_kinds import figures_in, holds
from lsqa.documents import Page
from lsqa.editions import BEHIND_YEAR, other_editions
from lsqa.figures import Figure, supports
from lsqa.figures.columns import column_figures
from lsqa.figures.counted import counted_years
from lsqa.questions import Part, Question, Term, key
from lsqa.units import Unit

# What a term counts by where it stands. Fitted on the development questions (see docs/design.md), not on taste.
IN_UNIT, IN_CAPTION, IN_HEADINGS, IN_TITLE, ON_PAGE = 1.0, 0.9, 0.85, 0.8, 0.35
BY_PARTS, BY_UNITS = 0.85, 0.5
PREMISE_WEIGHT = 2.0
_SPAN_MARK = r"[-–〜～~]"
_STAGE = re.compile(r"補正|要求|要望|決算|supplement|request|settle|outturn", re.IGNORECASE)
_STAGE_BEHIND = re.compile(
    r"\s*(?:の|第\s*\d+\s*次)*\s*(?:補正|概算要求|要求|要望|決算)|\s*(?:supplement|request|settle)", re.IGNORECASE
)
_STAGES = tuple(re.compile(words, re.IGNORECASE) for words in ("補正|supplement", "要求|要望|request", "決算|settle"))
_STAGE_BEFORE = re.compile(
    r"(?:補正|概算要求|要求|要望|決算)(?:予算)?額?[\s（(・:：]*$|(?:supplement\w*|request\w*|settle\w*)[\w\s]{0,12}$",
    re.IGNORECASE,
)
_BUDGET_BEHIND = re.compile(r"\s*の?(?:当初|補正)?予算|\s*(?:supplementary |initial )?budget", re.IGNORECASE)
_OF_A_YEAR = frozenset({"amount", "count", "percent", "rank", "multiple"})
_SHORT_UNIVERSITY = 3
_OPENS, _CLOSES = re.compile(rf"\s*(?:{_SPAN_MARK}|から)"), re.compile(rf"(?:{_SPAN_MARK}|から)\s*$")


@dataclass(frozen=True, slots=True)
class Relevance:
    """Each of the first three in [0, 1]. `missing` are the terms and figures that do not stand on the unit's page at
    all.

    `coverage`: weighted share of the question's terms, by where they stand. `premises`: 1 where every figure taken
    for granted stands in
    the unit or its headings, 0.5 where one stands only on its page, 0 where one does not. `kind`: share of the asked
    kinds that the unit holds.
    `absent`: share of the question's naming words that stand nowhere on the page. `broken`: of the
    compounds, the largest share of words that stand nowhere on the page (脳神経科学統合プログラム,
    where only 統合 and プログラム do).
    `found`: the level of each term, then of each premise. `elsewhere`: the names and groups of the question that the
    unit cannot be about (`absent_names`).
    """

    coverage: float
    premises: float
    kind: float
    absent: float
    broken: float
    found: tuple[float, ...]
    missing: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Folded texts around a unit, from near to far."""

    own: str
    caption: str
    headings: str
    title: str
    page: str
    _levels: dict[tuple[str, ...], float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def level(self, spellings: tuple[str, ...]) -> float:
        """What a term or word counts by where the nearest of its spellings stands; looked for once, as several features
        ask."""
        known = self._levels.get(spellings)
        if known is None:
            known = self._levels[spellings] = self._nearest(spellings)
        return known

    def _nearest(self, spellings: tuple[str, ...]) -> float:
        if _any_stands_in(spellings, self.own):
            return IN_UNIT
        if _any_stands_in(spellings, self.caption):
            return IN_CAPTION
        if _any_stands_around(spellings, self.headings):
            return IN_HEADINGS
        if _any_stands_around(spellings, self.title):
            return IN_TITLE
        return ON_PAGE if _any_stands_around(spellings, self.page) else 0.0


Weight = Callable[[Part], float]


def term_weight(term: Term, weight: Weight) -> float:
    """How telling a term is: as its words are on average (研究開発拠点 is rare, its words are not), at least 0.3."""
    return term.importance * max(sum(map(weight, term.parts)) / len(term.parts), 0.3)


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return key(text)


def surroundings(unit: Unit, slide_title: str, document_title: str) -> Surroundings:
    return Surroundings(
        own=_key(unit.body),
        caption=_key("\n".join((unit.caption, *unit.quotes[: unit.leading]))),
        headings=_key("\n".join(unit.heading_path)),
        title=_key((slide_title or _headings_of(unit.page)) + "\n" + document_title),
        page=_key(unit.page.text),
    )


def _headings_of(page: Page) -> str:
    """What a slide is about where its title was lost: all its headings."""
    return "\n".join(page.text_of(b) for b in page.blocks if b.kind == "heading")


def stands_in(word: str, text: str) -> bool:
    """Whether a folded word stands in a folded text; a Latin word only as a whole, so that `ai` is not in `aim`."""
    if not word:
        return False
    if not word.isascii():
        if word.endswith("大") and len(word) <= _SHORT_UNIVERSITY:  # 京大 stands in 東京大学 by its letters alone
            return bool(re.search(rf"(?<![\u4e00-\u9fff]){re.escape(word)}|{re.escape(word)}(?!学)", text))
        return word in text or (" " in text and word.replace(" ", "") in text.replace(" ", ""))
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum()):
            return True
        at = text.find(word, at + 1)
    return False


def _any_stands_in(spellings: tuple[str, ...], text: str) -> bool:
    return any(map(stands_in, spellings, repeat(text)))  # a generator would take longer than what it asks


# Headings, title and page are those of many units of one page, and a spelling is asked for by several features.
_any_stands_around = lru_cache(maxsize=4096)(_any_stands_in)


def _part_level(part: Part, around: Surroundings) -> float:
    whole = around.level(part.alternatives)
    if not part.units or whole:
        return whole
    return BY_UNITS * sum(around.level((unit,)) for unit in part.units) / len(part.units)


def term_level(term: Term, around: Surroundings) -> float:
    """Where a term stands, as a value from 0 to 1: whole in one of its spellings, else by its words, else by their
    short units.
    """
    whole = around.level(term.alternatives)
    if whole == IN_UNIT:
        return whole
    scale = BY_PARTS if len(term.parts) > 1 else 1.0
    return max(whole, scale * sum(_part_level(part, around) for part in term.parts) / len(term.parts))


def question_weights(question: Question, weight: Weight) -> tuple[float, ...]:
    """What each of the question's terms, then each of its premises, counts by."""
    return (*(term_weight(t, weight) for t in question.terms), *(PREMISE_WEIGHT for _ in question.premises))


def absent_share(question: Question, around: Surroundings, weight: Weight) -> float:
    """The share of the question's naming words, by weight, that stand nowhere on the page."""
    total = absent = 0.0
    for term in (t for t in question.terms if not t.is_asked and t.importance > 0.5):
        stands_whole = around.level(term.alternatives) > 0
        for part in term.parts:
            share = term.importance * weight(part)
            total += share
            absent += share if not stands_whole and not around.level(part.alternatives) else 0.0
    return absent / total if total else 0.0


def _broken(term: Term, around: Surroundings, weight: Weight) -> float:
    if around.level(term.alternatives) or term.importance < 1 or term.is_asked:
        return 0.0
    absent = sum(weight(part) for part in term.parts if not _part_level(part, around))
    return absent / max(sum(map(weight, term.parts)), 0.1)


def relevance(question: Question, unit: Unit, around: Surroundings, weight: Weight) -> Relevance:
    """The features of a unit for a question; `weight` says how telling a term is (an inverse document frequency)."""
    terms = tuple(term_level(t, around) for t in question.terms)
    premises = tuple(_premise_level(f, unit, question) for f in question.premises)
    levels = terms + premises
    weights = question_weights(question, weight)
    total = sum(weights)
    coverage = sum(w * level for w, level in zip(weights, levels, strict=True)) / total if total else 0.0
    missing = [t.text for t, level in zip(question.terms, terms, strict=True) if level == 0 and t.importance >= 1]
    missing += [
        question.text[f.start : f.end] for f, level in zip(question.premises, premises, strict=True) if level == 0
    ]
    said = "\n".join((unit.text, unit.caption, *unit.heading_path))
    elsewhere = (
        *absent_names(question, said, around.page, around.level, weight),
        *other_editions(question, said.split("\n")),
    )
    return Relevance(
        coverage=coverage,
        premises=min(premises, default=1.0),
        kind=kind_level(question, unit),
        absent=absent_share(question, around, weight),
        broken=max((_broken(t, around, weight) for t in question.terms if len(t.parts) > 1), default=0.0),
        found=levels,
        missing=tuple(dict.fromkeys((*missing, *elsewhere))),
        elsewhere=elsewhere,
    )


def _premise_level(premise: Figure, unit: Unit, question: Question) -> float:
    # Each by itself: the head of a table and a row would run into one another.
    near = (*unit.quotes, unit.caption, *unit.heading_path)
    # The first year of a period is not the year of an amount, nor a supplementary budget that of the year.
    of_budget = "amount" in question.asked or bool(_BUDGET_BEHIND.match(question.text, premise.end))
    of_amount = premise.kind == "fiscal_year" and of_budget and "period" not in question.asked
    of_stage = of_amount and not _STAGE.search(question.text)
    # 2025年度の補正予算 is no other budget of that year, nor the supplementary one of another year beside it.
    stage = _STAGE_BEHIND.match(question.text, premise.end) if of_amount else None
    # Nor does what came of 2011-2023 tell of 2023.
    years = [f for f in question.premises if f.kind == "year"]
    of_year = premise.kind == "year" and len(years) == 1 and bool(question.asked & _OF_A_YEAR)

    def stands(text: str, *, of_stage: bool = of_stage) -> bool:
        found = (*figures_in(text), *counted_years(text, figures_in(text)))
        return any(
            supports(f, premise)
            and not ((of_amount or of_year) and _bounds(f, text))
            and not (of_stage and _STAGE_BEHIND.match(text, f.end))
            and (not stage or _is_of_stage(stage[0], f, text))
            and not (of_year and BEHIND_YEAR.match(text, f.end))
            for f in found
        )

    if any(map(stands, near)):
        return 1.0
    # A cell is what its head says: 10 under 順位 is the 10位 that the question speaks of.
    if unit.kind == "row" and any(supports(f, premise) for f in column_figures("\n".join(unit.quotes))):
        return 1.0
    page = unit.page.text
    return 0.5 if stands(page, of_stage=False) or any(supports(f, premise) for f in column_figures(page)) else 0.0


def _is_of_stage(stage: str, year: Figure, text: str) -> bool:
    """Whether a year has the stage of the budget that is asked for, behind it or before it, in either language."""
    beside = _STAGE_BEHIND.match(text, year.end) or _STAGE_BEFORE.search(text[: year.start])
    return beside is not None and any(words.search(stage) and words.search(beside[0]) for words in _STAGES)


def _bounds(figure: Figure, text: str) -> bool:
    """Whether a figure is the first or the last of a range."""
    return bool(_OPENS.match(text, figure.end) or _CLOSES.search(text[max(0, figure.start - 3) : figure.start]))


def kind_level(question: Question, unit: Unit) -> float:
    """The share of the asked kinds that stand in the unit; 1 where the question names none."""
    if not question.asked:
        return 1.0
    return sum(holds(kind, unit.text, question) for kind in question.asked) / len(question.asked)


def other_years(question: Question, text: str) -> float:
    """The share of the fiscal years in `text` that the question does not speak of; 0 where it speaks of none."""
    asked = [f for f in question.premises if f.kind == "fiscal_year"]
    years = [f for f in figures_in(text) if f.kind == "fiscal_year"]
    if not asked or not years:
        return 0.0
    return sum(not any(supports(year, f) for f in asked) for year in years) / len(years)


def inverse_frequency(count: int, chunks: int) -> float:
    """The weight of a word that stands in `count` of `chunks` chunks (BM25's idf, never negative)."""
    return math.log(1 + (chunks - count + 0.5) / (count + 0.5)) if chunks else 1.0


def union_coverage(levels: Sequence[Sequence[float]], weights: Sequence[float]) -> float:
    """The coverage that several units reach together: each term at the best place it has in any of them."""
    total = sum(weights, 0.0)
    if not total or not levels:
        return 0.0
    best = [max(column) for column in zip(*levels, strict=True)]
    return sum((w * level for w, level in zip(weights, best, strict=True)), 0.0) / total
