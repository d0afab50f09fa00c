"""One score out of what the legs and the reader say."""

import numpy as np
import pytest

from lsqa.fusion import USUAL_COSINE, Bounds, as_usual, leg_features, leg_scores, logit, probability, read_scores

BOUNDS = Bounds(10.0, 20.0, 40.0)


def test_bm25_is_a_share_of_what_could_be_reached() -> None:
    features = leg_features(np.array([[5.0, 5.0, 10.0, USUAL_COSINE]]), BOUNDS)
    assert features.tolist() == [pytest.approx([0.5, 0.25, 0.25, 0.0])]


@pytest.mark.parametrize("leg", range(4))
def test_more_of_any_leg_is_a_higher_score(leg: int) -> None:
    scores = np.full((2, 4), 0.8)
    scores[1, leg] += 0.1
    less, more = leg_scores(scores, BOUNDS)
    assert more > less


def test_a_long_and_a_short_question_have_scores_that_compare() -> None:
    half = np.array([[5.0, 10.0, 20.0, 0.9]])
    double = half * np.array([2.0, 2.0, 2.0, 1.0])
    assert leg_scores(half, BOUNDS) == pytest.approx(leg_scores(double, Bounds(20.0, 40.0, 80.0)))


def test_without_a_word_that_could_be_found_there_is_still_a_score() -> None:
    assert np.isfinite(leg_scores(np.array([[0.0, 0.0, 0.0, 0.9]]), Bounds(0.0, 0.0, 0.0))).all()


@pytest.mark.parametrize("cosines", [[0.1, 0.5, 0.9], [-1.0, 1.0], [0.3, 0.3], [0.2]])
def test_the_cosines_of_another_encoder_lie_where_those_of_e5_do(cosines: list[float]) -> None:
    moved = as_usual(np.array(cosines))
    assert moved.mean() == pytest.approx(USUAL_COSINE)
    assert np.argsort(moved, kind="stable").tolist() == np.argsort(cosines, kind="stable").tolist()


def test_a_reader_that_finds_more_in_equals_puts_them_in_order() -> None:
    worse, better = read_scores([-1.0, -1.0], [-5.0, 5.0])
    assert better > worse


def test_a_probability_and_its_logit_are_each_others_inverse() -> None:
    for log_odds in (-20.0, -1.0, 0.0, 3.0, 20.0):
        assert logit(probability(log_odds)) == pytest.approx(log_odds, abs=1e-3)
    assert 0.0 < probability(-1e9) < probability(1e9) <= 1.0
