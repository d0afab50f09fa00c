"""A follow-up is understood by what was asked before; a question with a subject of its own is left alone."""

from collections.abc import Sequence

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


REGENERATIVE = "再生・細胞医療・遺伝子治療実現加速化プログラム"


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        (
            ["あけぼの計画の令和7年度予算額はいくらですか。"],
            "では前年度は？",
            "あけぼの計画の2024年度予算額はいくらですか。",
        ),
        (["B-cureの令和7年度予算額は？"], "令和6年度は？", "B-cureの令和6年度予算額は？"),
        (["What is the FY2025 budget of B-cure?"], "What about FY2024?", "What is the FY2024 budget of B-cure?"),
        (["What is the FY2025 budget of B-cure?"], "And what about TRIP?", "What is the FY2025 budget of TRIP?"),
    ],
)
def test_another_year_or_thing_takes_its_place_in_the_question_before(
    before: list[str], question: str, resolved: str
) -> None:
    assert resolve(question, [Turn(q) for q in before]) == resolved


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        (["千葉大学の拠点の略称は？"], "長崎大学は？", "長崎大学の拠点の略称は？"),
        (["千葉大学の拠点の略称は？", "では長崎大学は？"], "では大阪大学は？", "大阪大学の拠点の略称は？"),
        (["研究時間が0時間の学生は何％ですか。"], "週11～20時間だと？", "研究時間が週11～20時間の学生は何％ですか。"),
        (["B-cureの令和7年度予算額は？"], f"では{REGENERATIVE}は？", f"{REGENERATIVE}の令和7年度予算額は？"),
    ],
)
def test_a_thing_of_the_same_sort_takes_its_place_turn_by_turn(before: list[str], question: str, resolved: str) -> None:
    assert resolve(question, [Turn(q) for q in before]) == resolved


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        (["B-cureとTRIPの予算はそれぞれいくらですか。", "B-cureの期間は？"], "もう一つの方は？", "TRIPの期間は？"),
        (["フランスとオランダの件数は？", "フランスの順位は？"], "もう一方はどうですか。", "オランダの順位は？"),
        (["B-cureの予算は？", "ではTRIPは？"], "もう一つは？", "B-cureの予算は？"),
        (
            ["Which is larger, the budget of B-cure or that of TRIP?", "What is the period of TRIP?"],
            "And the other one?",
            "What is the period of B-cure?",
        ),
    ],
)
def test_the_other_one_is_what_was_named_beside_it_or_before_it(
    before: list[str], question: str, resolved: str
) -> None:
    assert resolve(question, [Turn(q) for q in before]) == resolved


@pytest.mark.parametrize(
    "question",
    [
        "SCARDAの正式名称は何ですか",
        "第3期健康・医療戦略の期間はいつからいつまでですか。",
        "異分野連携とは何ですか",
        "論文数の約半数を占める分野は何ですか",
        "この資料の日付はいつですか。",
        "予算が最も大きいプログラムはどれですか",
    ],
)
@pytest.mark.parametrize("link", ["", "では、", "ちなみに、"])
def test_a_change_of_topic_is_not_dragged_along(link: str, question: str) -> None:
    assert resolve(link + question, BEFORE) == question


def test_a_model_resolves_where_it_can_and_the_rules_where_it_cannot() -> None:
    asked: list[tuple[str, int]] = []

    def resolver(question: str, history: Sequence[Turn]) -> str | None:
        asked.append((question, len(history)))
        return "B-cureの目的は？" if question == "目的は？" else None

    assert resolve("目的は？", BEFORE, resolver) == "B-cureの目的は？"
    assert "B-cure" in resolve("その期間は？", BEFORE, resolver)
    assert resolve("目的は？", (), resolver) == "目的は？"
    assert asked == [("目的は？", 1), ("その期間は？", 1)]


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("日本の2019年の件数は？", "その順位は？", "日本の2019年について、その順位は？"),
        ("What is the FY2024 budget of B-cure?", "What is its share?", "B-cure, FY2024: What is its share?"),
        ("B-cureの令和6年度の予算額は？", "その担当課は？", "B-cureについて、その担当課は？"),
        ("B-cureの令和6年度の予算額は？", "その令和5年度の決算額は？", "B-cureについて、その令和5年度の決算額は？"),
        ("B-cureの令和7年度の予算額は？", "その補正予算は？", "B-cureについて、その補正予算は？"),
    ],
)
def test_the_year_goes_with_a_further_figure_and_with_nothing_else(before: str, question: str, resolved: str) -> None:
    assert resolve(question, [Turn(before)]) == resolved


def test_the_other_one_of_three_is_not_guessed() -> None:
    two = [Turn("What is the FY2025 budget of B-cure?"), Turn("What about TRIP?")]
    assert resolve("And the other one?", two) == "What is the FY2025 budget of B-cure?"
    three = [Turn("B-cureの予算額は？"), Turn("TRIPの予算額は？"), Turn("SCARDAの予算額は？")]
    resolved = resolve("もう一方は？", three)
    assert "TRIP" not in resolved
    assert "B-cure" not in resolved


def test_what_belongs_to_the_thing_under_discussion_does_not_take_its_place() -> None:
    before = Turn("What is the FY2024 budget of B-cure?")
    assert resolve("And its supplementary budget?", [before]) == "B-cure: And its supplementary budget?"


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        (
            ["Who leads ASPIRE?", "Which ministry funds it?"],
            "Since when does it run?",
            "ASPIRE: Since when does it run?",
        ),
        (
            ["What is the FY2023 budget of ASPIRE?"],
            "And the year before?",
            "What is the FY2022 budget of ASPIRE?",
        ),
        (
            ["What is the FY2023 budget of ASPIRE?"],
            "What about the year after?",
            "What is the FY2024 budget of ASPIRE?",
        ),
        (["海洋計画の2019年度予算額は？"], "次の年は？", "海洋計画の2020年度予算額は？"),
        (["海洋計画の2019年度予算額は？"], "その前の年度は？", "海洋計画の2018年度予算額は？"),
        (["Which agency hosts SATREPS?"], "Who runs it?", "SATREPS: Who runs it?"),
        (["海洋計画の予算は？"], "じゃあA-STEPは？", "A-STEPの予算は？"),
    ],
)
def test_words_that_carry_a_question_are_no_subject(before: list[str], question: str, resolved: str) -> None:
    assert resolve(question, [Turn(q) for q in before]) == resolved
