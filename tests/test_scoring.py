"""The order of quotable units: what each feature counts by, and what is given or taken for a unit's form."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lsqa.questions import Part, Question, analyse
from lsqa.readers.markup import read_markup
from lsqa.relevance import IN_HEADINGS, inverse_frequency
from lsqa.scoring import (
    BY_MEANING,
    READ_BY_ENCODER,
    USUAL_SIMILARITY,
    WEIGHTS,
    RankedPage,
    ScoredUnit,
    part_weight,
    score_by_meaning,
    score_units,
)


def alike(part: Part) -> float:
    return 1.0


def pages(*slides: str, score: float = 0.0) -> list[RankedPage]:
    read = [page for slide in slides for page in read_markup(slide)]
    numbered = [replace(page, number=number) for number, page in enumerate(read, 1)]
    return [RankedPage("d", "文書", page, score) for page in numbered]


def ranking(question: str, *slides: str) -> list[ScoredUnit]:
    return score_units(analyse(question), pages(*slides), alike)


def score_of(question: str, text: str, kind: str, *slides: str) -> float:
    (found,) = [s for s in ranking(question, *slides) if s.unit.text == text and s.unit.kind == kind]
    return found.score


def best(question: str, *slides: str) -> str:
    return ranking(question, *slides)[0].unit.text


# Order

PLAN = """\
# 計画

## 予算

令和7年度の予算は12億円である。令和6年度の予算は9億円である。

## 拠点

- 札幌に観測の拠点を置く。
- 那覇に解析の拠点を置く。

## 担当

星間物質研究課が担当する。
"""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("令和7年度の予算はいくらか", "12億円"),
        ("2024年度の予算はいくらか", "9億円"),
        ("観測の拠点は？", "札幌"),
        ("解析を担うのは？", "那覇"),
        ("担当課はどこか", "星間物質研究課"),
    ],
)
def test_the_unit_that_answers_is_foremost(question: str, answer: str) -> None:
    sentences = [s.unit.text for s in ranking(question, PLAN) if s.unit.kind == "sentence"]
    assert answer in sentences[0]


def test_units_stand_best_first_and_every_page_is_read() -> None:
    found = ranking("観測の拠点は？", PLAN, "# 別の話\n\n鯨を数える。\n")
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert {s.unit.page.number for s in found} == {1, 2}
    assert len({(s.unit.page.number, s.unit.kind, s.unit.spans) for s in found}) == len(found)


def test_of_equals_the_shorter_stands_first_and_then_the_earlier() -> None:
    slide = "# 題\n\n鯨を長く丁寧に数える人がいる。鯨を数える人がいる。鯨を眺める人がいる。\n"
    sentences = [s for s in ranking("鯨は？", slide) if s.unit.kind == "sentence"]
    assert len({s.score for s in sentences}) == 1
    assert [s.unit.text for s in sentences] == [
        "鯨を数える人がいる。",
        "鯨を眺める人がいる。",
        "鯨を長く丁寧に数える人がいる。",
    ]


def test_no_page_gives_no_unit() -> None:
    assert ranking("予算は？") == []


# What each feature counts by


def test_coverage_counts() -> None:
    slide = "# 題\n\n鯨と船を数える人だ。鯨と馬を数える人だ。\n"
    question = "鯨と船は？"
    both = score_of(question, "鯨と船を数える人だ。", "sentence", slide)
    one = score_of(question, "鯨と馬を数える人だ。", "sentence", slide)
    assert both - one == pytest.approx(WEIGHTS["coverage"] * (1 - 0.35) / 2)


def test_the_kind_asked_for_counts() -> None:
    slide = "# 題\n\n鯨の保護は12億円だ。鯨の保護は大切である。\n"
    amount = score_of("鯨の保護はいくらか", "鯨の保護は12億円だ。", "sentence", slide)
    none = score_of("鯨の保護はいくらか", "鯨の保護は大切である。", "sentence", slide)
    assert amount - none == pytest.approx(WEIGHTS["kind"])


def test_a_figure_taken_for_granted_counts() -> None:
    slide = "# 題\n\n鯨は第3位の人気だ。鯨は第4位の人気だ。\n"
    found = {s.unit.text: s for s in ranking("第3位の鯨は？", slide) if s.unit.kind == "sentence"}
    right, wrong = found["鯨は第3位の人気だ。"], found["鯨は第4位の人気だ。"]
    assert right.relevance.premises == 1.0
    assert wrong.relevance.premises == 0.5
    coverage = WEIGHTS["coverage"] * (right.relevance.coverage - wrong.relevance.coverage)
    assert right.score - wrong.score == pytest.approx(WEIGHTS["premises"] * 0.5 + coverage)


def test_the_rank_of_the_page_counts() -> None:
    def top(score: float) -> float:
        return score_units(analyse("鯨は？"), pages("# 題\n\n鯨を数える。\n", score=score), alike)[0].score

    assert top(1.0) - top(0.2) == pytest.approx(WEIGHTS["rank"] * 0.8)


def test_a_long_unit_loses_and_a_comfortable_one_does_not() -> None:
    def top(length: int) -> float:
        return score_of("鯨は？", "鯨" * length + "。", "sentence", "# 題\n\n" + "鯨" * length + "。\n")

    assert top(10) == top(59)
    assert top(59) > top(200) > top(350)
    assert top(10) - top(400) == pytest.approx(-WEIGHTS["length"])
    assert top(400) == top(900)


def test_a_scrap_loses() -> None:
    slide = "# 題\n\n鯨だ。鯨を数えた。\n"
    scrap = score_of("鯨は？", "鯨だ。", "sentence", slide)
    assert score_of("鯨は？", "鯨を数えた。", "sentence", slide) - scrap == pytest.approx(-WEIGHTS["scrap"])


# What is given for the form of a unit

LIST = "# 題\n\n鯨の保護\n\n- 船で海を調べる。\n- 馬で浜を調べる。\n"


def test_a_group_gains_where_a_list_is_wanted_and_nothing_else_does() -> None:
    def scores(question: Question) -> dict[tuple[str, str], float]:
        return {(s.unit.kind, s.unit.text): s.score for s in score_units(question, pages(LIST), alike)}

    wanted = analyse("鯨の保護を全部")
    assert wanted.wants_list
    single = scores(replace(wanted, wants_list=False))
    gained = {key: round(score - single[key], 6) for key, score in scores(wanted).items()}
    assert {kind for (kind, _), gain in gained.items() if gain} == {"list", "section"}
    assert set(gained.values()) == {0.0, WEIGHTS["group"]}
    assert ranking("鯨の保護を全部", LIST)[0].unit.kind == "list"


def test_what_is_introduced_by_the_subject_gains() -> None:
    slide = "# 題\n\n鯨の数：調べて決める。船の数：鯨を調べて決める。\n"
    introduced = score_of("鯨は？", "鯨の数：調べて決める。", "sentence", slide)
    mentioned = score_of("鯨は？", "船の数：鯨を調べて決める。", "sentence", slide)
    assert introduced - mentioned == pytest.approx(WEIGHTS["introduction"])


def test_a_bare_heading_loses_unless_it_holds_what_is_asked_for() -> None:
    slide = "# 題\n\n## 鯨の保護に12億円を充てる\n\n船で調べる。\n"
    heading = "鯨の保護に12億円を充てる"
    bare = score_of("鯨の保護は？", heading, "heading", slide)
    sentence = score_of("鯨の保護は？", heading + "。", "sentence", f"# 題\n\n{heading}。\n")
    assert sentence - bare == pytest.approx(-WEIGHTS["bare heading"])
    asked = score_of("鯨の保護はいくらか", heading, "heading", slide)
    stated = score_of("鯨の保護はいくらか", heading + "。", "sentence", f"# 題\n\n{heading}。\n")
    assert asked == pytest.approx(stated)


def test_a_sentence_comes_before_the_same_with_the_heading_over_it() -> None:
    slide = "# 題\n\n## 船と馬\n\n鯨を数える。\n"
    headed = score_of("鯨は？", "船と馬\n鯨を数える。", "headed", slide)
    assert headed - score_of("鯨は？", "鯨を数える。", "sentence", slide) == pytest.approx(WEIGHTS["place"])


def test_what_names_nothing_of_the_question_loses_unless_it_holds_what_is_asked_for() -> None:
    slide = "# 鯨\n\n船で海を調べる。\n"
    (other,) = [s for s in ranking("鯨は？", slide) if s.unit.kind == "sentence"]
    assert other.relevance.found == (IN_HEADINGS,)
    expected = WEIGHTS["coverage"] * IN_HEADINGS + WEIGHTS["kind"] + WEIGHTS["premises"] + WEIGHTS["nothing own"]
    assert other.score == pytest.approx(expected)
    asked = score_of("鯨はいくらか", "船で海を調べる。", "sentence", slide)
    assert asked == pytest.approx(WEIGHTS["coverage"] * IN_HEADINGS + WEIGHTS["premises"])


def test_other_years_step_back() -> None:
    slide = "# 題\n\n鯨は令和7年度に数える。鯨は令和6年度と令和7年度に数える。\n"
    question = "令和7年度の鯨は？"
    only = score_of(question, "鯨は令和7年度に数える。", "sentence", slide)
    also = score_of(question, "鯨は令和6年度と令和7年度に数える。", "sentence", slide)
    assert only - also == pytest.approx(-WEIGHTS["other years"] / 2)


def test_the_first_page_answers_questions_about_the_document() -> None:
    slides = ("# 計画\n\n2025年6月13日\n", "# 計画\n\n2025年7月14日\n")
    ranked = [s for s in ranking("この資料の日付は？", *slides) if s.unit.kind == "label"]
    assert [s.unit.page.number for s in ranked] == [1, 2]
    assert ranked[0].score - ranked[1].score == pytest.approx(WEIGHTS["cover"])


def test_a_name_under_another_may_be_its_expansion() -> None:
    slide = "# 題\n\nSMO\n\n星間物質観測所（SMO）\n"
    assert best("SMOは何の略か", slide) == "SMO\n星間物質観測所（SMO）"
    assert best("SMOは？", slide) != best("SMOは何の略か", slide)


# Weights of words


def test_a_word_weighs_by_the_most_frequent_of_its_spellings() -> None:
    counts = {"拠点": 2, "ハブ": 40}
    weight = part_weight(lambda spelling: counts.get(spelling, 0), 100)
    assert weight(Part(("拠点", "ハブ"), ())) == inverse_frequency(40, 100)
    assert weight(Part(("拠点",), ())) == inverse_frequency(2, 100)
    assert weight(Part(("鯨",), ())) == inverse_frequency(0, 100)


def test_the_index_is_asked_once_for_each_word() -> None:
    asked: list[str] = []

    def frequency(spelling: str) -> int:
        asked.append(spelling)
        return 1

    score_units(analyse("鯨と船は？"), pages(PLAN, LIST), part_weight(frequency, 10))
    assert sorted(asked) == sorted(set(asked))
    assert {"鯨", "船"} <= set(asked)


# What the encoder adds


class Reading:
    """Cosines for the units that contain a word; `texts` is what was read."""

    def __init__(self, **cosines: float) -> None:
        self.cosines = cosines
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Sequence[float]:
        self.texts.extend(texts)
        return [max((c for word, c in self.cosines.items() if word in t), default=USUAL_SIMILARITY) for t in texts]


WHALES = "# 題\n\n鯨を数える船がある。鯨を数える馬がある。鯨を数える鳥がある。\n"


def test_meaning_decides_between_units_of_the_same_words() -> None:
    before = [s for s in ranking("鯨は？", WHALES) if s.unit.kind == "sentence"]
    after = score_by_meaning(before, Reading(馬=0.9, 鳥=0.86))
    assert [s.unit.text[4:6] for s in before] == ["る船", "る馬", "る鳥"]
    assert [s.unit.text[4:6] for s in after] == ["る馬", "る鳥", "る船"]
    assert after[0].score - before[1].score == pytest.approx(BY_MEANING * (0.9 - USUAL_SIMILARITY))
    assert after[2].score == pytest.approx(before[0].score)


def test_a_similarity_below_the_usual_takes_away() -> None:
    before = [s for s in ranking("鯨は？", WHALES) if s.unit.kind == "sentence"]
    after = score_by_meaning(before, Reading(船=0.75))
    assert after[-1].unit.text == "鯨を数える船がある。"
    assert after[-1].score < before[0].score


def test_the_encoder_reads_the_foremost_only_and_the_rest_stay_behind() -> None:
    many = "# 題\n\n" + "".join(f"鯨を数える船の話{n}だ。" for n in range(10, 40)) + "\n"
    before = [s for s in ranking("鯨は？", many) if s.unit.kind == "sentence"]
    reading = Reading(鯨=0.2)
    after = score_by_meaning(before, reading)
    assert len(reading.texts) == READ_BY_ENCODER
    assert after[READ_BY_ENCODER:] == before[READ_BY_ENCODER:]
    assert {s.unit.text for s in after[:READ_BY_ENCODER]} == {s.unit.text for s in before[:READ_BY_ENCODER]}


def test_the_encoder_reads_a_unit_under_its_headings_and_without_what_only_names_it() -> None:
    reading = Reading()
    slide = "# 計画\n\n## 機器\n\n| 名称 | 台数 |\n|---|---|\n| 望遠鏡 | 3 |\n"
    rows = [s for s in ranking("望遠鏡は？", slide) if s.unit.kind == "row"]
    score_by_meaning(rows, reading)
    assert reading.texts == ["計画 > 機器\n望遠鏡\t3"]


def test_nothing_is_read_where_nothing_was_found() -> None:
    reading = Reading()
    assert score_by_meaning([], reading) == []
    assert reading.texts == []


def test_the_publisher_of_a_document_is_named_by_all_its_pages() -> None:
    question = analyse("海洋庁が深海探査に付けた予算は？")
    (page,) = pages("# 深海探査\n\n予算は12億円である。\n")

    def missing(publisher: str) -> tuple[str, ...]:
        return score_units(question, [replace(page, publisher=publisher)], alike)[0].relevance.missing

    assert "海洋庁" in missing("気象庁")
    assert "海洋庁" not in missing("海洋庁 調査課")
