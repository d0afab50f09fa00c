"""What is true and told in other words is not called contradicted."""

import pytest

from lsqa.checking import Passage, judge
from lsqa.checking.judging import Verdict
from lsqa.statements.differences import differences
from lsqa.statements.multiples import other_base
from lsqa.statements.names import is_described, names
from lsqa.statements.predicates import content_tokens, mood_mismatch

MARKET = "灯台の市場は2035年に2015年の8倍になる見込みである。"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("灯台の予算は5億円で、前年度から変動がない。", "令和7年度予算額\t5億円\t前年度予算額\t5億円"),
        ("灯台の数は8基で、前の年と変わらない。", "灯台は今年も前の年も8基である。"),
        ("There was no change in the budget.", "今年の予算は5億円、前年の予算も5億円である。"),
    ],
)
def test_what_does_not_change_is_no_denial(claim: str, quote: str) -> None:
    assert mood_mismatch(claim, [quote]) is None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("灯台の予算に変動がない。", "灯台の予算に変動がある。"),
        ("灯台の制度は変わらない。", "灯台の制度は来年度に変わる。"),
        ("灯台の予算は増額しない。", "灯台の予算を増額する。"),
    ],
)
def test_a_change_that_the_quotes_tell_of_is_denied(claim: str, quote: str) -> None:
    assert mood_mismatch(claim, [quote]) is not None


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("灯台の市場は2015年から2035年にかけて8倍になる見込みである。", "supported"),
        ("灯台の市場は2035年に2015年の8倍になる。", "not_found"),  # said of what is only expected
        ("灯台の市場は2035年に2015年の9倍になる見込みである。", "contradicted"),
        ("灯台の市場は2015年に2035年の8倍になる見込みである。", "contradicted"),
        ("灯台の市場は2035年から2015年にかけて8倍になる見込みである。", "contradicted"),
    ],
)
def test_a_multiple_is_of_both_its_years_in_their_order(claim: str, verdict: Verdict) -> None:
    assert judge(claim, [Passage((MARKET,))]).verdict == verdict


def test_the_year_that_a_multiple_is_counted_from_in_english() -> None:
    assert other_base("In 2035 it will be eight times the size of 2015.", [MARKET]) is None
    assert other_base("In 2015 it will be eight times the size of 2035.", [MARKET]) == ("2035", "2015年")
    assert other_base("It was built in 2035.", [MARKET]) is None


@pytest.mark.parametrize(
    ("claim", "quote", "verdict"),
    [
        ("灯台の改修を実施する。", "灯台の改修を検討する。", "not_found"),
        ("灯台の改修に努める。", "灯台の改修を実施する。", "not_found"),
        ("灯台の改修を実施しなければならない。", "灯台の改修を実施する。", "not_found"),
        ("灯台の改修を実施しない。", "灯台の改修を実施する。", "contradicted"),
        ("灯台の改修を実施する。", "灯台の改修を実施しない。", "contradicted"),
        ("灯台の改修を実施してはならない。", "灯台の改修を実施する。", "contradicted"),
        # Another figure contradicts in whatever mood, and no mood alone.
        ("灯台の改修に5億円を充てる。", "灯台の改修に4億円を充てる見込みである。", "contradicted"),
        ("灯台の改修に5億円を充てる。", "灯台の改修に5億円を充てる見込みである。", "not_found"),
    ],
)
def test_of_moods_only_a_denial_contradicts(claim: str, quote: str, verdict: Verdict) -> None:
    assert judge(claim, [Passage((quote,))]).verdict == verdict


@pytest.mark.parametrize(
    ("name", "heading", "expected"),
    [
        ("灯台基金", "灯台の保守と改修のための基金", True),
        ("灯台基金", "港湾の保守のための基金", False),
        ("灯台基金", "基金による灯台の保守", False),  # in another order
        ("那覇基金", "那覇の港のための基金", False),  # a proper name names
        ("灯台保守技術支援基金", "灯台の保守に当たる技術者への支援に充てる基金", False),  # too long to describe
        ("LIGHT基金", "LIGHTのための基金", False),
    ],
)
def test_a_compound_of_common_nouns_describes_what_a_heading_names(name: str, heading: str, expected: bool) -> None:
    (found,) = names(name) or (None,)
    assert found is not None
    assert is_described(found, [heading]) == expected


def test_what_a_heading_describes_is_no_other_name() -> None:
    quote, heading = "海洋保全基金は港を改修した。", "灯台の改修のための基金"
    assert not differences("灯台基金は港を改修した。", [quote], [heading])
    (difference,) = differences("灯台基金は港を改修した。", [quote])
    assert (difference.claimed, difference.quoted) == ("灯台基金", "海洋保全基金")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("春から夏にかけて灯台を直す。", ["春", "夏", "灯台", "直す"]),
        ("予算を灯台にかける。", ["予算", "灯台", "かける"]),
        ("修理は8件に上った。", ["修理", "件"]),
        ("職員が灯台に上った。", ["職員", "灯台", "上る"]),
        ("那覇は基地に位置付けられる。", ["那覇", "基地"]),
        ("那覇に位置する。", ["那覇", "位置"]),
        ("増加が見込まれる。", ["増加"]),
    ],
)
def test_verbs_that_are_particles_say_nothing_by_themselves(text: str, words: list[str]) -> None:
    assert [token.form for token in content_tokens(text)] == words


TABLE = ("順位\t港\t隻数", "3\t那覇\t250")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("隻数で那覇の港は3番目に多い。", "supported"),
        ("隻数で那覇の港は3位である。", "supported"),
        ("隻数で那覇の港は4番目に多い。", "contradicted"),
        ("隻数で那覇の港は3番目に少ない。", "not_found"),
    ],
)
def test_the_nth_is_a_rank(claim: str, verdict: Verdict) -> None:
    assert judge(claim, [Passage(TABLE)]).verdict == verdict


def test_the_nth_is_no_number_of_a_meeting() -> None:
    assert judge("那覇の会議は3番目である。", [Passage(("那覇の会議は第3回である。",))]).verdict != "supported"


EQUAL = "令和7年度予算額\t5億円\t前年度予算額\t5億円"
GROWN = "令和7年度予算額\t5億円\t前年度予算額\t4億円"


@pytest.mark.parametrize(
    ("claim", "quote", "verdict"),
    [
        ("令和7年度の予算額は5億円で、前年度から増減がない。", EQUAL, "supported"),
        ("令和7年度の予算額は5億円で、前年度と同額である。", EQUAL, "supported"),
        ("令和7年度の予算額は5億円で、前の年度と変わらない。", EQUAL, "supported"),
        ("令和7年度の予算額は5億円で、前年度と同額である。", GROWN, "not_found"),
        ("令和7年度の予算額は4億円で、前年度と同額である。", GROWN, "contradicted"),
        ("令和7年度の予算額は6億円で、前年度と同額である。", EQUAL, "contradicted"),
        ("The budget for fiscal 2025 is 500 million yen, the same as the year before.", EQUAL, "supported"),
        ("The budget for fiscal 2025 is 500 million yen, unchanged from the previous year.", EQUAL, "supported"),
        ("The budget for fiscal 2025 is 500 million yen, the same as the year before.", GROWN, "not_found"),
    ],
)
def test_what_is_as_it_was_the_year_before_is_proved_by_both_figures(claim: str, quote: str, verdict: Verdict) -> None:
    assert judge(claim, [Passage((quote,))]).verdict == verdict
