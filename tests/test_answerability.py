"""Whether units answer: the conditions that admit no probability, and features that move it the right way."""

import math
from dataclasses import replace

import pytest

from lsqa.answerability import (
    COEFFICIENTS,
    INTERCEPT,
    THRESHOLD,
    answer_features,
    near,
    probability,
    subject_terms,
)
from lsqa.questions import Part, Question, analyse
from lsqa.readers.markup import read_markup
from lsqa.relevance import ON_PAGE, question_weights
from lsqa.scoring import RankedPage, ScoredUnit, score_units

NAMES = tuple(COEFFICIENTS)
SLIDE = """\
# あけぼの計画

令和7年度の予算は12億円である。札幌の予算は3億円である。那覇の予算は5億円である。

鯨の保護は大切である。
"""


def alike(part: Part) -> float:
    return 1.0


def units(question: str, *texts: str, slide: str = SLIDE) -> tuple[ScoredUnit, ...]:
    """The sentences that begin with each of `texts`, scored for the question."""
    page = read_markup(slide)[0]
    scored = score_units(analyse(question), [RankedPage("d", "文書", page, 1.0)], alike)
    sentences = {s.unit.text: s for s in scored if s.unit.kind == "sentence"}
    return tuple(next(s for t, s in sentences.items() if t.startswith(text)) for text in texts)


def features(question: str, *texts: str, slide: str = SLIDE) -> dict[str, float]:
    read = analyse(question)
    values = answer_features(read, units(question, *texts, slide=slide), question_weights(read, alike))
    return dict(zip(NAMES, values, strict=True))


# A question and a unit for each feature that puts it apart from its neighbours.


@pytest.mark.parametrize(
    ("name", "question", "text", "value"),
    [
        ("subject near", "札幌の予算は？", "札幌", 1.0),
        ("subject near", "札幌の予算は？", "那覇", 0.0),
        ("kind near the subject", "札幌の予算はいくらか", "札幌", 1.0),
        ("kind near the subject", "札幌の予算はいくらか", "鯨", 0.0),
        ("kind near the subject", "札幌の代表は誰か", "札幌", 0.0),
        ("premises", "令和7年度の予算は？", "令和7年度", 1.0),
        ("premises", "令和7年度の鯨は？", "鯨", 0.5),
        ("premises", "令和3年度の鯨は？", "鯨", 0.0),
        ("absent words", "札幌の予算は？", "札幌", 0.0),
        ("absent words", "鯨と潜水艦は？", "鯨", 0.5),
        ("broken compound", "鯨類図鑑は？", "鯨", 1.0),
        ("broken compound", "あけぼの計画は？", "鯨", 0.0),
        ("weakest name", "札幌と那覇は？", "札幌", ON_PAGE),
        ("weakest name", "札幌は？", "札幌", 1.0),
        ("weakest name", "東京は？", "札幌", 0.0),
        ("weakest word", "鯨と潜水艦は？", "鯨", 0.0),
        ("weakest word", "鯨は？", "鯨", 1.0),
        ("asked of something far", "那覇の予算はいくらか", "札幌", 1.0),
        ("asked of something far", "札幌の予算はいくらか", "札幌", 0.0),
        ("asked of something far", "那覇とは", "札幌", 0.0),
        ("asks for a reason", "札幌の予算が減ったのはなぜか", "札幌", 1.0),
        ("asks for a reason", "札幌の予算はいくらか", "札幌", 0.0),
        ("English", "What is the budget of Sapporo?", "札幌", 1.0),
        ("English", "札幌の予算は？", "札幌", 0.0),
        ("words of the question", "鯨は？", "鯨", 1.0),
        ("words of the question", "鯨と潜水艦は？", "鯨", 2.0),
        ("words of the question", "鯨と潜水艦と札幌と那覇は？", "鯨", 3.0),
        ("level of its words", "鯨は？", "鯨", 1.0),
        ("level of its words", "鯨と潜水艦は？", "鯨", 0.5),
        ("quotes", "鯨は？", "鯨", 1.0),
    ],
)
def test_each_feature_stands_in_the_place_of_its_coefficient(name: str, question: str, text: str, value: float) -> None:
    assert features(question, text)[name] == pytest.approx(value)


def test_there_is_a_value_for_every_coefficient() -> None:
    values = answer_features(analyse("鯨は？"), units("鯨は？", "鯨"), question_weights(analyse("鯨は？"), alike))
    assert len(values) == len(COEFFICIENTS) == 13


def test_a_comparison_is_held_against_all_units_together() -> None:
    alone = features("札幌と那覇の予算はいくらか", "札幌", "那覇")
    together = features("札幌と那覇の予算を比べるといくらか", "札幌", "那覇")
    assert alone["weakest name"] == ON_PAGE
    assert together["weakest name"] == 1.0
    assert together["subject near"] > alone["subject near"]


def test_a_list_is_held_against_all_units_together() -> None:
    assert features("札幌と那覇を挙げて", "札幌", "那覇")["weakest name"] == 1.0


def test_the_kind_has_to_stand_with_the_subject_and_not_beside_it() -> None:
    assert features("札幌の鯨はいくらか", "鯨", "札幌")["kind near the subject"] == pytest.approx(0.5)
    assert features("鯨の保護はいくらか", "鯨", "札幌")["kind near the subject"] == 0.0


# Conditions


def values(**changes: float) -> list[float]:
    """Features of a unit that answers well, but for the changes."""
    good = dict.fromkeys(NAMES, 0.0) | dict.fromkeys(
        ("subject near", "kind near the subject", "premises", "weakest name", "weakest word"), 1.0
    )
    return list((good | {name.replace("_", " "): value for name, value in changes.items()}).values())


def test_a_unit_that_has_everything_answers() -> None:
    assert probability(values()) > THRESHOLD


@pytest.mark.parametrize(
    ("changes", "is_zero"),
    [
        ({"premises": 0.0}, True),
        ({"premises": 0.5}, False),
        ({"kind_near_the_subject": 0.0}, True),
        ({"kind_near_the_subject": 0.09}, True),
        ({"kind_near_the_subject": 0.11}, False),
        ({"weakest_name": 0.0, "absent_words": 1.0}, False),
    ],
)
def test_a_condition_that_fails_leaves_no_probability(changes: dict[str, float], is_zero: bool) -> None:
    assert (probability(values(**changes)) == 0.0) is is_zero


@pytest.mark.parametrize("name", ["kind near the subject", "premises", "weakest name", "weakest word"])
def test_what_speaks_for_an_answer_raises_the_probability(name: str) -> None:
    changes = [values(**{name.replace(" ", "_"): level}) for level in (0.3, 0.6, 1.0)]
    low, middle, high = map(probability, changes)
    assert 0 < low < middle < high < 1


@pytest.mark.parametrize("name", ["absent words", "broken compound", "asked of something far", "asks for a reason"])
def test_what_speaks_against_an_answer_lowers_it(name: str) -> None:
    changes = [values(**{name.replace(" ", "_"): level}) for level in (0.0, 0.5, 1.0)]
    none, some, all_of_it = map(probability, changes)
    assert 1 > none > some > all_of_it > 0


def test_the_probability_is_the_logistic_function_of_the_weighted_features() -> None:
    given = [0.9, 0.7, 1.0, 0.1, 0.2, 0.8, 0.35, 1.0, 0.0, 1.0, 4.0, 0.6, 2.0]
    z = INTERCEPT + math.fsum(c * f for c, f in zip(COEFFICIENTS.values(), given, strict=True))
    assert probability(given) == pytest.approx(1 / (1 + math.exp(-z)))


def test_features_of_another_number_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        probability([1.0] * 9)


# The subject


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("札幌の予算はいくらか", ("札幌",)),
        ("札幌の鯨は？", ("札幌", "鯨")),
        ("令和7年度の札幌の予算はいくらか", ("札幌", "令和7年度")),
        ("予算はいくらか", ()),
    ],
)
def test_the_subject_is_what_is_asked_about_and_not_what_is_asked_for(question: str, subject: tuple[str, ...]) -> None:
    read: Question = analyse(question)
    named = [t.text for t in read.terms] + [read.text[f.start : f.end] for f in read.premises]
    assert tuple(named[i] for i in subject_terms(read)) == subject


@pytest.mark.parametrize(
    ("found", "expected"),
    [((1.0, 1.0), 1.0), ((1.0, 0.0), 0.25), ((0.0, 0.8), 0.6), ((ON_PAGE, 1.0), 0.75), ((ON_PAGE, ON_PAGE), 0.0)],
)
def test_nearness_leaves_the_rest_of_the_page_out(found: tuple[float, ...], expected: float) -> None:
    (unit,) = units("鯨と札幌は？", "鯨")
    moved = replace(unit, relevance=replace(unit.relevance, found=found))
    assert near(moved, (0, 1), (1.0, 3.0)) == pytest.approx(expected)


def test_a_question_about_nothing_in_particular_is_not_answered() -> None:
    (unit,) = units("いくらか", "札幌")
    assert near(unit, (), ()) == 1.0
    for question in ("いくらか", "予算はいくらか"):
        assert probability(list(features(question, "札幌").values())) == 0.0


def test_a_question_about_the_document_needs_no_other_subject() -> None:
    slide = "# あけぼの計画\n\n札幌で2025年6月13日に決めた。\n"
    question = "この資料の日付は？"
    assert subject_terms(analyse(question)) == ()
    assert probability(list(features(question, "札幌", slide=slide).values())) > THRESHOLD


def test_another_programme_is_no_answer_however_much_of_its_name_stands_there() -> None:
    slide = "# 海洋科学統合プログラム\n\n海洋科学統合プログラムの予算は12億円である。\n"
    for question, answers in (
        ("火山活動統合プログラムの予算はいくらか", False),
        ("海洋科学統合プログラムの予算はいくらか", True),
    ):
        likely = probability(list(features(question, "海洋科学", slide=slide).values()))
        assert (likely > THRESHOLD) is answers
        assert answers or likely == 0.0


def test_what_one_unit_holds_is_not_said_of_what_another_names() -> None:
    question = "札幌の鯨の予算"
    read = analyse(question)
    assert read.wants_list
    together = units(question, "鯨", "那覇")
    values = answer_features(read, together, question_weights(read, alike))
    assert dict(zip(NAMES, values, strict=True))["kind near the subject"] == 0.0
