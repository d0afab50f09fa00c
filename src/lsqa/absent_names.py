"""What a question is about that a place cannot be about: another programme, other people, a whole where a part stands.

A compound name is found in pieces where its subject is absent: プログラム and 科学 stand on many pages, 脳神経 on none.
The conditions are logical; none of them is fitted.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from lsqa.question_forms import (
    DIVIDED,
    LOOSE,
    NAMED,
    NAMED_AFTER,
    NAMED_EN,
    OTHER_OFFICE,
    TOPIC,
    TOPIC_AFTER,
    WHOLE,
    WHOLE_EN,
    WHOLE_OF,
    WHOLE_SAID,
)
from lsqa.questions import Part, Question, Term, key
from lsqa.tokens import stem_english

Level = Callable[[tuple[str, ...]], float]
Weight = Callable[[Part], float]

_TELLING = 0.5  # a name is another's where this share of what tells it apart is absent, by weight
_ELSEWHERE = 0.35  # what a term counts by that stands on the page, and neither in the unit nor over it
_BODY_NAME = re.compile(r"[\u30a0-\u30ff\u4e00-\u9fffA-Za-z]{2,}?(大学|病院|研究所|機構|財団|省|庁)(?![\u4e00-\u9fff])")
_WITH_OTHERS = re.compile(
    r"以外|除[いくき]|と(?:の)?(?:連携|協力|共同|組|並|同じ)|(?:他|ほか)の|\b(?:with|except|besides|other than)\b"
)
_FIGURES = frozenset({"amount", "count", "percent", "rank", "multiple", "period", "date", "day"})
# "What is the penalty for …" asks for what a page without any penalty does not tell.
_ATTRIBUTE_EN = re.compile(
    r"\b(?:what|which) (?:is|are|was|were) the (?P<name>[\w' -]{3,40}?) (?:of|for|to|on|at|in)\b", re.IGNORECASE
)
_NAMES_ATTRIBUTE = 0.6
_TOGETHER = 40  # characters between the words of one name
_KANJI_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")


def absent_names(question: Question, said: str, page: str, level: Level, weight: Weight) -> tuple[str, ...]:
    """The names, groups and divisions of a question that a unit cannot be about, in the question's words.

    `said` is the unit with what stands over it, `page` its folded page; `level` gives the level of spellings (0 where
    they stand nowhere), `weight` says how telling a word is.
    """
    names = (
        t.text
        for t in question.terms
        if (_is_named(t, question.text) and _is_absent(t, page, level, weight))
        or _is_other_body(t, question.text, said, level)
        or (_has_figure(t, question) and not any(map(level, (t.alternatives, *(p.alternatives for p in t.parts)))))
    )
    attribute = (t.text for t in _attribute(question) if not any(map(level, (t.alternatives, *_spellings(t)))))
    offices = (office for office in _other_offices(question.text) if not level((key(office),)))
    english = (
        name
        for name, words in _english_names(question)
        if _mostly_absent(words, level, weight) or _is_scattered(words, page)
    )
    found = dict.fromkeys(
        (*names, *english, *attribute, *offices, *_undivided(question.text, said), *_without_whole(question, said))
    )
    return tuple(name for name in found if not any(name != other and name.lower() in other.lower() for other in found))


@lru_cache(maxsize=256)
def _english_names(question: Question) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    """The names that a question spells in English, each with the words in it that tell something."""
    names = [match[0] for match in NAMED_EN.finditer(question.text)] if question.language == "en" else []
    telling = [(name, name[: name.rfind(" ")].lower()) for name in names]
    return tuple(
        (name, tuple(part for t in question.terms if _is_word_of(t.text.lower(), said) for part in t.parts))
        for name, said in telling
    )


def _is_word_of(term: str, said: str) -> bool:
    return term in said or stem_english(term) in map(stem_english, said.split())


def _is_scattered(words: Sequence[Part], page: str) -> bool:
    """Whether the words of a name stand far from one another wherever they stand: 統合 here, イノベーション there are
    no Integrated Innovation Strategy."""
    if len(words) < 2:
        return False
    first, *others = ([m.start() for s in word.alternatives for m in re.finditer(re.escape(s), page)] for word in words)
    return not any(all(any(abs(at - b) <= _TOGETHER for b in places) for places in others) for at in first)


@lru_cache(maxsize=256)
def _attribute(question: Question) -> tuple[Term, ...]:
    """What an English question asks for by name, the head of its phrase alone; empty where that says little."""
    match = _ATTRIBUTE_EN.search(question.text) if question.language == "en" else None
    if match is None:
        return ()
    said = match["name"].lower()
    inside = [t for t in question.terms if t.text.lower() in said]
    head = max(inside, key=lambda t: said.rfind(t.text.lower()) + len(t.text), default=None)
    return (head,) if head and not head.is_asked and head.importance >= _NAMES_ATTRIBUTE else ()


def _spellings(term: Term) -> tuple[tuple[str, ...], ...]:
    return tuple(part.alternatives for part in term.parts)


def _mostly_absent(words: Sequence[Part], level: Level, weight: Weight) -> bool:
    absent = [word for word in words if not level(word.alternatives)]
    return bool(absent) and sum(map(weight, absent)) >= _TELLING * sum(map(weight, words))


@lru_cache(maxsize=256)
def _other_offices(text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in OTHER_OFFICE.finditer(text))


def _is_named(term: Term, text: str) -> bool:
    """Whether a term is the name of a programme, a body or a group of people, by its end or by what follows it."""
    if term.importance < 1 or term.is_asked:
        return False
    return any(map(NAMED.search, term.alternatives)) or _precedes_name(term.text, text)


def _is_other_body(term: Term, text: str, said: str, level: Level) -> bool:
    """Whether a term is called 大学 or the like, stands elsewhere on the page only, and the unit is about another one.
    What goes together with it (東京大学と連携する), or is not it (以外), is asked of others."""
    spelling = next((s for s in term.alternatives if _BODY_NAME.fullmatch(s)), "")
    if not spelling or not 0 < level(term.alternatives) <= _ELSEWHERE or _WITH_OTHERS.search(text):
        return False
    alike = [key(m[0]) for m in _BODY_NAME.finditer(said) if spelling.endswith(m[1])]
    # A long name is often shortened in its middle: サン・ラファエル病院.
    return bool(alike) and not any(name in term.alternatives or spelling[:2] in name for name in alike)


def _has_figure(term: Term, question: Question) -> bool:
    """Whether a question asks for a figure of a term, or takes one for granted: a name, or what it begins with."""
    text = question.text
    if term.is_asked or question.compares or not (question.premises or question.asked & _FIGURES):
        return False
    follows = text.startswith(term.text) and TOPIC.match(text) and TOPIC_AFTER.match(text[len(term.text) :])
    # A word of the lexicon is a name by its capital alone, in a long name that is judged as a whole.
    is_name = term.is_name and (not term.text.islower() or question.language == "ja")
    is_name = is_name and not LOOSE.intersection(term.alternatives)
    return bool(follows) or (is_name and bool(question.asked & _FIGURES))


@lru_cache(maxsize=1024)
def _precedes_name(name: str, text: str) -> bool:
    at = text.lower().find(name.lower())
    return at >= 0 and bool(NAMED_AFTER.match(text[at + len(name) :]))


def _is_absent(term: Term, page: str, level: Level, weight: Weight) -> bool:
    if level(term.alternatives):
        return False
    pieces = tuple(_pieces(term))
    telling = [p for p in (pieces[:-1] if len(pieces) > 1 else pieces) if not LOOSE.intersection(p.alternatives)]
    absent = [p for p in telling if not level(p.alternatives) and not _is_abbreviated(p, page)]
    return bool(absent) and sum(map(weight, absent)) >= _TELLING * sum(map(weight, telling))


def _pieces(term: Term) -> Iterator[Part]:
    """The words of a compound; of a single word the units it is made of (修士 and 課程 of 修士課程)."""
    if len(term.parts) > 1:
        yield from term.parts
    elif term.parts[0].units:
        yield from (Part((unit,), ()) for unit in term.parts[0].units)
    elif not any(map(NAMED.search, term.alternatives)):
        yield term.parts[0]


def _is_abbreviated(part: Part, page: str) -> bool:
    """Whether two kanji stand on the page in a longer word: 科技 in 科学技術."""
    return any(
        re.search(rf"{s[0]}[\u4e00-\u9fff]{{1,2}}{s[1]}", page) for s in part.alternatives if _KANJI_PAIR.fullmatch(s)
    )


def _undivided(text: str, said: str) -> Iterator[str]:
    """What a breakdown is asked by, where nothing of it stands in what is said."""
    for asked, division in _divisions(text):
        if not division.search(said):
            yield asked


@lru_cache(maxsize=256)
def _divisions(text: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = ((asked.search(text), said) for asked, said in DIVIDED)
    return tuple((match[0], said) for match, said in found if match)


def _without_whole(question: Question, said: str) -> Iterator[str]:
    """The whole of a body, where what is said is no whole: one programme's budget is not the ministry's."""
    for whole, spellings in _wholes(question):
        folded = said.lower()
        if not WHOLE_SAID.search(said) or not any(s in folded for s in spellings):
            yield whole


def _wholes(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not question.asked & {"amount", "count"}:
        return
    for term in question.terms:
        if any(map(WHOLE_OF.search, term.alternatives)) and (whole := _whole(question, term.text)):
            yield whole, term.alternatives


def _whole(question: Question, name: str) -> str:
    """The words that ask for the whole of the body called `name`; empty where none do."""
    if question.language == "en":
        match = WHOLE_EN.search(question.text)
        return match[0] if match else ""
    match = re.search(re.escape(name) + WHOLE.pattern, question.text)
    return match[0] if match else ""
