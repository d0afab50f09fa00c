"""Measures: that they print as they are written, and that each says what it is named for."""

import json
from itertools import pairwise
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from tests.conftest import Invoke

from lsqa.errors import CaseError, UsageError
from lsqa.evaluation.cases import Case, Place
from lsqa.evaluation.citing import citation_precision, citation_recall
from lsqa.evaluation.facts import answer_scores
from lsqa.evaluation.intervals import difference, interval
from lsqa.evaluation.measures import ALL_MEASURES, ANSWER_MEASURES, RUN_MEASURES, Measure
from lsqa.evaluation.outcomes import CitedQuote, FoundPage, Outcome, ShownClaim
from lsqa.evaluation.ranking import ranking_scores, trec_totals

PAGES = {("d", 1): "予算は12億円である。期間は5年である。", ("d", 2): "担当は研究課である。"}
CASE = Case(
    id="a", question="予算は？", language="ja", kind="number", gold=(("12億円",), ("5年",)), places=(Place(doc_id="d"),)
)
NONE = Case(id="n", question="色は？", language="ja", kind="unanswerable")


def page_text(doc_id: str, page: int) -> str:
    return PAGES.get((doc_id, page), "")


def claim(text: str, *quotes: tuple[str, int]) -> ShownClaim:
    return ShownClaim(
        text=text, citations=tuple(CitedQuote(doc_id="d", page=page, quote=quote) for quote, page in quotes)
    )


def outcome(
    *claims: ShownClaim, status: str = "answered", text: str = "", error: str = "", case_id: str = "a"
) -> Outcome:
    shown = text or "\n".join(f"「{c.text}」[1]" for c in claims)
    return Outcome.model_validate(
        {"case_id": case_id, "status": status, "claims": claims, "text": shown, "error": error, "milliseconds": 5.0}
    )


def score(name: str, case: Case, given: Outcome) -> float | None:
    return answer_scores(case, given, page_text, (Measure.parse(name),))[Measure.parse(name)].value


@pytest.mark.parametrize("text", [*map(str, ALL_MEASURES), "P@3", "AP", "Latency@p50", "MRR@10", "Judged"])
def test_a_measure_prints_as_it_is_written(text: str) -> None:
    assert str(Measure.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "R", "R@0", "R@p5", "nDCG", "Latency", "Latency@5", "Latency@p101", "FactRecall@5", "r@5", "R@5 "]
)
def test_what_is_no_measure(text: str) -> None:
    with pytest.raises(UsageError, match="is no measure"):
        Measure.parse(text)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("FactRecall", outcome(claim("予算は12億円である。", ("予算は12億円である。", 1))), 0.5),
        ("FactRecall", outcome(claim("１２ 億円、５年", ("12億円", 1))), 1.0),
        ("FactRecall", outcome(status="refused", text="12億円も5年も分かりません。"), 0.0),
        ("FactPrecision", outcome(claim("12億円", ("12億円", 1)), claim("研究課", ("研究課", 2))), 0.5),
        ("QuoteFound", outcome(claim("x", ("予算は12億円である。", 1), ("予算は13億円である。", 1))), 0.5),
        ("QuoteFound", outcome(claim("x", ("予算は12億円である。", 2))), 0.0),
        ("NumberErrors", outcome(claim("予算は12億円である。", ("予算は12億円である。", 1))), 0.0),
        ("NumberErrors", outcome(claim("予算は13億円である。", ("予算は12億円である。", 1))), 2.0),
        ("FalseRefusals", outcome(status="refused", text="分かりません。"), 1.0),
        ("FalseRefusals", outcome(claim("12億円", ("12億円", 1))), 0.0),
        ("RefusalPrecision", outcome(status="refused", text="分かりません。"), 0.0),
        ("RefusalPrecision", outcome(claim("12億円", ("12億円", 1))), None),
        ("RefusalRecall", outcome(status="refused", text="分かりません。"), None),
        ("Latency@p95", outcome(status="refused", text="x"), 5.0),
    ],
)
def test_what_each_measure_says(name: str, given: Outcome, value: float | None) -> None:
    assert score(name, CASE, given) == value


def test_a_refusal_of_what_cannot_be_answered_is_right_and_an_answer_is_not() -> None:
    refused = outcome(status="refused", text="分かりません。", case_id="n")
    assert [score(name, NONE, refused) for name in ("RefusalRecall", "RefusalPrecision", "FalseRefusals")] == [
        1,
        1,
        None,
    ]
    assert score("RefusalRecall", NONE, outcome(claim("12億円", ("12億円", 1)), case_id="n")) == 0


@pytest.mark.parametrize(
    ("claims", "recall", "precision"),
    [
        # One quote holds all: it is needed.
        ((claim("予算は12億円である。", ("予算は12億円である。", 1)),), 1.0, 1.0),
        # Two figures, a quote each: both are needed.
        ((claim("12億円で5年", ("12億円", 1), ("5年", 1)),), 1.0, 1.0),
        # The second quote adds nothing and supports nothing alone.
        ((claim("予算は12億円", ("予算は12億円", 1), ("担当は研究課", 2)),), 1.0, 0.5),
        # A figure that no quote holds: not supported, so no citation is of use.
        ((claim("予算は13億円", ("12億円", 1)),), 0.0, 0.0),
        # No citation at all.
        ((claim("予算は12億円"),), 0.0, 0.0),
    ],
)
def test_citation_recall_and_precision_are_those_of_alce(
    claims: tuple[ShownClaim, ...], recall: float, precision: float
) -> None:
    assert (citation_recall(claims, page_text), citation_precision(claims, page_text)) == (recall, precision)


def test_every_case_yields_every_measure_and_an_error_improves_none() -> None:
    measures = (*ANSWER_MEASURES, *RUN_MEASURES)
    failed = outcome(status="failed", error="ModelError: gone")
    scores = answer_scores(CASE, failed, page_text, measures)
    assert set(scores) == set(measures)
    assert {s.reason for s in scores.values()} == {"ModelError: gone"}
    worst = {"FalseRefusals": 1.0, "Errors": 1.0}
    assert {str(m): s.value for m, s in scores.items()} == {str(m): worst.get(m.name, 0.0) for m in measures}


def found(case_id: str, *doc_ids: str) -> Outcome:
    pages = tuple(FoundPage(doc_id=doc_id, page=1, score=0.0) for doc_id in doc_ids)
    return Outcome(case_id=case_id, status="retrieved", found=pages)


def test_ranking_is_measured_over_pages_with_graded_gains() -> None:
    graded = CASE.model_copy(update={"places": (Place(doc_id="x", relevance=2), Place(doc_id="y", relevance=1))})
    names = ("Success@1", "R@2", "MRR", "nDCG@10")
    measures = tuple(map(Measure.parse, names))
    scores = ranking_scores([graded, NONE], {"a": found("a", "y", "z", "x"), "n": found("n", "y")}, measures)
    ideal, got = 3 + 1 / np.log2(3), 1 + 3 / np.log2(4)
    assert [scores["a"][m].value for m in measures] == pytest.approx([1, 0.5, 1, got / ideal])
    assert all(scores["n"][m].value is None for m in measures)
    missed = ranking_scores([graded], {"a": found("a")}, measures)["a"]
    assert [missed[m].value for m in measures] == [0, 0, 0, 0]


def _trec(tmp_path: Path) -> tuple[Path, Path]:
    """A run of 30 queries over 40 documents, with graded judgements, as JQaRA's files are."""
    rng = np.random.default_rng(7)
    qrels, run = [], []
    for query in range(30):
        order = rng.permutation(40)
        qrels += [f"q{query} 0 d{document} {rng.integers(0, 3)}" for document in order[:12]]
        if query != 13:  # a query without any result
            run += [
                f"q{query} Q0 d{document} {rank} {40 - rank + rng.random()} lsqa"
                for rank, document in enumerate(order, 1)
            ]
    paths = tmp_path / "qrels.txt", tmp_path / "run.txt"
    for path, lines in zip(paths, (qrels, run), strict=True):
        path.write_text("\n".join(lines) + "\n")
    return paths


def test_a_public_run_file_measures_as_ir_measures_does(invoke: Invoke, tmp_path: Path) -> None:
    qrels, run = _trec(tmp_path)
    done = invoke("eval", "trec", qrels, run, "--json", "--measure", "nDCG@10", "--measure", "MRR", "--measure", "R@5")
    theirs = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.RR, ir_measures.R @ 5],
        ir_measures.read_trec_qrels(str(qrels)),  # type: ignore[no-untyped-call]
        ir_measures.read_trec_run(str(run)),  # type: ignore[no-untyped-call]
    )
    assert list(done.json.values()) == pytest.approx(
        [theirs[ir_measures.nDCG @ 10], theirs[ir_measures.RR], theirs[ir_measures.R @ 5]], abs=1e-6
    )


@pytest.mark.parametrize(
    ("qrels", "run"), [("", "q Q0 d 1 1 x"), ("q 0 d", "q Q0 d 1 1 x"), ("q 0 d 1", "q d"), ("q 0 d x", "q Q0 d 1 1 x")]
)
def test_what_is_no_trec_file(qrels: str, run: str) -> None:
    with pytest.raises(CaseError):
        trec_totals(qrels.splitlines(), run.splitlines(), (Measure.parse("nDCG@10"),))


def test_an_interval_holds_its_value_narrows_with_cases_and_repeats() -> None:
    measure = Measure.parse("FactRecall")
    values = np.random.default_rng(0).integers(0, 2, 2_000).astype(float).tolist()
    widths = []
    for count in (20, 200, 2_000):
        got = interval(measure, values[:count], seed=3)
        assert got.low <= got.value <= got.high
        assert got == interval(measure, values[:count], seed=3)
        widths.append(got.high - got.low)
    assert all(a > b for a, b in pairwise(widths))
    assert interval(measure, [], seed=0).count == 0


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, measure = np.random.default_rng(11), Measure.parse("FactRecall")
    held = 0
    for seed in range(100):
        got = interval(measure, rng.binomial(1, 0.7, 150).astype(float).tolist(), seed)
        held += got.low <= 0.7 <= got.high
    assert 88 <= held <= 100


def test_pairs_tell_a_small_difference_that_the_totals_alone_would_not() -> None:
    rng = np.random.default_rng(5)
    old = rng.random(200)
    worse = difference(Measure.parse("NumberErrors"), (old + 0.02).tolist(), old.tolist(), 0)
    assert worse.high < 0
    same = difference(Measure.parse("FactRecall"), old.tolist(), old.tolist(), 0)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="pairs"):
        difference(Measure.parse("FactRecall"), [1.0], [1.0, 0.0], 0)


def test_latency_is_a_percentile_and_the_rest_are_means() -> None:
    values = [float(n) for n in range(1, 101)]
    assert Measure.parse("Latency@p95").total(values) == pytest.approx(95.05)
    assert Measure.parse("NumberErrors").total([0.0, 3.0]) == 1.5
    assert json.dumps(Measure.parse("R@5").total([])) == "0.0"
