"""English statements on Japanese quotes: the terms of a clause have to stand in one place."""

import pytest

from lsqa.checking import Passage, judge
from lsqa.statements.translated import in_turn, is_thing, together_translated

BOTH = "共同研究は文部科学大臣が承認し、病院は厚生労働大臣が認定する。"


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("東署は港を守り、西署は山を守る。", ("東署は港を守り、", "西署は山を守る。")),
        ("国内では、論文が減り、特許が増えた。", ("国内では、論文が減り、", "国内では、特許が増えた。")),
        (
            "令和7年度は、東署は港を守り、西署は山を守る。",
            ("令和7年度は、東署は港を守り、", "令和7年度は、西署は山を守る。"),
        ),
        ("東署は、港を守り、西署は、山を守る。", ("東署は、港を守り、", "西署は、山を守る。")),
        ("東署は港を守り、職員が山を守る。", ("東署は港を守り、職員が山を守る。",)),
        ("港を守る。", ("港を守る。",)),
    ],
)
def test_a_sentence_is_cut_where_it_tells_of_another_thing(sentence: str, parts: tuple[str, ...]) -> None:
    assert in_turn(sentence) == parts


@pytest.mark.parametrize(
    ("claim", "quotes", "verdict"),
    [
        ("Hospitals are certified by the Minister of Health, Labour and Welfare.", (BOTH,), "supported"),
        ("Hospitals are certified by the Minister of Education, Culture, Sports, Science and Technology.", (BOTH,),
         "not_found"),
        ("Joint research is approved by the Minister of Health, Labour and Welfare.", (BOTH,), "not_found"),
        ("Joint research is approved by the Minister of Education, Culture, Sports, Science and Technology.", (BOTH,),
         "supported"),
        # Said by two sentences, each of its own; and by one that goes on about the same thing.
        ("The ministry of finance manages the fund.", ("財務省が予算を管理する。", "大学が基金を運営する。"),
         "not_found"),
        ("The university manages the fund.", ("財務省が予算を査定する。", "大学が基金を管理する。"), "supported"),
        ("The university manages the fund and publishes the results.", ("大学は基金を管理し、成果を公表する。",),
         "supported"),
        # Clauses joined by a conjunction are each said in a place of their own.
        ("Universities manage the fund while companies provide the vaccine.",
         ("大学は基金を管理し、企業はワクチンを提供する。",), "supported"),
    ],
)  # fmt: skip
def test_an_english_sentence_is_held_to_what_is_said_of_one_thing(
    claim: str, quotes: tuple[str, ...], verdict: str
) -> None:
    assert judge(claim, [Passage(quotes)]).verdict == verdict


def test_headings_and_labels_stand_with_each_and_rows_with_each_other() -> None:
    claim = "The university manages the vaccine fund."
    assert together_translated(claim, ["大学が基金を管理する。"], ["ワクチンの研究"]) == 1.0
    assert together_translated(claim, ["大学\t基金", "管理\tワクチン"]) == 1.0
    assert together_translated(claim, ["大学\t基金", "企業がワクチンを管理する。"]) < 1.0
    assert together_translated("Nothing of this is known.", ["大学が基金を管理する。"]) == 1.0


@pytest.mark.parametrize(
    ("english", "expected"),
    [("vaccine", True), ("domestic", True), ("approved", False), ("hosts", False), ("zzz", False)],
)
def test_things_are_told_from_what_is_done(english: str, expected: bool) -> None:
    assert is_thing(english) == expected


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The university hospital is a vaccine hub.", "supported"),
        ("The university hospital is a domestic hub.", "not_found"),
        ("The university hospital approved the vaccine.", "supported"),  # 決定 for what is done
    ],
)
def test_of_few_terms_no_thing_may_be_missing(claim: str, verdict: str) -> None:
    assert judge(claim, [Passage(("大学病院はワクチンの拠点を決定した。",))]).verdict == verdict
