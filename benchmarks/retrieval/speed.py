"""What the search takes in a process that stays open, every question asked once."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from benchmarks.retrieval.baselines import Ranker
from benchmarks.retrieval.opened import Opened

from lsqa.legs import search
from lsqa.questions import analyse

WARM_UP: Final = 20
READ: Final = 40


def lines(questions: Sequence[str], baseline: Ranker, opened: Opened) -> Iterator[str]:
    """p50 and p95, in milliseconds. Each question is asked in every way before the next one, so that whatever else
    runs on the machine slows all of them."""
    retriever = opened.retriever

    def encode(question: str) -> None:
        retriever.embedder.embed_query(question)

    def legs(question: str) -> None:
        search(opened.library, analyse(question), vectors[question], None)

    def whole(question: str) -> None:
        retriever.retrieve(analyse(question), 10, read=False)

    vectors = {q: np.asarray(retriever.embedder.embed_query(q), dtype=np.float32) for q in questions}
    # The legs before the whole: what is read for the first time counts for the legs, and is there for the whole.
    ways: dict[str, Callable[[str], object]] = {
        "LangChain's retriever, the question encoded": baseline,
        "a question encoded": encode,
        "all legs, the question analysed": legs,
        "retrieval of ten, all of that": whole,
    }
    found = measured(ways, questions)
    sums = np.array(found["a question encoded"]) + np.array(found["all legs, the question analysed"])
    found["encoded and all legs (aim: 30 ms p50)"] = sums.tolist()
    if retriever.reranker is not None:
        found |= measured(
            {"with the reader (aim: 600 ms, 1 s)": lambda q: retriever.retrieve(analyse(q), 10)}, questions[:READ]
        )
    for name, times in found.items():
        p50, p95 = np.percentile(times, (50, 95))
        yield f"{name:<62}{p50:8.1f} ms p50 {p95:8.1f} ms p95"


def measured(ways: dict[str, Callable[[str], object]], questions: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of each question but the first, which warm up."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number, question in enumerate(questions):
        for name, way in ways.items():
            start = time.perf_counter()
            way(question)
            if number >= min(WARM_UP, len(questions) // 2):
                found[name].append(1e3 * (time.perf_counter() - start))
    return found
