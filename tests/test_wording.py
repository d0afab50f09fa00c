"""What a person reads: quotes under the names of their slides, and refusals that help, in two languages."""

from typing import get_args

import pytest

from lsqa.chunks import make_chunk
from lsqa.citations import CheckedCitation, CheckedClaim, Citation, Claim, check
from lsqa.difference_wording import withheld_because
from lsqa.evidence import Evidence
from lsqa.question_forms import AskedKind
from lsqa.text import Language
from lsqa.wording import LONGEST_TEXT, kind_names, one_line, quoted_text, refusal_reason, refusal_text

LANGUAGES: tuple[Language, ...] = get_args(Language)


def claim(*quotes: str, label: int = 1, page: str | None = None) -> CheckedClaim:
    """A claim of quotes, checked against a page that holds them (or the page given)."""
    text = "\n".join(quotes) if page is None else page
    evidence = Evidence(label, make_chunk("d", (), 1, 0, len(text), text), "題", 1.0)
    citations = tuple(Citation(label, q) for q in quotes)
    (checked,) = check([Claim("\n".join(quotes), citations)], [evidence])
    return checked


# Quotes


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ja", "体制：\n「鯨を数える。」[1]"), ("en", '体制:\n"鯨を数える。" [1]')],
)
def test_a_quote_stands_under_the_name_of_its_slide_with_its_label(language: Language, expected: str) -> None:
    assert quoted_text([claim("鯨を数える。")], ["体制"], language) == expected


def test_the_name_of_a_slide_stands_once() -> None:
    claims = [claim("鯨を数える。"), claim("船を数える。", label=2), claim("馬を数える。", label=3)]
    assert quoted_text(claims, ["体制", "体制", "経費"], "ja").split("\n") == [
        "体制：",
        "「鯨を数える。」[1]",
        "「船を数える。」[2]",
        "経費：",
        "「馬を数える。」[3]",
    ]


def test_the_head_of_a_table_stands_once_over_its_rows() -> None:
    claims = [claim("名称\t台数", "望遠鏡\t3"), claim("名称\t台数", "分光器\t11")]
    assert quoted_text(claims, ["機器", "機器"], "ja").split("\n") == [
        "機器：",
        "「名称 | 台数」[1]",
        "「望遠鏡 | 3」[1]",
        "「分光器 | 11」[1]",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quote_of_the_title_does_not_say_it_twice(language: Language) -> None:
    text = quoted_text([claim("体制", "鯨を数える。")], ["体制"], language)
    assert text.count("体制") == 1
    assert "鯨" in text


def test_what_is_not_supported_is_not_shown() -> None:
    forged = claim("鯨は9頭である。", page="鯨は3頭である。")
    assert forged.verdict == "unsupported"
    assert quoted_text([forged, claim("船を数える。")], ["甲", "乙"], "ja") == "乙：\n「船を数える。」[1]"
    assert quoted_text([forged], ["甲"], "ja") == ""
    assert quoted_text([], [], "ja") == ""


def test_a_name_for_every_claim_is_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        quoted_text([claim("鯨を数える。")], [], "ja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quote_that_does_not_fit_is_left_out_and_a_shorter_one_still_shown(language: Language) -> None:
    long, short = claim("鯨" * 380, label=2), claim("馬を数える。", label=3)
    text = quoted_text([claim("船" * 100), long, short], ["甲", "乙", "丙"], language)
    assert len(text) <= LONGEST_TEXT
    assert [word in text for word in ("船" * 100, "鯨", "乙", "馬を数える。")] == [True, False, False, True]


def test_the_name_gives_way_to_the_first_quote() -> None:
    text = quoted_text([claim("鯨" * 380)], ["長い題" * 10], "ja")
    assert text == f"「{'鯨' * 380}」[1]"


def test_a_quote_fills_the_text_to_its_last_character() -> None:
    def length(characters: int) -> int:
        return len(quoted_text([claim("船。"), claim("鯨" * characters)], ["甲", "甲"], "ja"))

    fits = LONGEST_TEXT - len("甲：\n「船。」[1]\n「」[1]")
    assert length(fits) == LONGEST_TEXT
    assert length(fits + 1) == len("甲：\n「船。」[1]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "長い行はここで折り返されていて次の行へと\n続いている。",
            "長い行はここで折り返されていて次の行へと続いている。",
        ),
        ("短い行\n次の行", "短い行 次の行"),
        ("鯨" * 19 + "\n次の行", "鯨" * 19 + " 次の行"),
        ("鯨" * 20 + "\n次の行", "鯨" * 20 + "次の行"),
        ("鯨" * 20 + "\n短い\n次の行", "鯨" * 20 + "短い次の行"),
        ("短い\n" + "鯨" * 12 + "\n次の行", "短い " + "鯨" * 12 + " 次の行"),
        ("大阪大学\n審良 静男", "大阪大学 審良 静男"),
        ("この長い行は英語の言葉で始まる行の前にある\nB-cure", "この長い行は英語の言葉で始まる行の前にある B-cure"),
        ("The line goes on over here and\nthere", "The line goes on over here and there"),
        ("一つ  二つ\n\n三つ", "一つ 二つ 三つ"),
        ("そのまま", "そのまま"),
        ("", ""),
    ],
    ids=[
        "wrapped",
        "short",
        "too short to wrap",
        "just wrapped",
        "goes on",
        "short lines",
        "labels",
        "Latin follows",
        "English",
        "blanks",
        "one line",
        "nothing",
    ],
)
def test_lines_are_joined_as_they_were_broken(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_wrapped_quote_is_shown_in_one_line() -> None:
    quote = "長い行はここで折り返されていて次の行へと\n続いている。"
    assert quoted_text([claim(quote)], ["題"], "ja").split("\n")[1] == f"「{quote.replace(chr(10), '')}」[1]"


# Kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_a_name_of_its_own(language: Language) -> None:
    names = kind_names(get_args(AskedKind), language)
    assert len(set(names)) == len(get_args(AskedKind))
    assert all(name.isascii() == (language == "en") for name in names)


def test_kinds_are_named_in_the_language_of_the_question() -> None:
    assert kind_names(("amount", "person"), "ja") == ("金額", "人の名前")
    assert kind_names(("amount", "person"), "en") == ("an amount of money", "a person's name")


# Refusals


@pytest.mark.parametrize(
    ("code", "japanese", "english"),
    [
        ("empty_search", "見つかりませんでした", "comes near"),
        ("language_not_read", "日本語か英語で質問してください", "Questions are read in Japanese and English only"),
        ("false_premise", "前提「甲」「乙」", 'for granted: "甲", "乙"'),
        (
            "kind_missing",
            "「甲」「乙」に当たる記述は見つかりませんでした",
            'on the subject, but "甲", "乙" was not found',
        ),
        ("part_missing", "一部だけ", 'Only part of this can be answered. Not found: "甲", "乙"'),
        ("not_in_documents", "「甲」「乙」は該当する箇所に見当たりません", 'where the subject is treated: "甲", "乙"'),
    ],
)
def test_a_refusal_says_why(code: str, japanese: str, english: str) -> None:
    assert japanese in refusal_reason(code, ("甲", "乙"), 7, "ja")
    assert english in refusal_reason(code, ("甲", "乙"), 7, "en")


@pytest.mark.parametrize("code", ["empty_search", "false_premise", "kind_missing", "not_in_documents"])
def test_a_refusal_says_that_the_documents_do_not_say_and_how_many_were_searched(code: str) -> None:
    assert refusal_reason(code, ("甲",), 7, "ja").startswith("資料からは答えられません。7件の文書を検索しました。")
    assert refusal_reason(code, ("x",), 7, "en").startswith("The documents do not say. 7 documents were searched.")
    assert "1 document was searched." in refusal_reason(code, ("x",), 1, "en")


def test_a_refusal_that_misses_nothing_in_particular_says_so() -> None:
    assert refusal_reason("not_in_documents", (), 1, "ja").endswith("答えと言える記述はありません。")
    assert refusal_reason("not_in_documents", (), 1, "en").endswith("No passage answers it.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_five_absent_words_at_most(language: Language) -> None:
    reason = refusal_reason("not_in_documents", tuple("甲乙丙丁戊己"), 1, language)
    assert [word in reason for word in "甲乙丙丁戊己"] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "理由。\n最も近い箇所：体制（3ページ）、経費（9ページ）"),
        ("en", "理由。\nNearest: 体制 (p. 3); 経費 (p. 9)"),
    ],
)
def test_a_refusal_points_to_the_nearest_slides_each_once(language: Language, expected: str) -> None:
    assert refusal_text("理由。", [("体制", 3), ("経費", 9), ("体制", 3)], language) == expected


def test_a_refusal_without_anything_near_is_its_reason() -> None:
    assert refusal_text("理由。", [], "ja") == "理由。"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", [10, 200, 300, 350, 390])
def test_a_refusal_fits_with_as_many_slides_as_have_room(language: Language, length: int) -> None:
    nearest = [("長" * 60, page) for page in range(1, 10)]
    text = refusal_text("理" * length, nearest, language)
    assert text.startswith("理" * length)
    assert len(text) <= LONGEST_TEXT
    assert ("長" in text) is (length <= 200)


def test_a_checked_citation_is_shown_by_its_own_label() -> None:
    quotes = (Citation(4, "鯨を数える。"), Citation(2, "船を数える。"))
    checked = CheckedClaim("", tuple(CheckedCitation(c, "quote_found", None) for c in quotes), "supported")
    assert quoted_text([checked], ["題"], "ja").split("\n")[1:] == ["「鯨を数える。」[4]", "「船を数える。」[2]"]


def test_why_a_claim_is_withheld_is_said_in_either_language() -> None:
    text = "令和7年度の予算は12億円である。"
    evidence = [Evidence(1, make_chunk("d", (), 1, 0, len(text), text), "題", 1.0)]
    claims = [Claim("The budget for FY2025 is 1.3 billion yen.", (Citation(1, text),)), Claim("It is so.", ())]
    other, bare = check(claims, evidence)
    assert withheld_because(other, "en") == 'figure: the sentence says "1.3 billion yen", the document "12億円"'
    assert withheld_because(other, "ja") == "数値: この文は「1.3 billion yen」、資料は「12億円」"
    assert withheld_because(bare, "en") == "it has no citation"
    (shown,) = check([Claim(text, (Citation(1, text),))], evidence)
    assert withheld_because(shown, "ja") == ""
