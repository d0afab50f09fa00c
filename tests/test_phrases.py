"""What a question names: the words that carry it, and what is done, are no names."""

import pytest

from lsqa.phrases import phrases, whole_phrase


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Moonshot: When does it end?", []),
        ("ASPIRE: And who leads the project?", ["ASPIRE"]),
        ("SATREPS: Sorry, Which country is in it?", ["SATREPS"]),
        ("It ended. Where is ASPIRE based?", ["ASPIRE"]),
        ("When did the Diet approve the Science Act 2021?", ["Diet", "Science Act 2021"]),
        ("Which institute hosts SATREPS?", ["SATREPS"]),
        ("How many patients reported ASPIRE trials?", ["ASPIRE trials"]),
        ("Did France publish more papers?", ["France"]),
        ("WHO leads the programme", ["WHO"]),
    ],
)
def test_the_words_that_carry_a_question_are_no_names(question: str, names: list[str]) -> None:
    assert [p.text for p in phrases(question) if p.is_name] == names


@pytest.mark.parametrize(
    ("question", "text", "sort"),
    [
        ("カナダの順位は？", "カナダ", "place"),
        ("EUの順位は？", "EU", "place"),
        ("大阪大学の拠点は？", "大阪大学", ""),
        ("京都の拠点は？", "京都", "place"),
        ("工学分野の件数は？", "工学分野", "field"),
        ("天文学の件数は？", "天文学", "field"),
        ("留学の件数は？", "留学", ""),
        ("UTOPIAの拠点は？", "UTOPIA", ""),
        ("日本全体の件数は？", "日本全体", "place"),
        ("世界の件数は？", "世界", "place"),
        ("How did Canada do?", "Canada", "place"),
        ("How many papers in physics?", "physics", "field"),
        ("What did they approve there?", "approve", "action"),
        ("the Arctic research programme", "Arctic research programme", ""),
    ],
)
def test_a_phrase_is_of_a_sort(question: str, text: str, sort: str) -> None:
    assert [(p.text, p.sort) for p in phrases(question) if p.text == text] == [(text, sort)]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("数学と物理学", ("数学と物理学", "field")),
        ("mathematics and physics", ("mathematics and physics", "field")),
        ("the space development plan", ("space development plan", "")),
        ("Moonshot", ("Moonshot", "")),
        ("A-STEP", ("A-STEP", "")),
        ("数学が好き", None),
        ("mathematics in Canada", None),
        ("", None),
    ],
)
def test_a_text_that_only_names_is_one_phrase(text: str, whole: tuple[str, str] | None) -> None:
    found = whole_phrase(text)
    assert (found and (found.text, found.sort)) == whole


def test_the_year_of_an_edition_is_not_what_a_name_ends_in() -> None:
    (name,) = [p for p in phrases("科学技術基本計画2021の閣議決定") if p.is_name]
    assert (name.text, name.head) == ("科学技術基本計画2021", "計画")
