"""What callers hand in, made what the assistant works with, or an error that says what is wanted.

The program, the server and the page hold their input to a form of their own; whoever calls from Python writes what the
documentation shows: a question, and the turns before it as `Turn` or as `{"question": …, "answer": …}`.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, SupportsIndex

from lsqa.conversation import Turn
from lsqa.errors import QuestionError
from lsqa.questions import check_question

History = Sequence[Turn | Mapping[str, Any]]
_WANTED_TURNS: Final = 'give a list of {"question": …, "answer": …}, the earliest first'


def question_text(question: object) -> str:
    """As `check_question`. Raises `QuestionError` for what is no text, too."""
    if not isinstance(question, str):
        raise QuestionError(f"the question is no text but {_kind(question)}", hint="ask with a string")
    return check_question(question)


def turns(history: object) -> tuple[Turn, ...]:
    """The turns of a conversation. Raises `QuestionError`."""
    if history is None:
        return ()
    if isinstance(history, str | Mapping) or not isinstance(history, Iterable):
        raise QuestionError(f"the history is no list of turns but {_kind(history)}", hint=_WANTED_TURNS)
    return tuple(map(_turn, history))


def _turn(turn: object) -> Turn:
    if isinstance(turn, Turn):
        return turn
    if isinstance(turn, Mapping) and isinstance(turn.get("question"), str):
        answer = turn.get("answer")
        if isinstance(answer, str | None):
            return Turn(turn["question"], answer or "")
    raise QuestionError(f"a turn of the history is {_shown(turn)}", hint=_WANTED_TURNS)


def passage_count(k: SupportsIndex) -> int:
    """How many passages are asked for. Raises `QuestionError` for less than one."""
    try:
        count = operator.index(k)
    except TypeError:
        count = 0
    if count < 1:
        raise QuestionError(f"k is {k!r}", hint="ask for 1 passage or more")
    return count


def _kind(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def _shown(turn: object) -> str:
    """What a turn is, without the words in it: an error may stand in a log."""
    return f"a mapping of {', '.join(map(repr, turn))}" if isinstance(turn, Mapping) else _kind(turn)
