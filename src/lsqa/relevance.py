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

from lsqa.documents import Page
from lsqa.figures import Figure, find_figures, supports
from lsqa.figures.columns import column_figures
from lsqa.question_forms import AskedKind
from lsqa.questions import Part, Question, Term, key
from lsqa.tokens import tokenize
from lsqa.units import Unit

# What a term counts by where it stands. Fitted on the development questions (see docs/design.md), not on taste.
IN_UNIT, IN_CAPTION, IN_HEADINGS, IN_TITLE, ON_PAGE = 1.0, 0.9, 0.85, 0.8, 0.35
BY_PARTS, BY_UNITS = 0.85, 0.5
PREMISE_WEIGHT = 2.0

_FIGURES_OF: dict[AskedKind, frozenset[str]] = {
    "amount": frozenset({"amount"}),
    "date": frozenset({"date", "month", "year", "fiscal_year"}),
    "day": frozenset({"date", "month"}),
    "period": frozenset({"fiscal_year", "year", "duration"}),
    "percent": frozenset({"percent"}),
    "rank": frozenset({"rank", "ordinal"}),
}
_EXACT_SHARE = re.compile(r"[％%]|パーセント|percent", re.IGNORECASE)
_MULTIPLE = re.compile(r"\d\s*倍|倍増|times", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"(?!関係|各|全国|複数|国立|当該|主要)[\u4e00-\u9fff\u30a0-\u30ffA-Za-z]+"
    r"(?:大学(?!院|発|病院)|研究所|研究院|機構|センター|病院|(?<!府)省(?![略エ])|庁|局(?![面所])|課(?![題程])|委員会|部会|会議|検討会|学会|財団|法人|株式会社|中研)"
)
_SHORT_NAME = re.compile(r"略称|略語|\b(?:abbreviat\w+|acronym|short name)", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*(?![A-Za-z0-9])")
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]*[A-Z]{2,}(?![A-Za-z0-9])")
_OFFICE = re.compile(r"大臣|知事|市長|総裁|理事長|長官|局長|課長|センター長|所長|教授")
_REASON = re.compile(
    r"ため|から[、。]|により|によって|よって|踏まえ|ことから|背景|理由|原因|につなが|結果|ので|because|due to",
    re.IGNORECASE,
)
_COUNTERS = {
    "名": "人名",
    "本": "本件報",
    "箇所": "か所箇所カ所ヶ所",
    "か所": "か所箇所カ所ヶ所",
    "校": "校大学",
    "大学": "校大学",
    "社": "社企業",
}


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
    `found`: the level of each term, then of each premise.
    """

    coverage: float
    premises: float
    kind: float
    absent: float
    broken: float
    found: tuple[float, ...]
    missing: tuple[str, ...]


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
    premises = tuple(_premise_level(f, unit) for f in question.premises)
    levels = terms + premises
    weights = question_weights(question, weight)
    total = sum(weights)
    coverage = sum(w * level for w, level in zip(weights, levels, strict=True)) / total if total else 0.0
    missing = [t.text for t, level in zip(question.terms, terms, strict=True) if level == 0 and t.importance >= 1]
    missing += [
        question.text[f.start : f.end] for f, level in zip(question.premises, premises, strict=True) if level == 0
    ]
    return Relevance(
        coverage=coverage,
        premises=min(premises, default=1.0),
        kind=kind_level(question, unit),
        absent=absent_share(question, around, weight),
        broken=max((_broken(t, around, weight) for t in question.terms if len(t.parts) > 1), default=0.0),
        found=levels,
        missing=tuple(missing),
    )


@lru_cache(maxsize=8192)
def _figures(text: str) -> tuple[Figure, ...]:
    return find_figures(text)


@lru_cache(maxsize=8192)
def _column_figures(text: str) -> tuple[Figure, ...]:
    return column_figures(text)


def _premise_level(premise: Figure, unit: Unit) -> float:
    # Each by itself: the head of a table and a row would run into one another.
    near = (*unit.quotes, unit.caption, *unit.heading_path)
    if any(supports(f, premise) for text in near for f in _figures(text)):
        return 1.0
    # A cell is what its head says: 10 under 順位 is the 10位 that the question speaks of.
    if unit.kind == "row" and any(supports(f, premise) for f in _column_figures("\n".join(unit.quotes))):
        return 1.0
    page = unit.page.text
    return 0.5 if any(supports(f, premise) for f in (*_figures(page), *_column_figures(page))) else 0.0


def kind_level(question: Question, unit: Unit) -> float:
    """The share of the asked kinds that stand in the unit; 1 where the question names none."""
    if not question.asked:
        return 1.0
    return sum(holds(kind, unit.text, question) for kind in question.asked) / len(question.asked)


def holds(kind: AskedKind, text: str, question: Question) -> bool:
    """Whether `text` holds a thing of `kind` that the question does not already name."""
    if kind in _FIGURES_OF:
        given = question.premises
        new = [f for f in _figures(text) if f.kind in _FIGURES_OF[kind] and not any(supports(g, f) for g in given)]
        if kind == "percent" and _EXACT_SHARE.search(question.text):
            new = [f for f in new if text[f.end - 1] in "%％割" or "percent" in text[f.start : f.end].lower()]
        return bool(new)
    if kind == "count":
        return any(_counts(f, question) for f in _figures(text))
    if kind == "multiple":
        return bool(_MULTIPLE.search(text))
    if kind == "person":
        asks_for_office = not _OFFICE.search(question.text) and "minister" not in question.text.lower()
        return _names_a_person(text, question) or (asks_for_office and bool(_OFFICE.search(text)))
    if kind == "organisation":
        asked = key(question.text)
        if question.body:
            return any(key(m[0]) not in asked and m[0].endswith(question.body) for m in _ORGANISATION.finditer(text))
        return any(key(m[0]) not in asked for m in (*_ORGANISATION.finditer(text), *_ACRONYM.finditer(text)))
    if kind == "reason":
        return bool(_REASON.search(text))
    return _expands(text, question)


def _counts(figure: Figure, question: Question) -> bool:
    """Whether a figure is a count of what is asked for; the cells of a table carry no counter."""
    wanted = _COUNTERS.get(question.counter, question.counter)
    if figure.kind == "number":
        return question.counter in ("", "人", "名", "件", "本")
    return figure.kind == "count" and (not wanted or figure.unit in wanted)


def _names_a_person(text: str, question: Question) -> bool:
    asked = key(question.text)
    return any(t.part[2] == "人名" and key(text[t.start : t.end]) not in asked for t in tokenize(text))


def _expands(text: str, question: Question) -> bool:
    """Whether an abbreviation or a name of the question stands beside a bracket, a colon or an equals sign, how a text
    expands it, or in a row under a head that announces a short name another one.
    """
    folded = _key(text)
    if "\t" in text and _SHORT_NAME.search(text) and _SHORT_NAME.search(question.text):
        asked = key(question.text)
        return any(key(m[0]) not in asked for m in _ABBREVIATION.finditer(text))
    for term in question.terms:
        for spelling in term.alternatives:
            word = re.escape(spelling)
            if re.search(rf"[(「]{word}[)」]|{word}[(:=]", folded):
                return True
    return False


def other_years(question: Question, text: str) -> float:
    """The share of the fiscal years in `text` that the question does not speak of; 0 where it speaks of none."""
    asked = [f for f in question.premises if f.kind == "fiscal_year"]
    years = [f for f in _figures(text) if f.kind == "fiscal_year"]
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
