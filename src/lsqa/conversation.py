"""What a follow-up is about, told from the turns before it without a model, or by one.

A question that names its own subject is left as it is: a change of topic is not dragged along. One that only names
another year, another thing of the same sort or "the other one" takes its place in the question before; one that names
nothing is given the subject of the question before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.figures import Figure, find_figures
from lsqa.phrases import Phrase, phrases
from lsqa.questions import analyse
from lsqa.text import detect_language

_REFERS_BACK: Final = re.compile(
    r"(?<![一-龠])(?:その(?!他|ため|ほか|後|際)|それ(?!ぞれ|ら?では|なら|とも)|そこ|そちら|これ(?!ら?まで|から)|同じ|同(?=プログラム|事業|計画|調査|表|拠点|戦略))|"
    r"\b(?:it|its|that|they|them|their|this (?:programme|program|one|project)|these|those|there)\b"
    r"(?! (?:is|are|was|were) (?:a|an|any|the)\b)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"^(?:では|じゃあ?|それでは|それなら|ちなみに|あと|また|なら|そして|で)[、,]?\s*|"
    r"^同じ(?:表|図|調査|資料|年度|年)(?:で|の|だと)(?:は)?[、,]?\s*|"
    r"^(?:(?:and|so|then|ok(?:ay)?)[, ]+)?(?:(?:what|how) about|and|for|in)\s+(?:(?:for|in|the)\s+(?!other))*",
    re.IGNORECASE,
)
_JAPANESE_LINK: Final = re.compile(
    r"^(?:では|じゃあ?|それでは|ちなみに|あと|また|そして|それなら)(?:[、,]\s*|(?=[一-龠ァ-ヶA-Za-z]))"
)
_OPEN_END: Final = re.compile(
    r"(?:について|に関して)?(?:の(?:方|ほう|場合))?(?:は|だと|なら|では|って|も)?(?:どう(?:です|でしょう|なっ).*|どう|いかが.*)?[、？?。.\s]*$"
)
_OTHER: Final = re.compile(
    r"もう(?:一つ|ひとつ|一方|片方|片一方)|他方|残り(?:の一つ)?|the other(?: one| programme| program| project)?",
    re.IGNORECASE,
)
_RELATIVE: Final = re.compile(
    r"(前年度?|昨年度|翌年度)|(?:the )?(previous|prior|preceding|following|next) (?:fiscal )?year", re.IGNORECASE
)
_ENGLISH_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|who|what|when|where|which|why|how)\b", re.IGNORECASE
)
_DEFINES: Final = re.compile(r"とは|って何|の略|定義")
_ATTRIBUTE: Final = re.compile(
    r"予算|補正|決算|要求|年度|期間|金額|総額|件数|割合|名称|略称|代表|目的|何|決定|"
    r"\b(?:budgets?|periods?|amounts?|numbers?|FY\d+)\b|^(?:universit\w+|programmes?|programs?|years?)$"
)
_YEARS: Final = frozenset({"fiscal_year", "year"})
_FIGURE_ASKED: Final = re.compile(
    r"予算|決算|要求額|金額|総額|合計|(?:件|人|論文|機関|大学|校|社)数|割合|順位|シェア|\b(?:budgets?|amounts?|numbers?|shares?|ranks?)\b",
    re.IGNORECASE,
)
_SUPPLEMENTARY: Final = re.compile(r"補正|\bsupplementary\b", re.IGNORECASE)
_ENUMERATES: Final = re.compile(r"\s*(?:と|、|や|及び|および|,|and|or)\s*(?:(?:that|those) of )?(?:the )?\s*")
_SHORT_ATTRIBUTE: Final = 6  # characters
_REMEMBERED: Final = 8
_LONG_COMPOUND: Final = 3  # words


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked and the text of the answer it got.

    >>> with Assistant.open() as lsqa:
    ...     answer = lsqa.ask("担当課はどこですか", [Turn("あけぼの計画の予算はいくらですか")])
    >>> "あけぼの計画" in answer.trace.resolved_question, "星間物質研究課" in answer.text
    (True, True)
    """

    question: str
    answer: str = ""


Resolver = Callable[[str, Sequence[Turn]], str | None]
"""The question and the turns before it -> the question in words that stand alone; None where it cannot tell."""


def resolve(question: str, history: Sequence[Turn], resolver: Resolver | None = None) -> str:
    """`question` in words that stand alone, by `resolver` (a language model) where there is one that can tell.

    Without one, by rules alone; a question with a subject of its own is left as it is, whatever was asked before.
    """
    if not history:
        return question
    if resolver is not None and (resolved := resolver(question, history)):
        return resolved
    known: list[str] = []
    for turn in history[-_REMEMBERED:]:
        known.append(_resolve(turn.question, known))
    return _resolve(question, known)


def _resolve(question: str, known: Sequence[str]) -> str:
    """`question` in the light of the resolved questions before it, the latest last."""
    before = next((q for q in reversed(known) if q.strip()), "")
    if not before or not question.strip():
        return question
    rest = _ellipsis(question)
    if rest is not None and (filled := _fill_in(rest, before, known)):
        return filled
    refers = bool(_REFERS_BACK.search(_LINK.sub("", question)))
    if refers or _asks_an_attribute(question, rest) or not _names_something(question):
        return _with_subject(question, known)
    return _JAPANESE_LINK.sub("", question) or question


def _asks_an_attribute(question: str, rest: str | None) -> bool:
    """Whether nothing is named but what is asked of something else: では実施期間は？, 担当課はどこですか."""
    named = phrases(rest if rest is not None else question)
    is_whole = bool(_DEFINES.search(question)) or analyse(question).about_document
    if detect_language(question) == "en":
        return rest is not None and all(_ATTRIBUTE.search(p.text) or _is_year(p.text) for p in named)
    if is_whole or any(p.is_name and not _is_year(p.text) for p in named):
        return False
    only_attributes = all(_ATTRIBUTE.search(p.text) for p in named)
    return rest is not None or only_attributes or (len(named) == 1 and len(named[0].text) <= _SHORT_ATTRIBUTE)


def _ellipsis(question: str) -> str | None:
    """What a question names that has no predicate (では韓国は？, "What about FY2024?"); None for a whole question."""
    bare = _LINK.sub("", question.strip())
    rest = _OPEN_END.sub("", bare).strip()
    if detect_language(question) == "en":
        is_linked = bare != question.strip()
        return rest if is_linked and not _ENGLISH_VERB.search(rest) else None
    of = re.fullmatch(r"(.+)の(.+)", rest)
    is_named = _is_phrase(rest) or (of is not None and all(map(_is_phrase, of.groups())))
    return rest if rest and (is_named or _OTHER.fullmatch(rest) or _is_year(rest)) else None


def _is_phrase(text: str) -> bool:
    """Whether the text is one noun phrase and nothing beside it."""
    return [(p.start, p.end) for p in phrases(text)] == [(0, len(text))]


def _is_year(rest: str) -> bool:
    figures = find_figures(rest)
    return bool(_RELATIVE.fullmatch(rest)) or (
        len(figures) == 1 and figures[0].kind in ("fiscal_year", "year") and figures[0].end == len(rest)
    )


def _fill_in(rest: str, before: str, known: Sequence[str]) -> str | None:
    """The question before with `rest` in the place of what is of its sort there; None where nothing is."""
    if _OTHER.fullmatch(rest):
        return _other(before, known)
    if _REFERS_BACK.search(rest):
        return None  # its supplementary budget: of what is under discussion, not in its place
    if _is_year(rest):
        return _in_year(rest, before)
    if detect_language(rest) == "ja" and (of := re.fullmatch(r"(.+)の(.+)", rest)) and of[2] in before:
        rest = of[1]
    new = phrases(rest)
    if len(new) != 1 or new[0].text in before:
        return None
    slot = _slot(new[0], before)
    return f"{before[: slot.start]}{rest}{before[slot.end :]}" if slot else None


def _slot(new: Phrase, before: str) -> Phrase | None:
    """The phrase of the question before that `new` is of the sort of: with the same head, or a name like it."""
    there = [p for p in phrases(before) if not _is_year(p.text)]
    same_head = [p for p in there if p.head == new.head and p.has_number == new.has_number]
    names = [
        p for p in there if p.is_name and new.is_name and p.is_latin == new.is_latin and not _ATTRIBUTE.search(p.text)
    ]
    both = names or [p for p in there if p.is_name and new.is_name]
    return next(iter([*same_head, *both]), None)


def _other(before: str, known: Sequence[str]) -> str | None:
    """The question before, asked of the other of two things that were spoken of: named together with the one that it is
    about, or asked about earlier in its place. None where more than two were asked about.
    """
    current = [p for p in phrases(before) if _is_subject(p)]
    if len(_asked_about(current, known)) > 1:
        return None
    for earlier in reversed(known):
        others = [p for p in phrases(earlier) if _is_subject(p) and p.text not in before]
        for mine in current:
            alike = [o for o in others if o.head == mine.head or (o.is_name and mine.is_name)]
            if mine.text in earlier:
                alike = [o for o in alike if _stand_together(mine, o, earlier)]
            if len({o.text for o in alike}) == 1:
                return f"{before[: mine.start]}{alike[0].text}{before[mine.end :]}"
    return None


def _asked_about(current: Sequence[Phrase], known: Sequence[str]) -> frozenset[str]:
    """What of the sort of `current` was asked about beside it, where nothing was named together with it."""
    mine = {p.text for p in current}
    found: set[str] = set()
    for earlier in known:
        there = [p for p in phrases(earlier) if _is_subject(p)]
        if len(there) > 1 and mine & {p.text for p in there}:
            return frozenset()
        alike = [p for p in there if any(p.head == c.head or (p.is_name and c.is_name) for c in current)]
        found |= {p.text for p in alike} - mine
    return frozenset(found)


def _stand_together(mine: Phrase, other: Phrase, question: str) -> bool:
    """Whether two phrases are enumerated: A と B, A or B."""
    at, there = sorted((question.find(mine.text), other.start))
    first = mine if question.find(mine.text) == at else other
    between = question[at + len(first.text) : there]
    return bool(_ENUMERATES.fullmatch(between))


def _in_year(rest: str, before: str) -> str:
    """The question before, asked of another year."""
    years = [f for f in find_figures(before) if f.kind in ("fiscal_year", "year")]
    written = _relative_year(rest, years[0]) if years and _RELATIVE.fullmatch(rest) else rest
    if years:
        return f"{before[: years[0].start]}{written}{before[years[0].end :]}"
    english = detect_language(before) == "en"
    return f"{before.rstrip('?. ')} in {rest}?" if english else f"{rest}について、{before}"


def _relative_year(rest: str, base: Figure) -> str:
    later = re.search(r"翌|following|next", rest, re.IGNORECASE)
    year = int(base.value) + (1 if later else -1)
    return f"FY{year}" if rest.isascii() else f"{year}年度"


def _with_subject(question: str, known: Sequence[str]) -> str:
    """`question` with the subject of the latest question that named one."""
    for before in reversed(known):
        subject = [p.text for p in phrases(before) if _is_subject(p) and p.text not in question]
        subject = subject or [word for word in _subject(before) if word not in question]
        if subject:
            joined = " ".join(subject)
            year = _carried_year(question, before)
            if detect_language(question) == "en":
                return f"{joined}, {year}: {question}" if year else f"{joined}: {question}"
            return f"{joined}の{year}について、{question}" if year else f"{joined}について、{question}"
    return question


def _carried_year(question: str, before: str) -> str:
    """The year that `before` asks about, where `question` asks for another figure of it; else empty.

    A supplementary budget is left alone: beside a budget stands that of the year before it.
    """
    of_a_year = _FIGURE_ASKED.search(question) and not _SUPPLEMENTARY.search(question)
    if not of_a_year or _RELATIVE.search(question) or any(f.kind in _YEARS for f in find_figures(question)):
        return ""
    years = {before[f.start : f.end] for f in find_figures(before) if f.kind in _YEARS}
    return years.pop() if len(years) == 1 else ""


def _names_something(question: str) -> bool:
    """Whether a question has a subject of its own, or is whole without one."""
    asked = analyse(question)
    return bool(_subject(question)) or asked.about_document


def _subject(question: str) -> tuple[str, ...]:
    """The naming words of a question, without those that say what is asked of the subject."""
    if not question.strip():
        return ()
    terms = (term for term in analyse(question).terms if not term.is_asked)
    # A long compound names something even where it is made of verbs (橋渡し研究支援プログラム).
    return tuple(term.text for term in terms if term.importance >= 1 or len(term.parts) >= _LONG_COMPOUND)


def _is_subject(phrase: Phrase) -> bool:
    return not _ATTRIBUTE.search(phrase.text) and (phrase.is_name or bool(_subject(phrase.text)))
