"""What a statement says otherwise than its quotes: figures with their year and name, bodies, negation and modality."""

import pytest

from lsqa.statements.clauses import together
from lsqa.statements.differences import Difference, differences, recast
from lsqa.statements.grounding import grounding, is_fragment
from lsqa.statements.names import names, unproven_names
from lsqa.statements.pairs import mispaired
from lsqa.statements.predicates import mood_mismatch
from lsqa.statements.strength import overstatement

TABLE = "事業\t令和6年度\t令和7年度\nB-cure\t38億円\t43億円\nK-cure\t90億円\t92億円"
RANKS = "国\t順位\n日本\t10\n中国\t2"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("事業を実施する。", "事業を実施しない。"),
        ("事業を実施しない。", "事業を実施する。"),
        ("対象に含まれる。", "対象に含まれない。"),
        ("資金は十分である。", "資金は十分でない。"),
        ("制度を導入する。", "制度の導入を検討する。"),
        ("制度の導入を検討する。", "制度を導入する。"),
        ("成果を公表する。", "成果を公表するよう努める。"),
        ("成果を公表しなければならない。", "成果を公表するよう努めなければならない。"),
        ("申請できる。", "申請しなければならない。"),
        ("申請しなければならない。", "申請できる。"),
        ("個人情報を提供できる。", "個人情報を提供してはならない。"),
        ("The state must publish results.", "国は、研究の成果を公表するよう努めなければならない。"),
        ("The ministry will introduce the system.", "制度の導入を検討する。"),
        ("The fund is not sufficient.", "資金は足りている。"),
    ],
)
def test_negation_and_modality_that_differ(claim: str, quote: str) -> None:
    assert mood_mismatch(claim, [quote]) is not None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("事業を実施しない。", "この事業を実施しません。"),
        ("制度の導入を検討する。", "制度の導入について検討を進める。"),
        ("成果を公表するよう努める。", "成果を公表するよう努めなければならない。"),
        ("拠点を整備する。", "国は、拠点を整備し、計画の見直しを検討する。"),
        ("拠点を整備した。", "予算だけでなく拠点も整備した。"),
        ("購入できる。", "購入が可能である。"),
        ("The state must endeavour to publish results.", "国は、成果を公表するよう努めなければならない。"),
        ("The ministry will consider introducing the system.", "制度の導入を検討する。"),
    ],
)
def test_negation_and_modality_that_agree(claim: str, quote: str) -> None:
    assert mood_mismatch(claim, [quote]) is None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("B-cureの令和6年度は43億円", TABLE),
        ("K-cureの令和7年度は43億円", TABLE),
        ("K-cure received 4.3 billion yen in FY2025", TABLE),
        ("中国は10位", RANKS),
        ("令和6年度は43億円", "令和6年度は38億円、令和7年度は43億円。"),
        ("令和7年度の予算は9億円", "令和7年度の予算は12億円である。前年度の予算は9億円であった。"),
        (
            "橋渡し研究支援プログラムは152億円",
            "橋渡し研究支援プログラム：54億円\nスタートアップ支援プログラム：152億円",
        ),
        ("値は2021年、2020年、2021年の平均。", "値は2019年、2020年、2021年の平均。"),
    ],
)
def test_a_figure_of_another_year_or_name_is_mispaired(claim: str, quote: str) -> None:
    assert mispaired(claim, [quote]) is not None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("B-cureの令和7年度は43億円", TABLE),
        ("B-cure received 4.3 billion yen in FY2025", TABLE),
        ("日本は10位", RANKS),
        ("令和7年度は43億円で、令和6年度は38億円", "令和6年度は38億円、令和7年度は43億円。"),
        ("令和6年度の予算は9億円", "令和7年度の予算は12億円である。前年度の予算は9億円であった。"),
        ("予算は43億円（令和7年度）", "43億円（令和7年度）、38億円（令和6年度）"),
        ("令和7年度は43億円", "予算は43億円である。"),
    ],
)
def test_a_figure_of_its_own_year_and_name_is_not(claim: str, quote: str) -> None:
    assert mispaired(claim, [quote]) is None
    assert not [d for d in differences(claim, [quote, "令和7年度"]) if d.kind == "figure"]


def test_names_of_bodies_and_programmes_but_not_common_words() -> None:
    text = "文部科学省とAMEDは「あけぼの計画」と橋渡し研究支援プログラムを進め、支援事業を推進する。"
    assert [n.text for n in names(text)] == ["文部科学省", "AMED", "あけぼの計画", "橋渡し研究支援プログラム"]


@pytest.mark.parametrize(
    ("claim", "text", "unproven"),
    [
        ("厚生労働省が進める。", "文部科学省が進める。", ["厚生労働省"]),
        ("文科省が進める。", "文部科学省が進める。", []),
        ("The Ministry of Health, Labour and Welfare runs it.", "文部科学省が進める。", None),
        ("B-cure is funded.", "B-cureに配分する。", []),
        ("AI for Scienceを進める。", "AI for Science の推進", []),
        ("Scope３の排出量", "Scope3の排出量", []),
        ("京大が参加する。", "東京大学が参加する。", ["京大"]),
        ("「京大」が参加する。", "東京大学が参加する。", ["京大"]),
        ("大阪大が参加する。", "大阪大谷大学が参加する。", ["大阪大"]),
        ("京大が参加する。", "京都大学が参加する。", []),
        ("大阪大が参加する。", "大阪大学が参加する。", []),
        ("京都大学が参加する。", "京大などが参加する。", []),
        ("B-cure and K-cure are funded.", "K-cureとB-cureに配分する。", []),
    ],
)
def test_a_name_has_to_stand_there_in_one_of_its_spellings(claim: str, text: str, unproven: list[str] | None) -> None:
    found = [n.text for n in unproven_names(claim, [text])]
    assert found if unproven is None else found == unproven


def test_a_difference_says_what_stands_in_its_place() -> None:
    (figure,) = differences("予算は92億円である。", ["予算は43億円である。"])
    assert (figure.kind, figure.claimed, figure.quoted) == ("figure", "92億円", "43億円")
    (year,) = differences("令和6年度に始める。", ["令和7年度に始める。"])
    assert (year.kind, year.claimed, year.quoted) == ("year", "令和6年度", "令和7年度")
    (name,) = differences("厚生労働省が始める。", ["文部科学省が始める。"])
    assert (name.kind, name.claimed, name.quoted) == ("name", "厚生労働省", "文部科学省")


def test_headings_prove_names_but_no_figures() -> None:
    assert differences("あけぼの計画は43億円", ["予算 43億円"], ["あけぼの計画"]) == ()
    assert differences("予算は43億円", ["予算"], ["43億円の予算"]) != ()


def test_grounding_counts_content_words_and_what_stands_together() -> None:
    ground = grounding("拠点を札幌に整備する。", "札幌に拠点を整備した。")
    assert (ground.covered, ground.connected, ground.missing) == (1.0, 1.0, ())
    ground = grounding("首相は京都で寿司を食べた。", "札幌に拠点を整備した。")
    assert ground.covered == 0
    assert ground.longest_gap == ground.words > 2
    assert grounding("", "札幌") == grounding("。", "札幌")


def test_figures_are_no_words() -> None:
    assert grounding("令和7年度に整備。", "FY2025 整備").missing == ()


def test_english_words_are_looked_up_in_the_lexicon() -> None:
    assert grounding("The budget covers research institutions.", "研究機関の予算").covered == 1
    assert grounding("The hospital treats patients.", "研究機関の予算").covered < 0.5


@pytest.mark.parametrize(
    ("statement", "is_cut"),
    [
        ("道事業者と連携する。", True),
        ("を公表する。", True),
        ("す。公園にとって重要である。", True),
        ("鉄道事業者と連携する。", False),
        ("連携する。", False),
    ],
)
def test_a_statement_cut_out_of_a_word_is_a_fragment(statement: str, is_cut: bool) -> None:
    source = "国は鉄道事業者と連携する。成果を公表する。整備します。公園にとって重要である。"
    assert is_fragment(statement, source) is is_cut


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("参加大学は8校以上である。", "参加大学は8校以下である。"),
        ("参加大学は8校である。", "参加大学は8校未満である。"),
        ("上限は20戸である。", "20戸以上とする。"),
        ("20戸に拡充する。", "最大20戸に拡充する。"),
        ("宿舎を20戸に拡充する。", "宿舎を定員に応じて最大二十戸に拡充する。"),
        ("割合は3割である。", "割合は3割を超える。"),
        ("補助は1,000万円である。", "補助は1,000万円を上限とする。"),
        ("Support is 20 million yen.", "Support is up to 20 million yen."),
        ("More than 8 universities take part.", "At least 8 universities take part."),
        ("At least 20 million yen is given.", "最大2,000万円を支給する。"),
    ],
)
def test_a_limit_is_no_figure_and_no_other_limit(claim: str, quote: str) -> None:
    (difference,) = differences(claim, [quote])
    assert difference.kind == "figure"
    assert difference.claimed != difference.quoted


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("参加大学は8校以上である。", "参加大学は8校である。"),
        ("参加大学は8校以上である。", "参加大学は8校を超える。"),
        ("補助の上限は1,000万円である。", "補助は1,000万円以内とする。"),
        ("7編成に拡大する。", "3編成から7編成まで拡大する。"),
        ("240件まで対応する。", "最大240件に対応する。"),
        ("最大20戸に拡充する。", "最大二十戸に拡充する。"),
        ("20戸に拡充する。", "四戸を二十戸に拡充する。"),
        ("It ran over 5 years.", "期間は5年間である。"),
        ("Up to 20 million yen is given.", "最大2,000万円を支給する。"),
        ("約3割である。", "3割である。"),
        ("令和9年度まで続く。", "令和9年度まで実施する。"),
    ],
)
def test_a_limit_that_agrees_or_follows(claim: str, quote: str) -> None:
    assert differences(claim, [quote]) == ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("件数は増加した。", "件数は減少した。"),
        ("The number of cases increased.", "件数は減少した。"),
        ("補助率を引き下げる。", "補助率を引き上げる。"),
        ("経費を全額補助する。", "経費の一部を補助する。"),
        ("事業を終了する。", "事業を開始する。"),
        ("全ての大学が参加する。", "大学が参加する。"),
        ("All universities take part.", "大学が参加する。"),
        ("B-cureは唯一の事業である。", "B-cureは事業である。"),
        ("日本の件数が最も多い。", "日本の件数は8件である。"),
        ("Japan has the largest number.", "日本の件数は8件である。"),
        ("B-cureはTRIPより大きい。", "B-cureは43億円である。"),
        ("B-cureの予算はTRIPより大きい。", "TRIPの予算はB-cureより大きい。"),
        ("B-cure is larger than TRIP.", "TRIP is larger than B-cure."),
    ],
)
def test_a_word_that_says_more_than_the_quotes_or_the_opposite(claim: str, quote: str) -> None:
    assert "predicate" in {d.kind for d in differences(claim, [quote])}


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("件数は増加した。", "件数は減少の後に増加した。"),
        ("件数は増えた。", "件数が増加した。"),
        ("The budget was expanded.", "予算を拡充し、経費を削減した。"),
        ("全ての大学が参加する。", "全大学が参加する。"),
        ("All universities take part.", "各大学が参加する。"),
        ("It is the largest programme.", "最大の事業である。"),
        ("At least 8 universities take part.", "8大学以上が参加する。"),
        ("More than 8 universities take part.", "8大学を超える大学が参加する。"),
        ("B-cureの予算はTRIPより大きい。", "予算はTRIPよりも大きい。"),
        ("拡大だけでなく連携も進める。", "拡大と連携を進める。"),
    ],
)
def test_a_word_that_the_quotes_have_too(claim: str, quote: str) -> None:
    assert overstatement(claim, [quote]) is None


def test_the_words_of_a_clause_stand_in_one_sentence() -> None:
    source = ["若手の技能者を育成する。現場の責任者となる中堅人材も不足している。"]
    assert together("若手の技能者を育成し、中堅人材が不足する。", source) == 1
    assert together("責任者となる若手の技能者を育成する。", source) < 0.9
    assert together("火星に移住する。", source) == together("。", source) == 0


def test_a_clause_that_depends_on_the_next_stands_with_it() -> None:
    source = ["防災を強化するため、計画を定める。観光の振興に向け、会議を開く。"]
    assert together("防災を強化するため、計画を定める。", source) == 1
    assert together("観光の振興に向け、会議を開き、計画を定める。", source) == 1
    assert together("防災を強化するため、会議を開く。", source) < 0.9
    assert together("観光の振興に向け、計画を定める。", source) < 0.9


def test_rows_labels_and_headings_stand_with_every_sentence() -> None:
    table = "事業\t令和7年度予算\nB-cure\t43億円"
    assert together("B-cureの令和7年度予算は43億円", [table]) == 1
    assert together("B-cureは拠点を整備する。", ["拠点を整備する。"], ["B-cure"]) == 1
    assert together("B-cureは拠点を整備する。", ["拠点を整備する。", "B-cureを見直す。"]) < 1


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("令和7年度補正予算額は43億円である。", "令和7年度予算額は43億円である。"),
        ("令和7年度の概算要求額は43億円である。", "令和7年度予算額は43億円である。"),
        ("令和7年度の決算額は43億円である。", "令和7年度予算額は43億円である。"),
        ("令和7年度の予算は43億円である。", "令和7年度概算要求額は43億円である。"),
        ("The FY2025 budget is 4.3 billion yen.", "令和7年度概算要求額は43億円である。"),
        ("予算は12億円である。", "43億円（令和6年度補正は12億円）"),
        ("令和7年度の予算は43億円である。", "事業\t令和7年度概算要求\nB-cure\t43億円"),
    ],
)
def test_an_amount_of_another_stage_of_the_budget(claim: str, quote: str) -> None:
    assert [d.kind for d in differences(claim, [quote])] == ["figure"]


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("令和7年度予算額は43億円である。", "令和7年度予算額は43億円（令和6年度補正予算額は12億円）である。"),
        ("令和6年度補正予算額は12億円である。", "令和7年度予算額は43億円（令和6年度補正予算額は12億円）である。"),
        ("令和6年度の補正予算は12億円である。", "令和6年度補正\n12億円"),
        ("The supplementary budget is 1.2 billion yen.", "令和6年度補正予算 12億円"),
        ("令和7年度に43億円を計上した。", "令和7年度概算要求額は43億円である。"),
        ("令和7年度の予算は43億円である。", "事業\t令和6年度補正予算\t令和7年度予算\nB-cure\t12億円\t43億円"),
    ],
)
def test_an_amount_of_its_own_stage_of_the_budget(claim: str, quote: str) -> None:
    assert differences(claim, [quote]) == ()


@pytest.mark.parametrize(
    ("claim", "quotes", "agrees"),
    [
        ("令和6年度の予算は9億円である。", ["令和7年度の予算は12億円である。前年度の予算は9億円であった。"], True),
        ("令和6年度の予算は12億円である。", ["令和7年度の予算は12億円である。前年度の予算は9億円であった。"], False),
        ("令和6年度予算額は41億円", ["令和7年度予算額\t43億円", "前年度予算額\t41億円"], True),
        ("令和6年度予算額は41億円", ["前年度予算額\t41億円"], False),
        ("令和5年度予算額は41億円", ["令和7年度予算額\t43億円", "前年度予算額\t41億円"], False),
        ("前年度予算額は41億円", ["前年度予算額\t41億円"], True),
        ("前年度予算額は41億円", ["令和7年度予算額\t43億円", "前年度予算額\t41億円"], True),
        ("前年度予算額は43億円", ["令和7年度予算額\t43億円", "前年度予算額\t41億円"], False),
        ("予算は43億円で、前年度より5億円増えた。", ["予算は43億円で、前年度より5億円増えた。"], True),
    ],
)
def test_the_year_before_is_counted_from_the_one_that_was_named(claim: str, quotes: list[str], agrees: bool) -> None:
    assert (differences(claim, quotes) == ()) is agrees


@pytest.mark.parametrize(
    ("claim", "text", "unproven"),
    [
        ("B-cure's budget is set.", "B-cureの予算が定められた。", []),
        ("SCARDA’s director decides.", "SCARDAのセンター長が決める。", []),
        ("SCARDA's director decides.", "AMEDの理事長が決める。", ["SCARDA"]),
        ("the ministry of finance runs it.", "文部科学省が運営する。", ["ministry of finance"]),
    ],
)
def test_english_names_with_an_owner_s_ending_or_small_letters(claim: str, text: str, unproven: list[str]) -> None:
    assert [n.text for n in unproven_names(claim, [text])] == unproven


def test_a_heading_over_a_quote_begins_no_name() -> None:
    found = unproven_names("英語名\n水資源監視機構", ["水資源監視機構は略称を持つ。"])
    assert [name.text for name in found] == []


@pytest.mark.parametrize(
    ("claim", "quote", "claimed", "quoted"),
    [
        (
            "都は家事支援サービスを開始した。",
            "家事支援サービスの利用に関する支援を開始した。",
            "サービスを開始",
            "支援を開始",
        ),
        ("整備計画を策定する。", "整備計画に基づき経営戦略を策定する。", "計画を策定", "戦略を策定"),
        ("拠点を整備した。", "大学の拠点を整備する。", "整備した", "大学の拠点を整備する。"),
        (
            "連携が促進されている。",
            "連携の促進につなげてまいります。",
            "促進されている",
            "連携の促進につなげてまいります。",
        ),
        (
            "補助金を返還する。",
            "要件を満たさない場合には、補助金を返還する。",
            "(assertion)",
            "要件を満たさない場合には",
        ),
        ("補助金を返還する。", "事業を中止したときは、補助金を返還する。", "(assertion)", "事業を中止したときは"),
    ],
)
def test_words_of_a_quote_that_are_put_together_otherwise(claim: str, quote: str, claimed: str, quoted: str) -> None:
    assert differences(claim, [quote]) == ()
    assert recast(claim, [quote]) == (Difference("predicate", claimed, quoted),)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("サービスを開始する。", "サービスの開始を決めた。"),
        ("サービスを開始する。", "支援を開始し、サービスも開始する。"),
        ("研究を支援する。", "研究の拠点となる取組を支援する。"),
        ("サイトを開設する。", "ウェブサイトを開設する。"),
        ("大学や企業を支援する。", "企業や大学を支援する。"),
        ("情報を相互に共有する。", "国を相互に訪ね、情報も共有する。"),
        ("拠点を整備した。", "拠点を整備する。昨年度は三つの拠点を整備しました。"),
        ("拠点を整備した。", "拠点を整備しており、利用も始まる。"),
        ("拠点を整備した。", "拠点の整備"),
        ("優れた研究を支援する。", "優れた研究を支援する。"),
        ("要件を満たさない場合は返還する。", "要件を満たさない場合には、返還する。"),
        ("補助金を返還する。", "要件を満たさない場合には、補助金を返還する。補助金を返還する。"),
        ("要件を満たさないことを理由に返還する。", "要件を満たさない場合には、理由を示し返還する。"),
        ("Eight universities opened.", "8大学を開く。"),
    ],
)
def test_words_of_a_quote_that_say_the_same(claim: str, quote: str) -> None:
    assert recast(claim, [quote]) == ()


def test_a_number_before_an_english_noun_is_not_that_of_another_noun() -> None:
    quote = "8拠点に2大学が参加する。"
    assert differences("Two hubs participate.", [quote]) == (Difference("figure", "Two hubs", "2大学"),)
    assert differences("Eight hubs participate.", [quote]) == ()
    assert differences("Eight hubs participate.", ["拠点の8大学が参加する。"])
    assert differences("Two universities participate.", [quote]) == ()
