"""The tables of ranking: the right page first, or among the first ten."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.retrieval.baselines import bigrams_ranker, langchain_ranker, vectors_ranker, words_ranker
from benchmarks.retrieval.opened import Opened, opened
from benchmarks.retrieval.questions import DevelopmentSet, asked, lsqa_ranker
from benchmarks.retrieval.table import Column, Row, mean
from training.fusion import Asked, collect, cross_validated, fitted_on_others, measured

from lsqa.evaluation.measures import Measure

MEASURES: Final = {
    "allganize-ja": {"hit@1": "Success@1", "hit@5": "Success@5"},
    "localgovfaq": {"R@10": "R@10", "nDCG@10": "nDCG@10"},
}


def columns(name: str) -> list[Column]:
    return [Column(shown, mean) for shown in MEASURES[name]]


def asked_rows(development: DevelopmentSet, here: Opened, folder: Path) -> list[Row]:
    """The baselines and lsqa as it ships, each asked every question."""
    library, embedder = here.library, here.retriever.embedder
    rankers = {
        "e5 on 320-character chunks, LangChain and Chroma": langchain_ranker(library, embedder, folder),
        "e5 on lsqa's chunks": vectors_ranker(library, embedder),
        "BM25 of Sudachi's words, whole pages": words_ranker(library),
        "BM25 of character bigrams, whole pages (bm25s)": bigrams_ranker(library),
        "lsqa as it ships, fitted on these questions too": lsqa_ranker(here.retriever, read=False),
    }
    if here.retriever.reranker is not None:
        rankers["lsqa with the reader, fitted on these questions too"] = lsqa_ranker(here.retriever, read=True)
    measures = [Measure.parse(measure) for measure in MEASURES[development.name].values()]
    return [Row(name, asked(development.cases, rank, measures)) for name, rank in rankers.items()]


def held_out_rows(sets: Sequence[DevelopmentSet], embedder: Any, reader: Any) -> dict[str, list[Row]]:
    """lsqa with weights of the legs that were not fitted on the question: by ten-fold cross-validation over both sets,
    and by the other set alone. With a reader also with its weight."""
    gathered: list[list[Asked]] = []
    for development in sets:
        with opened(development.home, embedder, None) as here:
            gathered.append(collect(development.cases, here.library, embedder, reader))
    rows: dict[str, list[Row]] = {development.name: [] for development in sets}
    for with_reader in (False, True) if reader is not None else (False,):
        name = "lsqa with the reader" if with_reader else "lsqa"
        folds = cross_validated(gathered, with_reader=with_reader)
        for i, development in enumerate(sets):
            scores = {f"{name}, weights by ten-fold cross-validation": folds[i]}
            if len(sets) > 1:
                _, others = fitted_on_others(gathered, i, with_reader=with_reader)
                scores[f"{name}, weights fitted on the other set only"] = others
            for row, values in scores.items():
                found = measured(gathered[i], values)
                rows[development.name].append(Row(row, [found[m] for m in MEASURES[development.name]]))
    return rows
