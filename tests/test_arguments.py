"""What a caller from Python hands in: as the documentation shows it, or an error that says what is wanted."""

from types import MappingProxyType
from typing import Any

import pytest

from lsqa.arguments import passage_count, question_text, turns
from lsqa.conversation import Turn
from lsqa.errors import QuestionError


@pytest.mark.parametrize("question", [None, 5, b"a", ["a"], {"question": "a"}])
def test_a_question_that_is_no_text_is_an_error(question: Any) -> None:
    with pytest.raises(QuestionError, match="ask with a string"):
        question_text(question)


@pytest.mark.parametrize(
    "history",
    [
        [Turn("問", "答")],
        [{"question": "問", "answer": "答"}],
        (MappingProxyType({"question": "問", "answer": "答", "id": 5}),),
        iter([Turn("問", "答")]),
    ],
    ids=["turns", "mappings", "other mappings", "an iterator"],
)
def test_turns_are_turns_or_mappings(history: Any) -> None:
    assert turns(history) == (Turn("問", "答"),)


@pytest.mark.parametrize("turn", [{"question": "問"}, {"question": "問", "answer": None}])
def test_a_turn_may_have_no_answer(turn: dict[str, Any]) -> None:
    assert turns([turn]) == (Turn("問", ""),)
    assert turns(None) == ()


@pytest.mark.parametrize(
    "history",
    [
        "問",
        5,
        {"question": "問", "answer": "答"},
        ["問"],
        [("問", "答")],
        [None],
        [{"role": "user", "content": "問"}],
        [{"question": 5}],
        [{"question": "問", "answer": 5}],
    ],
)
def test_a_history_that_is_none_is_an_error_that_shows_the_form_and_none_of_its_words(history: Any) -> None:
    with pytest.raises(QuestionError, match=r'give a list of \{"question": …, "answer": …\}') as caught:
        turns(history)
    assert "問" not in str(caught.value)


@pytest.mark.parametrize("k", [0, -1, 1.5, "5", None])
def test_less_than_one_passage_is_an_error(k: Any) -> None:
    with pytest.raises(QuestionError, match="ask for 1 passage or more"):
        passage_count(k)
