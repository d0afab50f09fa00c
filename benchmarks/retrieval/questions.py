"""A development set: its questions, the library of its pages, and what each way of ranking gives each question."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from benchmarks.retrieval.baselines import Ranker
from benchmarks.retrieval.table import Values

from lsqa.evaluation.asking import prepare_library
from lsqa.evaluation.cases import Case
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome, pages_of
from lsqa.evaluation.ranking import ranking_scores
from lsqa.evaluation.suites import Suite, load_suite
from lsqa.questions import analyse
from lsqa.retrieval import Retriever
from lsqa.settings import Settings

FOUND: Final = 50


@dataclass(frozen=True, slots=True)
class DevelopmentSet:
    """`home` is the data folder of a library that holds its pages."""

    name: str
    cases: tuple[Case, ...]
    home: Path


def open_set(name: str, data: Path, work: Path, home: Path | None) -> DevelopmentSet:
    """The set `name`. Without `home` the library is made in `work`, and told what that took; once.

    Raises `CaseError` where the data is not there.
    """
    suite = load_suite(name, data, work)
    return DevelopmentSet(name, suite.for_retrieval().cases, home or _made(suite, work))


def _made(suite: Suite, work: Path) -> Path:
    start, before = time.perf_counter(), os.times()
    home = prepare_library(suite, replace(Settings(work), embedder="bundled"))
    after = os.times()
    seconds = sum(after[:4]) - sum(before[:4])
    wall = time.perf_counter() - start
    print(f"library of {suite.name}: {wall:.0f} s, {seconds:.0f} s of processor time", flush=True)
    return home


def lsqa_ranker(retriever: Retriever, *, read: bool) -> Ranker:
    return lambda question: pages_of(retriever.retrieve(analyse(question), FOUND, read=read))


def asked(cases: Sequence[Case], rank: Ranker, measures: Sequence[Measure]) -> list[Values]:
    """For each measure what each case gives, (n,)."""
    outcomes = {
        case.id: Outcome(case_id=case.id, status="retrieved", found=tuple(rank(case.question))) for case in cases
    }
    scores = ranking_scores(cases, outcomes, measures)
    return [np.array([scores[case.id][m].value or 0.0 for case in cases]) for m in measures]
