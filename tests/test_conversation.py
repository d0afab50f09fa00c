"""A follow-up is understood by what was asked before; a question with a subject of its own is left alone."""

import pytest

from lsqa.conversation import Turn, resolve

BEFORE = (Turn("B-cureの2025年度の予算はいくらですか", "43億円"),)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("その前年度の予算は？", "B-cure"),
        ("では、実施期間は？", "B-cure"),
        ("いつまで続きますか", "B-cure"),
        ("How long does it run?", "B-cure"),
    ],
)
def test_a_follow_up_gets_the_subject_of_the_question_before(question: str, subject: str) -> None:
    resolved = resolve(question, BEFORE)
    assert subject in resolved
    assert resolved.endswith(question)


@pytest.mark.parametrize(
    "question",
    ["SCARDAの正式名称は何ですか", "橋渡し研究支援プログラムの予算はいくらですか", "What does TRIP stand for?"],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question: str) -> None:
    assert resolve(question, BEFORE) == question


@pytest.mark.parametrize("question", ["その予算は？", "B-cureとは", ""])
def test_without_a_history_every_question_is_left_alone(question: str) -> None:
    assert resolve(question, ()) == question


def test_the_latest_question_that_names_something_counts() -> None:
    turns = (*BEFORE, Turn("SCARDAとは何ですか"), Turn("それはいつですか"))
    resolved = resolve("その目的は？", turns)
    assert "SCARDA" in resolved
    assert "B-cure" not in resolved


def test_a_subject_that_the_question_repeats_is_not_said_twice() -> None:
    assert resolve("そのB-cureの期間は？", BEFORE).count("B-cure") == 1


@pytest.mark.parametrize("turns", [(Turn(""),), (Turn("？"), Turn("それは？")), (Turn("それは", "答え"),)])
def test_a_history_that_names_nothing_changes_nothing(turns: tuple[Turn, ...]) -> None:
    assert resolve("それは？", turns) == "それは？"
