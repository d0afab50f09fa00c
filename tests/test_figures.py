"""What is read as a figure, with which value, and where it stands in the source."""

import time
from itertools import pairwise

import pytest

from lsqa.figures import Figure, Kind, find_figures, normal_form


def forms(text: str) -> list[str]:
    return [normal_form(figure) for figure in find_figures(text)]


def only(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


SAME: dict[str, tuple[str, ...]] = {
    "jpy4300000000": (
        "43億円",
        "４３億円",
        "43 億円",
        "4,300百万円",
        "¥43億",
        "¥4.3 billion",
        "4.3 billion yen",
        "4.3 billion\nyen",
        "4.3bn yen",
        "JPY 4.3 billion",
        "四十三億円",
    ),
    "jpy50000000": ("5,000万円", "５，０００万円", "5000万円", "5千万円", "50 million yen", "五千万円", "5 千万円"),
    "jpy1234567000000": ("1兆2,345億6,700万円",),
    "jpy15000": ("1万5000円", "15,000円", "15 thousand yen", "15千円"),
    "jpyneg10000000": ("△1,000万円", "▲1,000万円", "（-1,000万円）"),
    "usd1000000": ("100万ドル", "1 million dollars", "US$1 million", "$1m", "1 million US dollars"),
    "pct6.4": ("6.4%", "6.4％", "６．４％", "6.4 percent", "6.4 per cent", "6.4パーセント"),
    "pct30": ("3割", "三割", "30%", "約3割"),
    "pct35": ("3割5分",),
    "pct50": ("半数", "約半分", "about half", "half of the papers", "五割"),
    "pp5": ("5ポイント", "5 percentage points", "5%ポイント"),
    "fy2025": (
        "令和7年度",
        "令和７年度",
        "令\n和７年度",
        "２．令和７年度",
        "2025（令和 ７ ）年度",
        "令和 7 年度",
        "令和七年度",
        "令和7（2025）年度",
        "2025年度",
        "2025(令和7)年度",
        "二〇二五年度",
        "R7年度",
        "R7",
        "令和7当初予算",
        "FY2025",
        "FY 2025",
        "JFY2025",
        "FY25",
        "fiscal 2025",
        "Fiscal year 2025",
        "2025 fiscal year",
        "Reiwa 7 fiscal year",
        "令和7年度内",
    ),
    "fy2018": ("平成30年度", "H30年度", "H30", "FY2018"),
    "fy1985": ("昭和60年度", "S60年度"),
    "fy2019": ("令和元年度", "2019年度", "R元年度"),
    "y2025": ("令和7年", "2025年", "2025", "R7年", "二〇二五年", "Reiwa 7", "骨太方針2025", "(2025)", "2025年改訂版"),
    "y1981": ("1981年", "昭和56年", "’81", "'81"),
    "y1912": ("大正元年", "1912年"),
    "d20250626": (
        "2025年6月26日",
        "令和7年6月26日",
        "令和七年六月二十六日",
        "令和7年（2025年）6月26日",
        "R7.6.26",
        "2025-06-26",
        "2025/6/26",
        "June 26, 2025",
        "June 26th, 2025",
        "26 June 2025",
        "Jun. 26, 2025",
        "June 26,\n2025",
    ),
    "d0613": ("6月13日", "６月１３日", "June 13", "13 June"),
    "m202409": ("R6年9月", "2024年9月", "令和6年9月", "2024-09", "September 2024", "Sept. 2024", "2024年9月末"),
    "m09": ("9月", "9月末", "㋈"),
    "n1098": ("1,098人", "１，０９８人", "1098名", "1,098 people", "1,098 students"),
    "n6": ("6 機関", "6 institutions", "six institutions", "６機関", "**6**機関"),
    "n15": ("15国・地域", "15か国", "15カ国", "15 countries", "15 countries and regions"),
    "n3": ("3つ", "三つ", "３つ", "3要素", "三世代コホート", "three categories"),
    "n25": ("25大学", "twenty-five universities"),
    "x20": ("20倍", "２０倍", "20 times", "20-fold", "二十倍"),
    "rank8": ("第8位", "8位", "8th place", "ranked 8th", "ranks eighth", "8th in the world", "eighth place"),
    "dur5y": ("5年間", "5年", "五年", "5か年", "5ヵ年", "five years", "five-year", "5-year", "5年程度"),
    "dur40h": ("40時間", "週40時間以上", "40 hours"),
    "no14": ("第14回", "第１４回", "14th meeting", "fourteenth session"),
    "no3": ("第3期", "第三期", "third term", "3rd phase"),
    "no17": ("第17条", "第十七条", "Article 17"),
    "no21": ("21世紀", "21st century"),
    "n43": ("43ページ", "43 pages", "43頁"),
}


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in SAME.items() for text in texts])
def test_every_spelling_has_one_normal_form(form: str, text: str) -> None:
    assert forms(text) == [form]


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("43億円", "amount", "JPY"),
        ("8件", "count", "件"),
        ("8 cases", "count", "件"),
        ("24,934", "number", ""),
        ("43億", "number", ""),
        ("6.4%", "percent", "%"),
        ("世界8位", "rank", "位"),
        ("令和7年度", "fiscal_year", ""),
        ("令和7年", "year", ""),
        ("令和7年6月", "month", ""),
        ("令和7年6月26日", "date", ""),
        ("10年間", "duration", "年"),
        ("週40時間", "duration", "時間"),
        ("第14回", "ordinal", "回"),
        ("第3期健康・医療戦略", "ordinal", "期"),
        ("14回", "count", "回"),
        ("1980年代", "ordinal", "年代"),
        ("1つ目", "ordinal", "つ"),
        ("82\t人", "number", ""),  # two cells
        ("3\n件", "number", ""),
        ("24年度", "ordinal", "年度"),  # of which era is not said
    ],
)
def test_a_figure_has_a_kind_and_a_unit(text: str, kind: Kind, unit: str) -> None:
    assert (only(text).kind, only(text).unit) == (kind, unit)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("令和3年度～令和7年度", ["fy2021", "fy2025"]),
        ("令和7年度から令和11年度まで", ["fy2025", "fy2029"]),
        ("令和7～11年度", ["fy2025", "fy2029"]),
        ("令和６・７年度", ["fy2024", "fy2025"]),
        ("R7～R11", ["fy2025", "fy2029"]),
        ("令和5年～令和7年度", ["y2023", "fy2025"]),
        ("FY2021–2025", ["fy2021", "fy2025"]),
        ("FY2021 to FY2025", ["fy2021", "fy2025"]),
        ("fiscal years 2021 to 2025", ["fy2021", "fy2025"]),
        ("2024-25年度", ["fy2024", "fy2025"]),
        ("1981～2022年", ["y1981", "y2022"]),
        ("1981〜2022年", ["y1981", "y2022"]),
        ("2011-2023年累積", ["y2011", "y2023"]),
        ("2019年～2021年平均", ["y2019", "y2021"]),
        ("平成30～令和2年", ["y2018", "y2020"]),
        ("2025年4月～6月", ["m202504", "m202506"]),
        ("2025年1～3月", ["y2025", "m202501", "m202503"]),
        ("4～6月", ["m04", "m06"]),
        ("週1～10時間", ["dur1h", "dur10h"]),
        ("31 to 40 hours", ["dur31h", "dur40h"]),
        ("3～5億円", ["jpy300000000", "jpy500000000"]),
        ("3億～5億円", ["jpy300000000", "jpy500000000"]),
        ("500～1億円", ["jpy500", "jpy100000000"]),
        ("¥3–5 billion", ["jpy3000000000", "jpy5000000000"]),
        ("10-20%", ["pct10", "pct20"]),
        ("第3～5回", ["no3", "no5"]),
        ("5～10人", ["n5", "n10"]),
    ],
)
def test_a_range_yields_its_two_ends_with_what_they_share(text: str, ends: list[str]) -> None:
    assert forms(text) == ends


@pytest.mark.parametrize(
    "text",
    [
        "B-cure",
        "TRIP1/TRIP2/TRIP3",
        "シーズS0、S1、S2",
        "SPring-8",
        "Top10%補正論文数",
        "トップ10%論文",
        "Beyond 5G",
        "Society 5.0",
        "iPS細胞",
        "2型糖尿病",
        "２型糖尿病",
        "type 2 diabetes",
        "COVID-19",
        "G7を始め",
        "GPT-4",
        "①②③ ⑴ ⒈ Ⅲ",
        "R²",
        "(1) 在り方",
        "（２）活用",
        "1. はじめに",
        "### 3. 「投資立国」",
        "2) 次に",
        "注1 分数カウント",
        "(注1) Article",
        "※1",
        "資料5-4",
        "図3",
        "Table 2",
        "p. 43",
        "[12]",
        "十分に配慮する",
        "一般住民、一部、一層、一体",
        "三重大学と千葉大学と四国",
        "第三者",
        "数十万人以上",
        "一人ひとり",
        "その一つである",
        "one of them",
        "単位：百万円",
        "前年度",
        "https://example.jp/2025/06/26/a5.html",
        "",
        "1" * 30,
    ],
)
def test_names_labels_enumerators_and_idioms_hold_no_figure(text: str) -> None:
    assert forms(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("週1～10時間\t341\t31.3%", ["dur1h", "dur10h", "n341", "pct31.3"]),
        ("中国\t24,934\n米国\t11,181", ["n24934", "n11181"]),
        ("令和7年度予算額 43億円\n(前年度予算額 43億円)", ["fy2025", "jpy4300000000", "jpy4300000000"]),
        ("2040年には2020年の20倍に成長", ["y2040", "y2020", "x20"]),
        ("2011-2023年累積上位15国・地域", ["y2011", "y2023", "n15"]),
        ("プログラム：１５２億円（５年間）", ["jpy15200000000", "dur5y"]),
        ("R6年9月 事業実施機関として4機関を採択", ["m202409", "n4"]),
        ("14億円※（14億円）", ["jpy1400000000", "jpy1400000000"]),
        ("10人材、15国立大学、10千葉県、2025日本", ["n10", "n15", "n10", "y2025"]),
        ("5%\n-15%", ["pct5", "pctneg15"]),
        ("- 5人\n- 8件", ["n5", "n8"]),
        ("1,2,3", ["n1", "n2", "n3"]),
        ("1,2345件", ["n1", "n2345"]),
        ("12 34", ["n12", "n34"]),
        ("21,000万円", ["jpy210000000"]),
        ("3機関\n5億円", ["n3", "jpy500000000"]),
        ("4.3 billion yen in FY2025, or 6.4% more", ["jpy4300000000", "fy2025", "pct6.4"]),
    ],
)
def test_neighbouring_figures_are_kept_apart(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("予算は４３億円、５年間", ["４３億円", "５年間"]),
        ("か\u3099ん ﾌﾟﾛｸﾞﾗﾑ １，０９８人（６．４％）", ["１，０９８人", "６．４％"]),
        ("　令和　７　年度 ", ["令和　７　年度"]),
        ("令和７〜１１年度", ["令和７", "１１年度"]),
        ("約40年間", ["40年間"]),
        ("㍻30年", ["㍻30年"]),
        ("第１４回（2025年５月）", ["第１４回", "2025年５月"]),
        ("by June\u00a026, 2025.", ["June\u00a026, 2025"]),
    ],
)
def test_offsets_point_at_the_figure_in_the_source(text: str, pieces: list[str]) -> None:
    assert [text[f.start : f.end] for f in find_figures(text)] == pieces


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        ("約3割", [True]),
        ("約 40年間", [True]),
        ("およそ1万人", [True]),
        ("5年程度", [True]),
        ("4機関程度", [True]),
        ("about 30 percent", [True]),
        ("approximately 4.3 billion yen", [True]),
        ("約2,000件から3,000件", [True, True]),
        ("5～10人程度", [True, True]),
        ("半数", [True]),
        ("3割", [False]),
        ("最長10年間", [False]),
        ("約3割、8件", [True, False]),
    ],
)
def test_words_of_approximation_are_noted(text: str, approximate: list[bool]) -> None:
    assert [f.approximate for f in find_figures(text)] == approximate


@pytest.mark.parametrize(
    "era", [("令和", "R", 2018, 30), ("平成", "H", 1988, 31), ("昭和", "S", 1925, 64), ("大正", "T", 1911, 15)]
)
def test_every_year_of_an_era_is_its_gregorian_year(era: tuple[str, str, int, int]) -> None:
    name, letter, offset, last = era
    for n in range(1, last + 1):
        for text in (f"{name}{n}年", f"{letter}{n}年", f"{offset + n}年"):
            assert forms(text) == [f"y{offset + n}"]
        for text in (f"{name}{n}年度", f"{letter}{n}年度", f"{offset + n}年度", f"FY{offset + n}"):
            assert forms(text) == [f"fy{offset + n}"]
        for text in (f"{name}{n}年3月5日", f"{offset + n}-03-05", f"March 5, {offset + n}"):
            assert forms(text) == [f"d{offset + n}0305"]
    assert forms(f"{name}元年") == [f"y{offset + 1}"]


def test_a_year_that_its_era_does_not_have_is_no_year() -> None:
    assert [f.kind for text in ("平成40年", "昭和65年") for f in find_figures(text)] == ["duration", "duration"]


@pytest.mark.parametrize("text", ["2025年2月30日", "2025年13月", "2025-02-30", "February 30, 2025"])
def test_a_day_that_the_calendar_does_not_have_is_no_date(text: str) -> None:
    assert not {"date", "month"} & {f.kind for f in find_figures(text)}


@pytest.mark.parametrize("value", [1, 7, 10, 19, 99, 100, 1098, 5000, 24934, 123456789])
def test_a_value_reads_back_from_every_way_of_writing_it(value: int) -> None:
    wide = f"{value:,}".translate(str.maketrans("0123456789,", "０１２３４５６７８９，"))
    for text in (f"{value}件", f"{value:,}件", f"{wide}件", f"{value:,} cases"):
        assert only(text).value == value
    assert only(f"{value:,}万円").value == value * 10**4 == only(f"{value / 100} million yen").value


def test_figures_come_in_order_and_never_overlap() -> None:
    text = "令和7年6月26日、第14回、FY2021–2025に43億円（約6.4%）、2011-2023年上位15国・地域、half of 8th place, 二十人"
    found = find_figures(text)
    assert len(found) == 12
    assert all(a.start < a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("unit", "length"),
    [("7", 100_000), ("令和", 100_000), ("億", 100_000)]
    + [
        (u, 20_000)
        for u in ("1,", "1,111,", "1.", "1億", "1～", "2025年～", "十", "- ", "five ", "1(", "2025(2025", "¥1")
    ],
)
def test_time_is_linear_in_the_text(unit: str, length: int) -> None:
    # Against a fifth of the text, three times, as machines are shared: linear is 5, quadratic 25.
    assert any(_seconds((unit * length)[:length]) < 12 * _seconds((unit * length)[: length // 5]) for _ in range(3))


def _seconds(text: str) -> float:
    began = time.process_time()
    find_figures(text)
    return time.process_time() - began


def test_a_number_at_the_begin_of_a_row_is_one_whatever_the_head_above_it_ends_in() -> None:
    assert [f.value for f in find_figures("順位\t件数\n1\t中国")] == [1]
    assert find_figures("数1") == ()
