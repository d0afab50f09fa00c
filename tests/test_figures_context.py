"""Figures that need what stands around them: a column's head, the date of the text, an era that is left out."""

import pytest

from lsqa.figures import find_figures, table_rows, unsupported_figures
from lsqa.figures.columns import column_figures
from lsqa.figures.relative import relative_figures

RANKS = "国\t世界順位\t論文数\n日本\t10\t83,000\n中国\t2\t210,000"


@pytest.mark.parametrize("claim", ["日本は10位", "Japan ranked 10th", "中国は第2位", "日本の論文数は83,000件"])
def test_a_bare_number_proves_a_rank_under_a_head_of_ranks(claim: str) -> None:
    assert unsupported_figures(claim, [RANKS]) == ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("日本は83,000位", RANKS),
        ("日本は10位", "国\t論文数\n日本\t10"),
        ("日本は10位", "国\t単位\n日本\t10"),
        ("日本は10位", "日本\t10"),
        ("日本は10位", "順位\n日本は10"),
        ("日本は10位", "順位\t国\n日本\t10"),
        ("日本は10位", RANKS.replace("日本\t10", "日本\t11")),
        ("43億円", "事業\t予算（百万円）\n甲\t43"),
        ("31.3%", "区分\t回答数\n甲\t31.3"),
    ],
)
def test_no_other_head_makes_a_bare_number_a_rank(claim: str, quote: str) -> None:
    assert unsupported_figures(claim, [quote]) != ()


@pytest.mark.parametrize(
    ("claim", "head", "cell"),
    [
        ("43億円", "予算（億円）", "43"),
        ("4.3 billion yen", "予算額（百万円）", "4,300"),
        ("31.3%", "割合（％）", "31.3"),
        ("10年間", "期間（年）", "10"),
        ("△5億円", "増減（億円）", "△5"),
    ],
)
def test_a_head_with_a_unit_gives_it_to_its_column(claim: str, head: str, cell: str) -> None:
    assert unsupported_figures(claim, [f"事業\t{head}\n甲\t{cell}"]) == ()
    assert unsupported_figures(claim, [f"事業\t値\n甲\t{cell}"]) != ()


def test_rows_know_the_heads_over_their_cells() -> None:
    rows = table_rows("題\n国\t順位\t\n（計）\t世界\n日本\t10\t5\n後")
    assert [row.heads for row in rows] == [("国 （計）", "順位 世界", "")]
    assert table_rows("表はない") == ()
    assert column_figures("国\t順位") == ()


@pytest.mark.parametrize(
    ("written", "claim"),
    [
        ("今年度から始める", "令和元年度"),
        ("来年度から始める", "2020年度"),
        ("昨年度に終えた", "FY2018"),
        ("昨年の十月に開始", "2018年10月"),
        ("来月開く", "2019年10月"),
        ("年度内に終える", "元年度"),
        ("今月から", "元年9月"),
    ],
)
def test_a_text_names_times_by_its_own_date(written: str, claim: str) -> None:
    assert unsupported_figures(claim, [written], "2019-09-10") == ()
    assert unsupported_figures(claim, [written], "2016-09-10") != ()
    assert unsupported_figures(claim, [written]) != ()


def test_fiscal_years_begin_in_april_and_months_go_over_the_year_s_end() -> None:
    assert [int(f.value) for f in relative_figures("今年度", "2020-03-31")] == [2019]
    assert [int(f.value) for f in relative_figures("来月", "2020-12-01")] == [202101]
    assert relative_figures("前年度の予算", "2020-12-01") == ()
    assert relative_figures("今年度", "2020") == ()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("31年度", "平成三十一年度"),
        ("3年度", "令和三年度"),
        ("2年3月", "令和二年三月"),
        ("4月", "四月"),
        ("65歳", "六十五歳"),
    ],
)
def test_short_spellings_of_minutes_are_proved_by_full_ones(claim: str, evidence: str) -> None:
    assert unsupported_figures(claim, [evidence]) == ()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("30年度", "平成三十一年度"),
        ("令和3年度", "3年度"),
        ("三か所に置く", "二か所に置く"),
        ("一億立方メートルの施設", "百四十万立方メートルの施設"),
        ("東京二〇〇二大会", "東京二〇二〇大会"),
        ("5戸", "四戸"),
    ],
)
def test_what_differs_stays_unproven(claim: str, evidence: str) -> None:
    assert unsupported_figures(claim, [evidence]) != ()


def test_a_kanji_numeral_that_is_unread_is_proved_by_itself() -> None:
    assert unsupported_figures("百四十万立方メートル", ["累計百四十万立方メートルの施設"]) == ()
    assert find_figures("一億総活躍") == ()
    assert unsupported_figures("一般の方が一人ひとり", [""]) == ()
