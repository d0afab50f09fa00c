"""What a follow-up is about: the subject of the question before, where the new question names none of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsqa.questions import analyse
from lsqa.text import detect_language

_REFERS_BACK = re.compile(
    r"^(?:では|じゃあ?|それでは|ちなみに|その|それ|この|これ|同じ|同)|その(?!他)|それ(?:は|の|を|が)|"
    r"\b(?:it|its|that one|the other one|they|their|this one)\b|^(?:and|what about|how about)\b",
    re.IGNORECASE,
)
_LONG_COMPOUND = 3  # words


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked and the text of the answer it got."""

    question: str
    answer: str = ""


def resolve(question: str, history: Sequence[Turn]) -> str:
    """`question` in words that stand alone: where it refers back or names no subject, that of the latest question that
    did.

    A question with a subject of its own is left as it is, whatever was asked before.
    """
    if not history or (_subject(question) and not _REFERS_BACK.search(question)):
        return question
    for turn in reversed(history):
        subject = [word for word in _subject(turn.question) if word not in question]
        if subject:
            joined = " ".join(subject)
            return f"{joined}: {question}" if detect_language(question) == "en" else f"{joined}について、{question}"
    return question


def _subject(question: str) -> tuple[str, ...]:
    """The naming words of a question, without those that say what is asked of the subject."""
    if not question.strip():
        return ()
    terms = (term for term in analyse(question).terms if not term.is_asked)
    # A long compound names something even where it is made of verbs (橋渡し研究支援プログラム).
    return tuple(term.text for term in terms if term.importance >= 1 or len(term.parts) >= _LONG_COMPOUND)
