"""When one figure proves another, and when it must not."""

import pytest

from lsqa.figures import Figure, agree, find_figures, normal_form, supports, unsupported_figures


def only(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("43億円", "4.3 billion yen"),
        ("5,000万円", "５０００万円"),
        ("令和7年度", "FY2025"),
        ("R7", "2025年度"),
        ("令和7年6月26日", "June 26, 2025"),
        ("約3割", "30%"),
        ("6機関", "six institutions"),
        ("8つの大学", "8大学"),
        ("三つの拠点", "3拠点"),
        ("20倍", "20 times"),
        ("第8位", "ranked 8th"),
        ("最長10年間", "ten years"),
        ("第14回", "14th meeting"),
        ("1,098人", "1,098 people"),
        ("約半数", "about half"),
        ("100人", "a hundred people"),
        ("250人", "two hundred and fifty people"),
        ("12大学", "a dozen universities"),
    ],
)
def test_spellings_of_one_figure_agree_and_support_each_other(a: str, b: str) -> None:
    assert agree(only(a), only(b))
    assert supports(only(a), only(b))
    assert supports(only(b), only(a))
    assert normal_form(only(a)) == normal_form(only(b))


NEVER = [
    ("5,000万円", "1,000万円"),
    ("21,000万円", "1,000万円"),
    ("令和5年度", "令和7年度"),
    ("令和5", "令和7"),
    ("令和7年度", "令和17年度"),
    ("令和7年", "平成7年"),
    ("43億円", "43万円"),
    ("43億円", "43億ドル"),
    ("43 billion yen", "4.3 billion yen"),
    ("92億円", "92件"),
    ("6.4%", "64%"),
    ("6.4%", "6.4ポイント"),
    ("3割", "3%"),
    ("8件", "8機関"),
    ("8つの大学", "8つの企業"),
    ("大学は8つ", "8つの大学"),
    ("8大学", "9つ"),
    ("8人", "8年"),
    ("2025年度", "2025年"),
    ("FY2025", "2025"),
    ("第14回", "14回"),
    ("第8位", "第8回"),
    ("第14回", "第14条"),
    ("43", "43億円"),
    ("92", "92円"),
    ("31.3", "31.3%"),
    ("31.3%", "31.3"),
    ("5年間", "5"),
    ("第8位", "8"),
    ("24,934", "24,943"),
    ("10年間", "10か月"),
    ("10年", "2010年"),
    ("2025年6月13日", "2025年6月26日"),
    ("2025年6月", "2024年6月"),
    ("△3%", "3%"),
    ("20倍", "20%"),
    ("1980年代", "1980年"),
    ("Top10%", "10%"),
    ("SPring-8", "8件"),
    ("2型糖尿病", "2件"),
]


@pytest.mark.parametrize(("evidence", "claim"), NEVER)
def test_one_figure_is_never_taken_for_another(evidence: str, claim: str) -> None:
    assert unsupported_figures(claim, [evidence]) == find_figures(claim) != ()


@pytest.mark.parametrize(("a", "b"), [pair for pair in NEVER if find_figures(pair[0])])
def test_what_differs_does_not_agree_either_way(a: str, b: str) -> None:
    assert not agree(only(a), only(b))
    assert not agree(only(b), only(a))


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("2025年6月13日", "2025"),
        ("2025年6月13日", "令和7年"),
        ("令和7年6月13日", "June 2025"),
        ("令和7年6月13日", "6月13日"),
        ("令和7年6月13日", "6月"),
        ("R6年9月", "2024年"),
        ("R6年9月", "9月"),
        ("6月13日", "6月"),
        ("8件", "8 seeds"),
        ("43億円", "43億"),
        ("第3期", "the 3rd strategy"),
        ("第8位", "the 8th"),
    ],
)
def test_a_figure_supports_a_claim_that_says_less_but_not_the_reverse(evidence: str, claim: str) -> None:
    assert unsupported_figures(claim, [evidence]) == ()
    assert supports(only(evidence), only(claim))
    assert not agree(only(evidence), only(claim))
    assert normal_form(only(claim)) == "n8" or not supports(only(claim), only(evidence))


def test_a_table_cell_without_a_unit_supports_a_count_but_no_amount_share_or_duration() -> None:
    row = "中国\t24,934\t5"
    assert unsupported_figures("中国は24,934件", [row]) == ()
    assert len(unsupported_figures("24,934円、5%、5年間", [row])) == 3


def test_the_unproven_figures_of_a_claim_come_back_with_their_place() -> None:
    claim = "B-cureの令和7年度予算は９２億円で、期間は令和3年度から令和7年度です。"
    evidence = ["令和7年度予算額 43億円", "事業実施期間 令和3年度～令和7年度"]
    (figure,) = unsupported_figures(claim, evidence)
    assert claim[figure.start : figure.end] == "９２億円"


def test_an_english_claim_is_proved_by_japanese_slides() -> None:
    slides = (
        "橋渡し研究支援プログラム：54億円\n令和3年度～",
        "スタートアップ支援プログラム：152億円（5年間）",
        "論文数では世界で第8位、外国籍研究者(約3割)、R6年9月 4機関を採択、2020年の20倍",
    )
    claim = (
        "From FY2021 the programme received 5.4 billion yen and 15.2 billion yen over five years; Japan ranked 8th, "
        "about 30% of researchers were foreign, 4 institutions were chosen in September 2024, the market grows 20-fold."
    )
    assert len(find_figures(claim)) == 9
    assert unsupported_figures(claim, slides) == ()


def test_without_evidence_every_figure_is_unproven_and_without_figures_nothing_is() -> None:
    assert unsupported_figures("予算は43億円", []) == find_figures("予算は43億円")
    assert unsupported_figures("予算は増えた", []) == ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Eight universities take part.", "8校の大学が参加する。"),
        ("Eight universities take part.", "八校の大学が参加する。"),
        ("Eight universities were selected.", "採択大学：8校"),
        ("Eight universities take part.", "参加大学数は計8校である。"),
        ("Three universities take part.", "高校8校と大学3校が参加する。"),
        ("Twelve companies take part.", "参加企業は12社である。"),
        ("Two new hubs were selected.", "2拠点を新たに選定した。"),
        ("The two hubs were selected.", "両拠点を選定した。"),
        ("There are one or two ways.", "方法がある。"),
        ("8校の大学が参加する。", "8大学が参加する。"),
        ("8大学が参加する。", "8校の大学が参加する。"),
    ],
)
def test_a_count_is_proved_by_a_counter_that_stands_with_its_noun(claim: str, quote: str) -> None:
    assert unsupported_figures(claim, [quote]) == ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Nine universities take part.", "8校の大学が参加する。"),
        ("Eight universities take part.", "高校8校と大学3校が参加する。"),
        ("Eight universities take part.", "大学と高校8校が参加する。"),
        ("Eight universities take part.", "大学等8校が参加する。"),
        ("Eight companies take part.", "8校の大学が参加する。"),
        ("Two new hubs were selected.", "8拠点を新たに選定した。"),
        ("Two hundred universities take part.", "2大学が参加する。"),
        ("A hundred researchers take part.", "250人の研究者が参加する。"),
        ("8校の大学が参加する。", "8機関の大学が参加する。"),
        ("8校が参加する。", "8大学が参加する。"),
    ],
)
def test_a_count_is_not_proved_by_another_noun_or_number(claim: str, quote: str) -> None:
    assert unsupported_figures(claim, [quote])
