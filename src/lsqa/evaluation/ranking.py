"""Measures of ranking, computed by `ir_measures` (MacAvaney et al., ECIR 2022) over pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import ir_measures

from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.scores import Score, Scores

_NAMES: Final = {"MRR": "RR"}  # what ir_measures calls differently
_GAINS: Final = {relevance: 2**relevance - 1 for relevance in range(1, 16)}


def ir_measure(measure: Measure) -> Any:
    """A measure of ranking as `ir_measures` knows it."""
    name = _NAMES.get(measure.name, measure.name)
    return ir_measures.parse_measure(f"{name}@{measure.cutoff}" if measure.cutoff else name)


def ranking_scores(
    cases: Sequence[Case], outcomes: Mapping[str, Outcome], measures: Sequence[Measure]
) -> dict[str, Scores]:
    """The scores of each case by its id. They apply to cases with places; one without an outcome scores 0.

    The gain of a page is 2^relevance - 1 (Burges et al., 2005), as localgovFAQ's published figures have it.
    """
    asked = [case for case in cases if case.places]
    qrels = [
        ir_measures.Qrel(case.id, _key(place.doc_id, place.page), _GAINS[min(place.relevance, 15)])
        for case in asked
        for place in case.places
    ]
    run = [
        ir_measures.ScoredDoc(case.id, _key(page.doc_id, page.page), -float(rank))  # by rank: scores may tie
        for case in asked
        for rank, page in enumerate(outcomes[case.id].found)
    ]
    found = {
        (metric.query_id, str(metric.measure)): float(metric.value)
        for metric in (
            ir_measures.iter_calc([ir_measure(m) for m in measures], qrels, run) if measures and asked else ()
        )
    }
    scores: dict[str, Scores] = {}
    for case in cases:
        outcome = outcomes[case.id]
        scores[case.id] = {
            m: Score(None, "nothing is to be found")
            if not case.places
            else Score(m.of_an_error, outcome.error)
            if outcome.error
            else Score(found.get((case.id, str(ir_measure(m))), 0.0))
            for m in measures
        }
    return scores


def trec_totals(qrels: Iterable[str], run: Iterable[str], measures: Sequence[Measure]) -> dict[Measure, float]:
    """The means over the judged queries of a run and its judgements in TREC's formats (`query 0 document relevance`,
    `query Q0 document rank score tag`). A query without a result counts 0.

    Raises `CaseError` for text that is in no such format.
    """
    try:
        judged = [_qrel(line) for line in qrels if line.strip()]
        ranked = [_scored(line) for line in run if line.strip()]
    except ValueError as error:
        hint = "one line: `query 0 document relevance`, or `query Q0 document rank score tag`"
        raise CaseError(f"this is no line of a TREC file: {error}", hint=hint) from error
    if not judged:
        raise CaseError("the judgements are empty", hint="one line: `query 0 document relevance`")
    totals = ir_measures.calc_aggregate([ir_measure(m) for m in measures], judged, ranked)
    return {m: float(totals[ir_measure(m)]) for m in measures}


def _qrel(line: str) -> ir_measures.Qrel:
    try:
        query, _, document, relevance = line.split()
        return ir_measures.Qrel(query, document, int(relevance))
    except ValueError as error:
        raise ValueError(repr(line)) from error


def _scored(line: str) -> ir_measures.ScoredDoc:
    try:
        query, _, document, _, score, _ = line.split()
        return ir_measures.ScoredDoc(query, document, float(score))
    except ValueError as error:
        raise ValueError(repr(line)) from error


def _key(doc_id: str, page: int) -> str:
    return f"{doc_id}\x1f{page}"
