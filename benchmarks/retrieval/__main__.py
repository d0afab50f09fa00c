"""The command line of `benchmarks.retrieval`."""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

import benchmarks.retrieval
import numpy as np
from benchmarks.retrieval import rankings, refusals, spans, speed, table
from benchmarks.retrieval.baselines import langchain_ranker
from benchmarks.retrieval.opened import opened
from benchmarks.retrieval.questions import DevelopmentSet, open_set

from lsqa.errors import LsqaError
from lsqa.models import embedder_fingerprint, open_embedder, open_reranker

TABLES: Final = ("ranking", "speed", "refusal", "spans")
RANKED: Final = ("allganize-ja", "localgovfaq")
SPANS: Final = "jaquad"


def ranking(sets: list[DevelopmentSet], embedder: Any, reader: Any, work: Path) -> None:
    rows = {}
    for development in sets:
        with opened(development.home, embedder, reader) as here:
            rows[development.name] = rankings.asked_rows(development, here, work / "langchain" / development.name)
    held_out = rankings.held_out_rows(sets, embedder, reader)
    for development in sets:
        title = f"{development.name}: {len(development.cases)} development questions"
        found = [*rows[development.name], *held_out[development.name]]
        print(*table.lines(title, rankings.columns(development.name), found), sep="\n", flush=True)


def refusal(sets: list[DevelopmentSet], embedder: Any, reader: Any, work: Path) -> None:
    for development in sets:
        halved = refusals.halve(development, embedder_fingerprint("bundled"), work / "halved")
        with opened(halved.home, embedder, reader) as here:
            rows, told = refusals.rows(halved, here)
        can = int(halved.answerable.sum())
        title = f"{development.name}, half of the golds removed: {can} answerable, {len(halved.cases) - can} not"
        print(*table.lines(title, refusals.COLUMNS, rows), told, sep="\n", flush=True)


def speeds(development: DevelopmentSet, embedder: Any, reader: Any, work: Path) -> None:
    with opened(development.home, embedder, reader) as here:
        baseline = langchain_ranker(here.library, embedder, work / "langchain" / development.name)
        questions = [case.question for case in development.cases]
        print(f"\nspeed over {development.name}, {here.library.catalogue.chunk_count} chunks, each question once")
        print(*speed.lines(questions, baseline, here), sep="\n", flush=True)


def spans_shown(development: DevelopmentSet, embedder: Any, reader: Any, count: int) -> None:
    chosen = np.random.default_rng(0).permutation(len(development.cases))[: count or None]
    cases = tuple(development.cases[i] for i in sorted(chosen))
    with opened(development.home, embedder, reader) as here:
        rows = spans.rows(cases, here)
    title = f"{development.name} dev, {len(cases)} of {len(development.cases)} questions"
    print(*table.lines(title, [table.Column("answer shown", table.mean)], rows), sep="\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.retrieval",
        description=benchmarks.retrieval.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="what is made is kept here (.bench)")
    parser.add_argument("--library", action="append", default=[], metavar="SET=HOME", help="a library made before")
    parser.add_argument("--reader", default="none", help="none, bundled or st:MODEL, as LSQA_RERANKER")
    parser.add_argument("--only", choices=TABLES, action="append", help="one table; may be given again")
    parser.add_argument("--questions", type=int, default=400, help=f"of {SPANS}, chosen by chance; 0 for all (400)")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"{options.data} is not there: nothing measured. DATA=FOLDER names the folder of the data sets.")
        return 1
    try:
        measure(options)
    except LsqaError as error:
        print(f"{error}: nothing more measured ({error.hint})", file=sys.stderr)
        return 1
    return 0


def measure(options: argparse.Namespace) -> None:
    wanted = options.only or TABLES
    homes = {name: Path(home) for name, _, home in (item.partition("=") for item in options.library)}
    work: Path = options.work
    embedder = open_embedder("bundled", work / "models")
    reader = open_reranker(options.reader, work / "models")
    if reader is None:
        print("No reader is asked for (READER=bundled): its rows are left out.")

    def opened_set(name: str) -> DevelopmentSet:
        return open_set(name, options.data, work, homes.get(name))

    if {"ranking", "speed", "refusal"} & set(wanted):
        sets = [opened_set(name) for name in RANKED]
        if "ranking" in wanted:
            ranking(sets, embedder, reader, work)
        if "speed" in wanted:
            speeds(sets[0], embedder, reader, work)
        if "refusal" in wanted:
            refusal(sets, embedder, reader, work)
    if "spans" in wanted:
        spans_shown(opened_set(SPANS), embedder, reader, options.questions)


if __name__ == "__main__":
    sys.exit(main())
