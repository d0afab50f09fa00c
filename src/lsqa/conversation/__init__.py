"""What a follow-up is about, told from the turns before it without a model, or by one.

A question that names its own subject is left as it is: a change of topic is not dragged along. One that only names
another year, another thing of the same sort or "the other one" takes its place in the question before; one that names
nothing is given the subject of the question before. A correction changes the question before, thanks change nothing,
and a sum or difference of what was asked for is asked of the last two figures.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lsqa.conversation.joining import calculation_of, calculation_with, joined
from lsqa.conversation.nouns import counted_not_named, named_not_counted, with_noun_for_one
from lsqa.conversation.others import asked_of_others
from lsqa.conversation.standing_in import LINK, REFERS_BACK, ellipsis, fill_in, put_right
from lsqa.conversation.subjects import asks_an_attribute, names_something, with_subject
from lsqa.conversation.turn_forms import asks_again, asks_for_more, read_correction, without_courtesy
from lsqa.phrases import phrases, whole_phrase
from lsqa.questions import analyse

_JAPANESE_LINK: Final = re.compile(
    r"^(?:では|じゃあ?|それでは|ちなみに|あと|また|そして|それなら)(?:[、,]\s*|(?=[一-龠ァ-ヶA-Za-z]))"
)
# What a question names before it asks: "TRIP: when does it end?", B-cureについて、その予算は？
_ANTECEDENT: Final = re.compile(r"^(.+?)(?:について|に関して)?(?:[:：、]|, )")
_SPACES: Final = re.compile(r"(\s)\s+")
_REMEMBERED: Final = 8


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


RefusedTurn = Literal["no_question", "no_operands"]


def resolve(question: str, history: Sequence[Turn], resolver: Resolver | None = None) -> str:
    """`question` in words that stand alone, by `resolver` (a language model) where there is one that can tell.

    Without one, by rules alone; a question with a subject of its own is left as it is, whatever was asked before.
    """
    if not history:
        return question
    if resolver is not None and (resolved := resolver(question, history)):
        return resolved
    known: list[str] = []
    answer = ""
    for turn in history[-_REMEMBERED:]:
        before = _one_space(turn.question)
        if without_courtesy(before):
            known.append(_resolve(before, known, answer))
            answer = turn.answer
    plain = _one_space(question)
    resolved = _resolve(plain, known, answer)
    return question if resolved == plain else resolved


def _one_space(text: str) -> str:
    """`text` without runs of white space, which no form of question has and every pattern would try in vain."""
    return _SPACES.sub(r"\1", text.strip())


def refused_as(question: str) -> RefusedTurn | None:
    """Why a resolved follow-up cannot be answered from any document: it only thanks or greets, or it asks for a
    calculation still (その差は？) and names nothing to calculate with. None for any other.
    """
    asked = without_courtesy(_one_space(question))
    if not asked:
        return "no_question"
    calculation = calculation_of(LINK.sub("", asked))
    return "no_operands" if calculation and not calculation.may_be_stated else None


def _resolve(question: str, known: Sequence[str], answer: str) -> str:
    """`question` in the light of the resolved questions before it, the latest last, and the answer to that."""
    asked = without_courtesy(question)
    known = [q for q in known if q]
    if not known or not asked:
        return question
    if asks_again(asked):
        return known[-1]
    if asks_for_more(asked):
        return with_subject("Tell me more.", tuple(known))
    if correction := read_correction(asked):
        if corrected := put_right(correction, known, answer):
            return corrected
        if correction.is_marked:
            return _follow_up(correction.question, known, answer)
    return _follow_up(asked, known, answer)


def _follow_up(question: str, known: Sequence[str], answer: str) -> str:
    linked = LINK.sub("", question)
    if turned := named_not_counted(linked, known[-1]) or counted_not_named(linked, known[-1]):
        return turned
    if calculation := calculation_of(linked):
        if over_earlier := joined(calculation, known):
            return over_earlier
        # The total of what was listed may be stated with it.
        is_of_list = calculation.operation == "sum" and analyse(known[-1]).wants_list
        if not (calculation.may_be_stated or is_of_list):
            return question
        return with_subject(question, tuple(known))
    if over_named := _calculated_with(linked, known):
        return over_named
    question = with_noun_for_one(question, known[-1])
    rest = ellipsis(question)
    if rest is not None and (filled := fill_in(rest, known, answer)):
        return filled
    if others := asked_of_others(linked, known[-1]):
        return others
    refers = bool(REFERS_BACK.search(linked)) and not _names_first(linked)
    if refers or asks_an_attribute(question, rest) or not names_something(question):
        return with_subject(question, tuple(known))
    return _JAPANESE_LINK.sub("", question) or question


def _calculated_with(question: str, known: Sequence[str]) -> str | None:
    """A calculation that names an operand, or all of them, with what the question before asked of its own."""
    if (found := calculation_with(question)) is None:
        return None
    calculation, named = found
    filled = fill_in(named, known)
    if filled is None:
        return None
    names_all = len(phrases(named)) > 1
    return joined(calculation, [filled] if names_all else [known[-1], filled])


def _names_first(question: str) -> bool:
    """Whether what a pronoun stands for is named before it, apart from the question. A country or field is where what
    was spoken of is looked at.
    """
    antecedent = _ANTECEDENT.match(question)
    named = whole_phrase(antecedent[1]) if antecedent else None
    return named is not None and named.is_name and named.sort == ""
