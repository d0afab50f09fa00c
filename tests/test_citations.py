"""What passes the check stands in the source, word for word and figure for figure; what was tampered with does not."""

import pytest

from lsqa.chunks import make_chunk
from lsqa.citations import CheckedClaim, Citation, Claim, check, place_in_sections
from lsqa.evidence import Evidence
from lsqa.readers.markup import read_markup

SOURCES = (
    "令和5年度の予算は1,000万円である。補助額は21,000万円まで増やす。",
    "国は、研究の成果を公表するよう努めなければならない。",
    "大学は計画を定める。\n\n報告は毎年である。\n\n機構は計画を検査する。",
    "新しい拠点は８件である。ﾊﾞｲｵﾊﾞﾝｸは髙い精度を持つ。社⻑が決める。か\u3099くせい。",
    "Funding of 4.3 billion yen was approved in FY2025.",
)


def evidence(*texts: str) -> tuple[Evidence, ...]:
    """A piece of evidence for each text, labelled from 1, each beginning at character 100 of its page."""
    chunks = [make_chunk("d", ("節",), n, 100, 100 + len(text), text) for n, text in enumerate(texts, 1)]
    return tuple(Evidence(n, chunk, "文書", 0.5) for n, chunk in enumerate(chunks, 1))


def checked(text: str, *citations: tuple[int, str]) -> CheckedClaim:
    claim = Claim(text, tuple(Citation(label, quote) for label, quote in citations))
    (result,) = check([claim], evidence(*SOURCES))
    return result


@pytest.mark.parametrize(
    ("label", "quote"),
    [
        (1, "令和5年度の予算は1,000万円である。"),
        (1, "令和５年度の予算は１，０００万円である。"),
        (1, "21,000万円"),
        (2, "努めなければ\nならない"),
        (4, "新しい拠点は8件である。"),
        (4, "バイオバンクは高い精度を持つ。"),
        (4, "社長が決める。"),
        (4, "がくせい"),
        (5, "4.3 billion yen"),
    ],
)
def test_a_quote_that_stands_there_is_found_whatever_its_width(label: int, quote: str) -> None:
    claim = checked(quote, (label, quote))
    (citation,) = claim.citations
    assert (claim.verdict, citation.verdict) == ("supported", "quote_found")


@pytest.mark.parametrize(
    ("label", "quote"),
    [
        (1, "令和7年度の予算は1,000万円である。"),
        (1, "令和5年度の予算は5,000万円である。"),
        (1, "1,000万円まで増やす。"),
        (1, "000万円"),
        (1, "令和5年度の予算は1,000万円で"[:-1] + "あった。"),
        (1, "令和5年度の予算は1"),
        (2, "公表しなければならない"),
        (3, "大学は計画を検査する。"),
        (3, "大学は計画を定める。機構は計画を検査する。"),
        (1, "国は、研究の成果を公表するよう"),
        (5, "funding of 4.3 billion yen"),
        (5, "3 billion yen"),
        (1, ""),
        (1, " \u3000\u200b"),
    ],
    ids=[
        "another year",
        "another amount",
        "cut out of 21,000万円",
        "the tail of a number",
        "another ending",
        "the head of a number",
        "duty for effort",
        "two sentences crossed",
        "stitched from two places",
        "from other evidence",
        "another case",
        "the tail of a decimal",
        "empty",
        "white space",
    ],
)
def test_a_quote_that_does_not_stand_there_is_missing(label: int, quote: str) -> None:
    claim = checked("主張", (label, quote))
    (citation,) = claim.citations
    assert (claim.verdict, citation.verdict) == ("unsupported", "quote_missing")
    assert (citation.start, citation.end) == (-1, -1)


def test_a_quote_across_two_pieces_of_evidence_is_missing() -> None:
    whole = "予算は四億円であり、期間は五年である。"
    claim = Claim("主張", (Citation(1, whole),))
    assert check([claim], evidence(whole))[0].verdict == "supported"
    assert check([claim], evidence(whole[:9], whole[9:]))[0].citations[0].verdict == "quote_missing"


def test_an_unknown_label() -> None:
    for label in (0, 6, -1):
        (citation,) = checked("主張", (label, "大学は計画を定める。")).citations
        assert (citation.verdict, citation.evidence) == ("unknown_label", None)


@pytest.mark.parametrize(
    ("claim", "label", "quote"),
    [
        ("令和7年度の予算は1,000万円である。", 1, "令和5年度の予算は1,000万円である。"),
        ("令和5年度の予算は5,000万円である。", 1, "令和5年度の予算は1,000万円である。"),
        ("補助額は1,000万円になる。", 1, "補助額は21,000万円まで増やす。"),
        ("予算は1,000万円、拠点は8件である。", 1, "令和5年度の予算は1,000万円である。"),
        ("Funding was 43 billion yen.", 5, "Funding of 4.3 billion yen was approved in FY2025."),
    ],
    ids=["year", "amount", "part of an amount", "a figure too many", "decimal point"],
)
def test_a_claim_may_not_say_more_than_its_quotes(claim: str, label: int, quote: str) -> None:
    result = checked(claim, (label, quote))
    assert (result.verdict, result.citations[0].verdict) == ("unsupported", "number_mismatch")


@pytest.mark.parametrize(
    ("claim", "citations"),
    [
        ("2023年度の予算は1000万円である。", ((1, "令和5年度の予算は1,000万円である。"),)),
        (
            "R5年度に1,000万円、拠点は8件。",
            ((1, "令和5年度の予算は1,000万円である。"), (4, "新しい拠点は８件である。")),
        ),
        ("公表するよう努めなければならない。", ((2, "公表するよう努めなければならない。"),)),
        ("計画は大学が定める。", ((3, "大学は計画を定める。"),)),
    ],
)
def test_a_claim_in_other_words_with_the_same_figures_is_supported(
    claim: str, citations: tuple[tuple[int, str], ...]
) -> None:
    assert checked(claim, *citations).verdict == "supported"


def test_one_false_citation_spoils_a_claim_and_stays_to_be_seen() -> None:
    result = checked("計画を定める。", (3, "大学は計画を定める。"), (3, "大学は計画を破る。"))
    assert result.verdict == "unsupported"
    assert [c.verdict for c in result.citations] == ["quote_found", "quote_missing"]


def test_a_claim_without_citations_is_unsupported() -> None:
    assert checked("大学は計画を定める。").verdict == "unsupported"


def test_claims_keep_their_order() -> None:
    claims = [Claim(str(n), ()) for n in range(3)]
    assert [c.text for c in check(claims, ())] == ["0", "1", "2"]


def test_offsets_count_from_the_beginning_of_the_page() -> None:
    (citation,) = checked("主張", (4, "バイオバンク")).citations
    source = SOURCES[3]
    assert source[citation.start - 100 : citation.end - 100] == "ﾊﾞｲｵﾊﾞﾝｸ"


def test_a_quote_is_placed_in_its_own_section_not_in_what_its_chunk_shares() -> None:
    (page,) = read_markup("# 題\n\n## 甲\n\n甲の文。\n\n## 乙\n\n乙の文。\n")
    chunk = make_chunk("d", ("題",), 1, 0, len(page.text), page.text)
    claims = check([Claim("主張", (Citation(1, "乙の文。"), Citation(2, "x")))], [Evidence(1, chunk, "文書", 1.0)])
    assert claims[0].citations[0].section == ("題",)
    placed, unknown = place_in_sections(claims, {("d", 1): page})[0].citations
    assert placed.section == ("題", "乙")
    assert unknown.section == ()
