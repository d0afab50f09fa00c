"""How much of a question stands in a unit, and where: by whole words, by their parts, by figures and by kind."""

import math
from collections.abc import Callable

import pytest

from lsqa.asked_kinds import holds
from lsqa.question_forms import AskedKind
from lsqa.questions import Part, Question, Term, analyse, key
from lsqa.readers.markup import read_markup
from lsqa.relevance import (
    BY_PARTS,
    BY_UNITS,
    IN_CAPTION,
    IN_HEADINGS,
    IN_TITLE,
    IN_UNIT,
    ON_PAGE,
    PREMISE_WEIGHT,
    Relevance,
    Surroundings,
    absent_share,
    inverse_frequency,
    kind_level,
    other_years,
    question_weights,
    relevance,
    stands_in,
    surroundings,
    term_level,
    term_weight,
    union_coverage,
)
from lsqa.units import Unit, page_units

SLIDE = """\
# 星間物質の観測

## 拠点の整備

令和7年度の予算は12億円である。札幌の施設が中心となる。

機器の一覧

| 名称 | 台数 |
|---|---|
| 望遠鏡 | 3 |
| 分光器 | 11 |

## 人材の育成

- 大学は7校である。
- 学生を支援する。
"""
DOCUMENT_TITLE = "あけぼの計画"


def unit(text: str, slide: str = SLIDE) -> Unit:
    """The smallest unit of the slide whose own words contain `text`."""
    found = [u for u in page_units(read_markup(slide)[0]) if text in u.body and u.kind != "heading"]
    return min(found, key=lambda u: len(u.text))


def alike(part: Part) -> float:
    return 1.0


def features(question: str, text: str, slide: str = SLIDE, weight: Callable[[Part], float] = alike) -> Relevance:
    found = unit(text, slide)
    around = surroundings(found, found.page.title, DOCUMENT_TITLE)
    return relevance(analyse(question), found, around, weight)


def around(own: str = "", page: str = "") -> Surroundings:
    return Surroundings(own=own, caption="", headings="", title="", page=f"{page}\n{own}")


# Where a term stands


@pytest.mark.parametrize(
    ("question", "text", "level"),
    [
        ("札幌は？", "札幌の施設", IN_UNIT),
        ("望遠鏡は？", "望遠鏡", IN_UNIT),
        ("台数は？", "望遠鏡", IN_CAPTION),
        ("機器は？", "望遠鏡", IN_CAPTION),
        ("人材は？", "学生を支援", IN_HEADINGS),
        ("観測は？", "学生を支援", IN_HEADINGS),
        ("あけぼのは？", "学生を支援", IN_TITLE),
        ("望遠鏡は？", "学生を支援", ON_PAGE),
        ("潜水艦は？", "学生を支援", 0.0),
    ],
)
def test_a_term_counts_by_where_it_stands(question: str, text: str, level: float) -> None:
    found = features(question, text)
    assert found.found == (level,)
    assert found.coverage == pytest.approx(level)


def test_the_nearer_the_better() -> None:
    assert IN_UNIT > IN_CAPTION > IN_HEADINGS > IN_TITLE > ON_PAGE > 0


def test_what_only_names_a_unit_is_near_it_and_not_in_it() -> None:
    headed = next(u for u in page_units(read_markup(SLIDE)[0]) if u.kind == "headed")
    near = surroundings(headed, "", DOCUMENT_TITLE)
    assert headed.quotes[0] == "拠点の整備"
    assert "拠点" not in near.own
    assert "拠点" in near.caption


def test_a_slide_that_lost_its_title_is_about_its_headings() -> None:
    lost = "## 望遠鏡の整備\n\n金額は非公開である。\n\n## 人材\n\n学生を支援する。\n"
    assert features("望遠鏡は？", "学生", lost).found == (IN_TITLE,)


def test_the_title_of_another_slide_does_not_count() -> None:
    found = unit("学生を支援")
    elsewhere = surroundings(found, "深海の観測", DOCUMENT_TITLE)
    assert "深海" in elsewhere.title
    assert "星間" not in elsewhere.title


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("ai", "the ai act", True),
        ("ai", "aim high", False),
        ("ai", "said", False),
        ("ai", "aim of ai", True),
        ("ai", "生成ai技術", True),
        ("ai", "ai2", False),
        ("b-cure", "(b-cure)", True),
        ("cure", "secure", False),
        ("予算", "補正予算額", True),
        ("研究開発", "研究 開発", True),
        ("予算", "計算", False),
        ("京大", "東京大学", False),
        ("京大", "京大", True),
        ("筑波大", "筑波大学", True),
        ("拡大", "規模拡大", True),
        ("拡大", "規模拡大学習", False),
        ("", "何でも", False),
        ("予算", "", False),
    ],
)
def test_a_latin_word_stands_only_as_a_whole(word: str, text: str, expected: bool) -> None:
    assert stands_in(word, text) is expected


# Compounds


def plain(*spellings: str) -> Part:
    return Part(spellings, ())


def compound(*parts: Part) -> Term:
    text = "".join(p.alternatives[0] for p in parts)
    return Term(text, (text,), parts, 1.0, is_name=False)


@pytest.mark.parametrize(
    ("own", "page", "level"),
    [
        ("観測拠点を置く", "", 1.0),
        ("拠点を観測のために置く", "", BY_PARTS),
        ("観測を行う", "", BY_PARTS / 2),
        ("観測を行う", "拠点", BY_PARTS * (1 + ON_PAGE) / 2),
        ("学生を支援する", "観測拠点", ON_PAGE),
        ("学生を支援する", "", 0.0),
    ],
)
def test_a_compound_counts_whole_or_by_its_parts(own: str, page: str, level: float) -> None:
    assert term_level(compound(plain("観測"), plain("拠点")), around(own, page)) == pytest.approx(level)


def test_parts_near_by_outweigh_the_whole_far_off() -> None:
    assert term_level(compound(plain("観測"), plain("拠点")), around("観測のための拠点", "観測拠点")) == BY_PARTS


def test_a_word_may_stand_by_its_short_units() -> None:
    word = Part(("研究開発",), ("研究", "開発"))
    term = Term("研究開発", ("研究開発",), (word,), 1.0, is_name=False)
    assert term_level(term, around("開発のための研究")) == pytest.approx(BY_UNITS)
    assert term_level(term, around("開発を行う")) == pytest.approx(BY_UNITS / 2)
    assert term_level(term, around("研究開発を行う")) == 1.0


def test_any_spelling_counts_as_the_word() -> None:
    term = Term("拠点", ("拠点", "ハブ"), (plain("拠点", "ハブ"),), 1.0, is_name=False)
    assert term_level(term, around("国際ハブを置く")) == 1.0


@pytest.mark.parametrize(
    ("question", "broken"),
    [
        ("星間観測は？", 0.0),
        ("深海観測は？", 0.5),
        ("深海探査は？", 1.0),
        ("観測は？", 0.0),
        ("深海は？", 0.0),
    ],
)
def test_a_compound_is_broken_by_the_share_of_its_words_that_stand_nowhere(question: str, broken: float) -> None:
    assert features(question, "学生を支援").broken == pytest.approx(broken)


def test_rare_words_break_a_compound_more() -> None:
    def weight(part: Part) -> float:
        return 3.0 if "深海" in part.alternatives else 1.0

    assert features("深海観測は？", "学生を支援", weight=weight).broken == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("札幌と望遠鏡は？", 0.0),
        ("札幌と潜水艦は？", 0.5),
        ("鯨と潜水艦は？", 1.0),
        ("札幌の予算はいくらか", 0.0),
        ("札幌の賃金はいくらか", 0.5),
        ("どうするか", 0.0),
    ],
)
def test_the_share_of_naming_words_that_stand_nowhere(question: str, absent: float) -> None:
    found = unit("学生を支援")
    near = surroundings(found, found.page.title, DOCUMENT_TITLE)
    assert absent_share(analyse(question), near, alike) == pytest.approx(absent)


def test_what_names_the_kind_asked_for_is_not_missed() -> None:
    near = around("学生を支援する")
    question = analyse("学生の予算はいくらか")
    assert [t.is_asked for t in question.terms] == [False, True]
    assert absent_share(question, near, alike) == 0.0


def test_missing_are_the_naming_words_and_figures_that_stand_nowhere() -> None:
    found = features("潜水艦の令和3年度の99億円を望遠鏡に使うか", "学生を支援")
    assert found.missing == ("潜水艦", "令和3年度", "99億円")
    assert features("望遠鏡の令和7年度の12億円は？", "学生を支援").missing == ()


# Figures taken for granted


@pytest.mark.parametrize(
    ("question", "text", "level"),
    [
        ("令和7年度に始まるのは？", "令和7年度の予算", 1.0),
        ("2025年度に始まるのは？", "令和7年度の予算", 1.0),
        ("R7年度に始まるのは？", "令和7年度の予算", 1.0),
        ("What started in FY2025?", "令和7年度の予算", 1.0),
        ("1,200,000,000円のものは？", "令和7年度の予算", 1.0),
        ("令和5年度に始まるのは？", "令和7年度の予算", 0.0),
        ("12万円のものは？", "令和7年度の予算", 0.0),
        ("令和7年度に始まるのは？", "学生を支援", 0.5),
        ("令和7年度の99億円は？", "令和7年度の予算", 0.0),
        ("どれが始まるか", "学生を支援", 1.0),
    ],
)
def test_a_figure_taken_for_granted_counts_by_its_value(question: str, text: str, level: float) -> None:
    assert features(question, text).premises == level


def test_a_figure_in_a_heading_stands_with_what_is_under_it() -> None:
    slide = "# 計画\n\n## 令和6年度の取組\n\n学生を支援する。\n"
    assert features("2024年度の取組は？", "学生を支援", slide).premises == 1.0


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("令和5年度の予算はいくらか", 0.0),
        ("令和9年度の予算はいくらか", 0.0),
        ("令和7年度の予算はいくらか", 1.0),
        ("令和5年度からの期間は？", 1.0),
    ],
)
def test_the_first_year_of_a_period_is_not_the_year_of_an_amount(question: str, level: float) -> None:
    slide = "# 計画\n\n令和7年度の予算は3億円、期間は令和5年度～令和9年度である。\n"
    assert features(question, "予算", slide).premises == level


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("2023年の観測は何件か", 0.0),
        ("2024年の観測は何件か", 0.0),
        ("2011年から2023年の観測は何件か", 1.0),
        ("2023年まで何を観測したか", 1.0),
        ("How many observations were made between 2011 and 2023?", 1.0),
        ("How many observations were made in 2023?", 0.0),
    ],
)
def test_what_came_of_several_years_tells_of_none_of_them(question: str, level: float) -> None:
    slide = "# 計画\n\n2011-2023年の観測は5件である。\n\n出典は2024年版白書である。\n"
    assert features(question, "観測", slide).premises == level


@pytest.mark.parametrize(
    ("question", "text", "level"),
    [
        ("令和6年度の予算はいくらか", "前年度予算額", 1.0),
        ("令和6年度の予算はいくらか", "令和6年度補正予算額", 0.5),
        ("令和6年度の補正予算はいくらか", "令和6年度補正予算額", 1.0),
        ("令和6年度に何が始まったか", "令和6年度補正予算額", 1.0),
        ("令和5年度の予算はいくらか", "前年度予算額", 0.0),
        ("令和7年度の補正予算はいくらか", "令和7年度予算額", 0.0),
        ("令和6年度の概算要求額はいくらか", "令和6年度補正予算額", 0.0),
        ("What was the FY2024 supplementary budget?", "令和6年度補正予算額", 1.0),
        ("What was the FY2025 supplementary budget?", "令和7年度予算額", 0.0),
    ],
)
def test_the_year_s_own_budget_is_meant_where_no_other_is_named(question: str, text: str, level: float) -> None:
    slide = "# 計画\n\n令和7年度予算額は3億円、前年度予算額は2億円である。\n\n令和6年度補正予算額は1億円である。\n"
    assert features(question, text, slide).premises == level


def test_figures_of_neighbouring_cells_do_not_run_together() -> None:
    slide = "# 表\n\n| 年 | 2 |\n|---|---|\n| 5億円 | 1 |\n"
    assert features("25億円のものは？", "5億円", slide).premises == 0.0


def test_a_premise_weighs_as_much_as_two_words() -> None:
    question = analyse("札幌の令和7年度は？")
    assert question_weights(question, alike) == (1.0, PREMISE_WEIGHT)
    level = features("札幌の令和7年度は？", "札幌の施設")
    assert level.found == (1.0, 0.5)
    assert level.coverage == pytest.approx((1.0 + PREMISE_WEIGHT * 0.5) / (1 + PREMISE_WEIGHT))


# The kind asked for


@pytest.mark.parametrize(
    ("kind", "question", "text", "expected"),
    [
        ("amount", "予算はいくらか", "予算は12億円である。", True),
        ("amount", "予算はいくらか", "予算は12校分である。", False),
        ("amount", "12億円の予算はいくら増えたか", "予算は12億円である。", False),
        ("amount", "12億円の予算はいくら増えたか", "12億円から15億円になった。", True),
        ("date", "いつ始まるか", "令和7年度に始まる。", True),
        ("date", "いつ決まるか", "June 2025", True),
        ("date", "いつ始まるか", "近く始まる。", False),
        ("day", "発表は何日か", "2025年6月13日に発表した。", True),
        ("day", "発表は何日か", "2025年に発表した。", False),
        ("period", "期間は？", "期間は5年間である。", True),
        ("period", "期間は？", "期間は未定である。", False),
        ("percent", "割合は？", "3割が参加した。", True),
        ("percent", "割合は？", "3人が参加した。", False),
        ("percent", "何％か", "約半数である。", False),
        ("percent", "何％か", "6.4%である。", True),
        ("rank", "何位か", "世界第3位である。", True),
        ("rank", "何位か", "3人である。", False),
        ("rank", "何位か", "出典：審議会（第71回）", False),
        ("rank", "何番目か", "世界で3番目である。", True),
        ("multiple", "何倍か", "4倍になった。", True),
        ("multiple", "何倍か", "倍増した。", True),
        ("multiple", "何倍か", "4割になった。", False),
        ("count", "何校か", "大学は7校である。", True),
        ("count", "何校か", "学生は7人である。", False),
        ("count", "何校か", "7大学が加わる。", True),
        ("count", "何人か", "学生\t7", True),
        ("count", "何か国か", "学生\t7", False),
        ("count", "人数を教えて", "学生は7人である。", True),
        ("count", "何人か", "令和7年度に始まる。", False),
        ("count", "加わった企業の数", "企業を支援し、3機関を選んだ。", False),
        ("count", "加わった企業の数", "企業は12社である。", True),
        ("count", "病院の数を知りたい", "病院は大臣が承認する。\n件数は4機関である。", False),
        ("count", "病院の数を知りたい", "病院は大臣が承認し、4病院ある。\n件数は9機関である。", True),
        ("count", "訪問者数を知りたい", "訪問者は公募する（スライド15）。", False),
        ("count", "訪問者数を知りたい", "訪問者は延べ2,150名であった。", True),
        ("count", "How many universities took part?", "82大学が加わった。", True),
        ("count", "How many universities took part?", "学生\t回答数\n札幌\t70", False),
        ("count", "How many companies took part?", "企業を支援する3つの計画を立てた。", False),
        ("count", "計画はいくつあるか", "計画は8つある。", True),
        ("count", "標本は何万人分あるの", "標本は15万人分である。", True),
        ("rank", "何番目か", "順位\t国\n7\t日本", True),
        ("rank", "何番目か", "件数\t国\n7\t日本", False),
        ("person", "座長は誰か", "座長は山田太郎である。", True),
        ("person", "座長は誰か", "座長は未定である。", False),
        ("person", "山田太郎の後は誰か", "座長は山田太郎である。", False),
        ("person", "本部を率いるのは誰か", "本部長は内閣総理大臣である。", True),
        ("person", "厚生労働大臣は誰か", "厚生労働大臣が決める。", False),
        ("person", "病院を承認する大臣は誰か", "病院は厚生労働大臣が承認する。", True),
        ("person", "病院を承認する大臣と指定する大臣はそれぞれ誰か", "病院は厚生労働大臣が承認する。", True),
        ("person", "病院を承認する大臣は誰か", "病院は大臣が承認する。", False),
        ("person", "港を管理する知事は誰か", "港は北海道知事が管理する。", True),
        ("person", "総務大臣の後を継ぐ大臣は誰か", "総務大臣が退く。", False),
        ("person", "調査を引っ張るのは誰か", "調査はスタートアップが中心になって進める。", True),
        ("person", "計画をまとめたのは誰か", "計画は海洋作業部会がまとめた。", True),
        ("person", "調査を率いるのは誰か", "調査はスタートアップが中心になって進める。", False),
        ("person", "企業を調べるのは誰か", "企業は調べられる。", False),
        ("person", "課長は誰か", "図・グラフ・写真は失われた。ハブとなる。", False),
        ("person", "課長は誰か", "課長はジョン・スミスである。", True),
        ("person", "課長は誰か", "課長はスミス氏である。", True),
        ("reason", "なぜ減ったか", "調査の結果（12人）である。", False),
        ("reason", "なぜ減ったか", "背景\n漁獲は減った。", False),
        ("reason", "なぜ減ったか", "長く獲りすぎた結果、減った。", True),
        ("organisation", "首位はどの国か", "日本は第8位である。", True),
        ("organisation", "日本の上はどの国か", "日本は第8位である。", False),
        ("organisation", "どちらの大学の研究か", "北大鈴木先生らの研究である。", True),
        ("organisation", "どちらの大学の研究か", "最大、莫大、東大陸の研究である。", False),
        ("person", "センター長は誰か", "海洋観測センター長が決める。", False),
        ("person", "Who is the minister that approves hospitals?", "病院は厚生労働大臣が承認する。", True),
        ("person", "Who is the Minister of Health?", "厚生労働大臣が承認する。", False),
        ("organisation", "どこが担当するか", "星間物質研究所が担う。", True),
        ("organisation", "どこが担当するか", "AMEDが担う。", True),
        ("organisation", "どこが担当するか", "学生が担う。", False),
        ("organisation", "札幌研究所のほかにはどこが担うか", "札幌研究所が担う。", False),
        ("organisation", "どの大学か", "札幌大学が担う。", True),
        ("organisation", "どの大学か", "札幌研究所が担う。", False),
        ("organisation", "どの大学か", "国立大学が担う。", False),
        ("organisation", "選ばれた機関はどこか", "厚生労働省が公募する。", False),
        ("organisation", "選ばれた機関はどこか", "札幌大学と函館研究所を選んだ。", True),
        ("organisation", "望遠鏡を担う組織の名称", "取組\n望遠鏡を担う組織を設ける。\n札幌大学で薬を作る。", False),
        ("organisation", "望遠鏡を担う組織の名称", "望遠鏡を担う組織\n札幌大学\n函館大学", True),
        ("organisation", "担当課はどこか", "研究振興課が担う。", True),
        ("organisation", "造船の拠点はどこか", "拠点を函館に置く。", True),
        ("organisation", "造船の拠点はどこか", "拠点を設ける。", False),
        ("organisation", "造船を担うのはどこか", "船を函館に置く。", False),
        ("organisation", "担当課はどこか", "課題が残る。", False),
        ("address", "公募のURLは", "公募は https://example.go.jp/koubo.html に載る。", True),
        ("address", "公募のURLは", "公募は官報に載る。", False),
        ("address", "事務局の電話番号は", "電話 011-234-5678", True),
        ("address", "事務局の電話番号は", "電話でも受け付ける（https://example.go.jp/、2025-06-26）。", False),
        ("address", "事務局のメールアドレスを教えて", "お問い合わせは kouhou@example.go.jp まで", True),
        ("address", "事務局のメールアドレスを教えて", "お問い合わせは https://example.go.jp/ へ", False),
        ("address", "事務局の連絡先は", "お問い合わせは https://example.go.jp/ へ", True),
        ("address", "事務局の住所は", "札幌市中央区北1条西2丁目", True),
        ("address", "事務局の住所は", "札幌に事務局を置く。", False),
        ("time", "窓口は何時に閉まりますか", "窓口は17:00に閉める。", True),
        ("time", "窓口は何時に閉まりますか", "午後5時まで受け付ける。", True),
        ("time", "窓口は何時に閉まりますか", "窓口は24時間開いている。", True),
        ("time", "窓口は何時に閉まりますか", "週5時間の研修がある。", False),
        ("time", "窓口は何時に閉まりますか", "名称\t武蔵税務署", False),
        ("date", "船舶計画2025はいつ決まったか", "船舶計画\n2024年版は6月4日に決まった。", False),
        ("date", "船舶計画2025はいつ決まったか", "船舶計画\n2025年版は6月4日に決まった。", True),
        ("address", "What is the e-mail of the office?", "Write to office@example.go.jp", True),
        ("address", "Is there a link to the call?", "See https://example.go.jp/call", True),
        ("reason", "なぜか", "費用が増えたため延期した。", True),
        ("reason", "なぜか", "because the costs grew", True),
        ("reason", "なぜか", "延期した。", False),
        ("expansion", "SMOは何の略か", "星間物質観測所（SMO）", True),
        ("expansion", "SMOは何の略か", "SMO：星間物質観測所", True),
        ("expansion", "SMOは何の略か", "SMOが観測する。", False),
        ("expansion", "長崎の拠点の略称は", "大学\t略称\n長崎\tSMOr", True),
        ("expansion", "長崎の拠点の略称は", "大学\t学長\n長崎\tSMOr", False),
        ("expansion", "SMOrの略称は", "大学\t略称\n長崎\tSMOr", False),
        ("expansion", "SMOは何の略か", "（SMOX）", False),
        ("expansion", "What does the abbreviation SMO stand for?", "名称\t略称\n星間物質観測所\tSMO", True),
        ("expansion", "What does the abbreviation SMO stand for?", "名称\t略称\n海流観測所\tKRO", False),
        ("expansion", "What does SMO stand for?", "SMO は観測所で、英語名は Stellar Matter Observatory である。", True),
        ("expansion", "What does SMO stand for?", "SMO は観測所で、住所は Old Main Street である。", False),
        ("expansion", "What does SMO stand for?", "名称\t略称\n星間物質観測所\tSMO", True),
        ("expansion", "What does SMO stand for?", "名称\t略称\n星間物質観測所\tSMX", False),
        ("expansion", "What is SMO's full name in English?", "名称\t略称\n星間物質観測所\tSMO", False),
    ],
)
def test_a_thing_of_the_kind_stands_there(kind: AskedKind, question: str, text: str, expected: bool) -> None:
    asked = analyse(question)
    assert kind in asked.asked
    assert holds(kind, text, asked) is expected


@pytest.mark.parametrize(
    ("question", "text", "level"),
    [
        ("予算はいくらか", "令和7年度の予算", 1.0),
        ("予算はいくらか", "学生を支援", 0.0),
        ("予算はいくらで座長は誰か", "令和7年度の予算", 0.5),
        ("何を支援するか", "学生を支援", 1.0),
    ],
)
def test_the_share_of_the_kinds_that_stand_in_a_unit(question: str, text: str, level: float) -> None:
    assert kind_level(analyse(question), unit(text)) == level
    assert features(question, text).kind == level


# Years


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("令和7年度の予算は？", "令和7年度は12億円、令和6年度は9億円", 0.5),
        ("令和7年度の予算は？", "2025年度は12億円", 0.0),
        ("令和7年度の予算は？", "令和5年度は8億円、令和6年度は9億円", 1.0),
        ("令和7年度の予算は？", "12億円", 0.0),
        ("予算は？", "令和5年度は8億円", 0.0),
        ("令和5年度と令和6年度の予算は？", "令和5年度は8億円、令和6年度は9億円", 0.0),
    ],
)
def test_the_share_of_years_that_were_not_asked_about(question: str, text: str, share: float) -> None:
    assert other_years(analyse(question), text) == pytest.approx(share)


# Weights


def test_a_rare_word_weighs_more_than_a_common_one_and_none_weighs_less_than_nothing() -> None:
    weights = [inverse_frequency(count, 100) for count in (0, 1, 10, 50, 100)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0
    assert inverse_frequency(1, 100) == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert inverse_frequency(0, 0) == 1.0


def test_a_term_weighs_what_its_words_weigh_on_average_and_never_too_little() -> None:
    weights = {"観測": 4.0, "拠点": 2.0, "事業": 0.0}

    def weight(part: Part) -> float:
        return weights[part.alternatives[0]]

    assert term_weight(compound(plain("観測"), plain("拠点")), weight) == 3.0
    assert term_weight(compound(plain("事業")), weight) == 0.3


@pytest.mark.parametrize(
    ("levels", "weights", "coverage"),
    [
        ([(1.0, 0.0), (0.0, 1.0)], (1.0, 1.0), 1.0),
        ([(1.0, 0.0), (0.5, 0.5)], (1.0, 3.0), 0.625),
        ([(0.35, 0.0)], (1.0, 1.0), 0.175),
        ([], (1.0,), 0.0),
        ([()], (), 0.0),
    ],
)
def test_units_cover_a_question_together(
    levels: list[tuple[float, ...]], weights: tuple[float, ...], coverage: float
) -> None:
    assert union_coverage(levels, weights) == pytest.approx(coverage)


def test_a_rare_term_counts_for_more_of_the_coverage() -> None:
    def weight(part: Part) -> float:
        return 3.0 if "潜水艦" in part.alternatives else 1.0

    assert features("札幌と潜水艦は？", "札幌の施設", weight=weight).coverage == pytest.approx(0.25)


def test_a_question_without_words_is_covered_by_nothing() -> None:
    question: Question = analyse("？")
    assert question.terms == ()
    assert features("？", "学生を支援").coverage == 0.0
    assert key("？") == "?"
