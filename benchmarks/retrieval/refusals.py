"""Half of the golds removed from the index: which score tells the questions that cannot be answered any more?"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from benchmarks.retrieval.opened import Opened
from benchmarks.retrieval.questions import DevelopmentSet
from benchmarks.retrieval.table import Column, Row, Values
from scipy.stats import rankdata

from lsqa.evaluation.cases import Case, Place
from lsqa.library import WritableLibrary
from lsqa.questions import analyse
from lsqa.tokens import index_tokens

FALSE_REFUSALS: Final = 0.05
Signal = Callable[[str], float]
"""A question -> how sure it is that the documents answer it, on any scale."""


@dataclass(frozen=True, slots=True)
class Halved:
    """`answerable` (n,) says of each case whether one of its best pages is still in the library in `home`."""

    cases: tuple[Case, ...]
    answerable: Values
    home: Path


def halve(development: DevelopmentSet, encoder: str, folder: Path, seed: int = 0) -> Halved:
    """A copy of the library without the gold pages of half of the questions, which `seed` chooses.

    A question of the other half that lost its best pages to them cannot be answered either; one that lost only some is
    answerable.
    """
    home = folder / development.name
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(development.home, home, ignore=shutil.ignore_patterns("lock", "*.lock", "evaluation"))
    count = len(development.cases)
    chosen = np.random.default_rng(seed).permutation(count)[: count // 2]
    removed = {place.doc_id for i in chosen for place in development.cases[i].places}
    with WritableLibrary.open_for_writing(home, encoder) as library:
        library.remove([doc_id for doc_id in sorted(removed) if library.catalogue.record(doc_id)])
    left = [any(p.doc_id not in removed for p in _best(case)) for case in development.cases]
    return Halved(development.cases, np.array(left, dtype=np.float64), home)


def _best(case: Case) -> list[Place]:
    most = max(place.relevance for place in case.places)
    return [place for place in case.places if place.relevance == most]


def signals(opened: Opened) -> dict[str, Signal]:
    """The ways to score; the first is the simplest."""
    retriever, library = opened.retriever, opened.library

    def nearest(question: str) -> float:
        vector = np.asarray(retriever.embedder.embed_query(question), dtype=np.float32)
        return max((cosine for _, cosine in library.nearest(vector, 1)), default=0.0)

    def words(question: str) -> float:
        return max((score for _, score in library.keywords.search_pages(index_tokens(question), (), 1)), default=0.0)

    def first(question: str) -> float:
        return max((hit.score for hit in retriever.retrieve(analyse(question), 1, read=False)), default=0.0)

    def read(question: str) -> float:
        return max((hit.score for hit in retriever.retrieve(analyse(question), 1)), default=0.0)

    found: dict[str, Signal] = {
        "e5: cosine of the nearest chunk": nearest,
        "BM25: score of the best page": words,
        "lsqa: score of the first passage": first,
    }
    if retriever.reranker is not None:
        found["lsqa with the reader: score of the first passage"] = read
    return found


def rows(halved: Halved, opened: Opened) -> tuple[list[Row], str]:
    """The rows, and what lsqa refuses at its own threshold."""
    by_signal = [
        (name, np.array([signal(case.question) for case in halved.cases])) for name, signal in signals(opened).items()
    ]
    answers = [opened.assistant.ask(case.question) for case in halved.cases]
    reader = " with the reader" if opened.retriever.reranker is not None else ""
    by_signal.append(
        (f"lsqa{reader}: probability of the answer", np.array([a.trace.probability or 0 for a in answers]))
    )
    refused = np.array([answer.status == "refused" for answer in answers])
    can = halved.answerable == 1
    told = (
        f"lsqa{reader} at the threshold it ships: refuses {refused[~can].mean():.3f} of the {int((~can).sum())} that "
        f"cannot be answered, {refused[can].mean():.3f} of the {int(can.sum())} that can"
    )
    pairs = [(name, np.column_stack((values, halved.answerable))) for name, values in by_signal]
    return [Row(name, (values, values)) for name, values in pairs], told


def auroc(values: Values) -> float:
    """How often an answerable question has the higher score of two; (n, 2) of score and whether it is answerable."""
    scores, can = values[:, 0], values[:, 1] == 1
    here, lacking = int(can.sum()), int((~can).sum())
    if not here or not lacking:
        return float("nan")
    return float((rankdata(scores)[can].sum() - here * (here + 1) / 2) / (here * lacking))


def refused_right(values: Values) -> float:
    """The share of unanswerable questions below the highest threshold that refuses at most `FALSE_REFUSALS` of the
    answerable ones of the same sample."""
    scores, can = values[:, 0], values[:, 1] == 1
    if not can.any() or can.all():
        return float("nan")
    threshold = np.sort(scores[can])[int(FALSE_REFUSALS * can.sum())]
    return float((scores[~can] < threshold).mean())


COLUMNS: Final[Sequence[Column]] = (
    Column("AUROC", auroc),
    Column("refused at <= 5 % false", refused_right),
)
