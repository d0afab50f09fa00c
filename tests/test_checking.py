"""A text, sentence by sentence: supported, contradicted or not found; and texts sent in bad faith."""

import pytest
from tests.conftest import Ingested, Invoke

from lsqa.checking import LONGEST_SENTENCE, LONGEST_TEXT, Checker, Passage, judge, sentences
from lsqa.errors import UsageError

SOURCE = "都は令和3年度の導入に向け、東京消防庁と連携して小型ヘリの配備を着実に進める。費用負担のあり方は検討する。"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("東京消防庁と連携し、小型ヘリの配備を進める。", "supported"),
        ("令和3年度の導入に向け小型ヘリの配備を進める。", "supported"),
        ("令和5年度の導入に向け小型ヘリの配備を進める。", "contradicted"),
        ("小型ヘリの配備を進めない。", "contradicted"),
        ("費用負担のあり方を決める。", "not_found"),
        ("都は小型ヘリの配備を進めた。", "not_found"),
        ("小型ヘリの導入に向け、費用負担のあり方を検討する。", "not_found"),
        ("首相は京都で寿司を食べた。", "not_found"),
        ("型ヘリの配備を着実に進める。", "not_found"),
        ("。", "not_found"),
    ],
)
def test_a_sentence_is_judged_by_a_passage(sentence: str, verdict: str) -> None:
    assert judge(sentence, [Passage((SOURCE,))]).verdict == verdict


def test_numbers_in_english_words_are_held_against_japanese_counters() -> None:
    for quote in ("8大学が参加する。", "8校の大学が参加する。", "参加大学は8校である。"):
        assert judge("Eight universities take part.", [Passage((quote,))]).verdict == "supported"
        assert judge("Nine universities take part.", [Passage((quote,))]).verdict == "contradicted"
        assert judge("Eight universities were closed.", [Passage((quote,))]).verdict == "not_found"


def test_without_passages_nothing_is_found() -> None:
    assert judge("予算は43億円である。", []).verdict == "not_found"


def test_another_figure_contradicts_only_where_one_thing_differs() -> None:
    passage = Passage(("あけぼの計画の令和6年度の予算は9億円である。",))
    assert judge("あけぼの計画の令和6年度の予算は12億円である。", [passage]).verdict == "contradicted"
    assert judge("あけぼの計画の令和7年度の予算は12億円である。", [passage]).verdict == "not_found"


def test_a_date_of_the_document_gives_relative_years_their_value() -> None:
    claim = "2020年度から小型ヘリを配備する。"
    quote = ("来年度から小型ヘリを配備する。",)
    assert judge(claim, [Passage(quote, published="2019-09-10")]).verdict == "supported"
    assert judge(claim, [Passage(quote)]).verdict != "supported"


def test_sentences_of_markdown_without_marks_headings_and_rules() -> None:
    text = "# 題\n\n- **甲**は43億円である。乙は8件。\n\n---\n1. 丙は、\n丁である。\n"
    text += "\nA long line that\nwas broken. Another one.\n"
    found = sentences(text)
    assert [s.text for s in found] == [
        "甲は43億円である。", "乙は8件。", "丙は、 丁である。", "A long line that was broken.", "Another one.",
    ]  # fmt: skip
    assert [text[s.start : s.end][-3:] for s in found] == ["ある。", "8件。", "ある。", "en.", "ne."]


@pytest.mark.parametrize("text", ["", " \n\t", "あ" * (LONGEST_TEXT + 1)])
def test_an_empty_or_oversized_text_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        sentences(text)


def test_control_characters_are_blanks() -> None:
    (sentence,) = sentences("甲は\x00\x1b[31m43億円\u202eである。")
    assert sentence.text == "甲は [31m43億円 である。"


@pytest.fixture(scope="module")
def checker(corpus_library: Ingested) -> Checker:
    return Checker.open(home=str(corpus_library.home))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("あけぼの計画の令和7年度の予算は12億円である。", "supported"),
        ("あけぼの計画の2025年度の予算は1,200,000,000円である。", "supported"),
        ("あけぼの計画の令和7年度の予算は15億円である。", "contradicted"),
        ("あけぼの計画の令和7年度の予算は9億円である。", "contradicted"),
        ("担当課は星間物質研究課である。", "supported"),
        ("参加する大学は8校である。", "contradicted"),
        ("あかつき計画の担当は農林水産省の月面課である。", "not_found"),
        ("B-cure received 4.3 billion yen in FY2025.", "supported"),
        ("B-cure received 5.3 billion yen in FY2025.", "contradicted"),
    ],
)
def test_sentences_are_checked_against_a_library(checker: Checker, text: str, verdict: str) -> None:
    (checked,) = checker.check(text).sentences
    assert checked.verdict == verdict, checked.why
    assert bool(checked.why) == (verdict != "supported")
    assert bool(checked.citations) == (verdict != "not_found")
    assert all(c.verdict == "quote_found" for c in checked.citations)


def test_a_contradiction_names_both_figures(checker: Checker) -> None:
    (checked,) = checker.check("参加する大学は8校である。").sentences
    assert [(d.kind, d.claimed, d.quoted) for d in checked.differences] == [("figure", "8校", "7校")]
    assert "8校" in checked.why
    assert "7校" in checked.why


@pytest.mark.parametrize(
    "text",
    [
        "あ" * (LONGEST_SENTENCE + 1),
        "予算は" * 16_000 + "。",
        "Le budget de la recherche est de quatre milliards.",
        "연구 예산은 43억 엔이다.",
        "Бюджет составляет 43 миллиарда.",
        "😀😀😀",
        "\x07\x00\x1b]0;x\x07 43",
        "﷽" * 200,
    ],
    ids=["long", "50,000 characters", "French", "Korean", "Russian", "emoji", "control", "expanding"],
)
def test_what_cannot_be_looked_up_is_not_found(checker: Checker, text: str) -> None:
    assert {s.verdict for s in checker.check(text).sentences} <= {"not_found"}


def test_the_command_prints_json_by_the_contract(invoke: Invoke, corpus_library: Ingested) -> None:
    path = corpus_library.home.parent / "draft.md"
    path.write_text("参加する大学は7校である。\n\n参加する大学は8校である。\n", encoding="utf-8")
    outcome = invoke("check", path, "--home", corpus_library.home, "--json")
    assert outcome.code == 0
    right, wrong = outcome.json["sentences"]
    assert {"text", "verdict", "citations", "why"} <= set(right)
    assert (right["verdict"], wrong["verdict"]) == ("supported", "contradicted")
    (citation,) = right["citations"]
    assert citation["page"] == 2
    assert citation["quote"] == "参加する大学は7校である。"


def test_the_command_prints_text(invoke: Invoke, corpus_library: Ingested) -> None:
    path = corpus_library.home.parent / "draft.md"
    path.write_text("参加する大学は8校である。\n", encoding="utf-8")
    outcome = invoke("check", path, "--home", corpus_library.home)
    assert "✗ 参加する大学は8校である。" in outcome.out
    assert "7校" in outcome.out
    assert outcome.out.splitlines()[-1] == "0 supported, 1 contradicted, 0 not found"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "empty"), (b"\xff\xfe\x00", "UTF-8"), ("あ".encode() * 350_000, "more than"), (b"x" * 4_000_001, "bytes")],
)
def test_bad_files_are_wrong_usage(invoke: Invoke, corpus_library: Ingested, content: bytes, complaint: str) -> None:
    path = corpus_library.home.parent / "bad.txt"
    path.write_bytes(content)
    outcome = invoke("check", path, "--home", corpus_library.home)
    assert outcome.code == 2
    assert complaint in outcome.complaint


def test_a_file_that_is_not_there_is_wrong_usage(invoke: Invoke, corpus_library: Ingested) -> None:
    assert invoke("check", "nowhere.txt", "--home", corpus_library.home).code == 2
