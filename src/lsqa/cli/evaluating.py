"""`lsqa eval`: run suites, compare runs, draft cases."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from lsqa.cli.options import Home, Json

if TYPE_CHECKING:
    from lsqa.assistant import Assistant
    from lsqa.evaluation.cases import Case
    from lsqa.evaluation.floors import Floor
    from lsqa.evaluation.judges import Judge
    from lsqa.evaluation.running import Asker
    from lsqa.evaluation.runs import RunFolder
    from lsqa.evaluation.suites import Suite
    from lsqa.ingest import Progress
    from lsqa.settings import Settings

_RUN = "run"


class _RunByDefault(TyperGroup):
    """`lsqa eval SUITE…` is `lsqa eval run SUITE…`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = [_RUN, *args]
        return super().parse_args(ctx, args)


eval_app = typer.Typer(cls=_RunByDefault, help="Whether answers are right: suites, runs, comparisons.")


@eval_app.command(_RUN)
def run_suites(
    suites: Annotated[
        list[str] | None, typer.Argument(metavar="[SUITE…]", help="briefing, a public suite, or a JSONL file of cases.")
    ] = None,
    *,
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Where the public data sets lie.")] = None,
    retrieval: Annotated[bool, typer.Option("--retrieval", help="Measure retrieval only; ask for no answers.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="A sample of so many cases; 0 for all.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the sample and the intervals.")] = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Questions at a time.")] = 1,
    rate: Annotated[
        float, typer.Option("--rate", metavar="N", min=0, help="Questions a second at most; 0: no limit.")
    ] = 0,
    floor: Annotated[
        list[str] | None, typer.Option("--floor", metavar="MEASURE=N", help="Exit code 1 below it: R@5=0.9.")
    ] = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            "--judge", metavar="SPEC", help="PROVIDER:MODEL that says whether an answer is right; several vote."
        ),
    ] = None,
    price: Annotated[
        float, typer.Option("--price", metavar="USD", min=0, help="Of a million tokens, to show what judging costs.")
    ] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew instead of going on with an interrupted run.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run suites, store each run and its report."""
    from lsqa.evaluation.floors import Floor
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    judges = open_judges(judge or (), settings.llm_base_url)
    agreed = _agreement(judges) if judges else ""
    floors = tuple(Floor.parse(text) for text in floor or ())
    job = _Job(settings, judges, agreed, floors, seed, workers, rate, price, limit, retrieval, fresh, data)
    _run_all(job, suites or ["briefing"], as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Job:
    """The options that hold for every suite."""

    settings: "Settings"
    judges: "tuple[Judge, ...]"
    agreed: str
    floors: "tuple[Floor, ...]"
    seed: int
    workers: int
    rate: float
    price: float
    limit: int
    retrieval: bool
    fresh: bool
    data: Path | None

    def suite(self, name: str) -> "Suite":
        """The suite, or the part of it that is asked for."""
        from lsqa.evaluation.suites import load_suite

        suite = load_suite(name, self.data, self.settings.home / "evaluation").sample(self.limit, self.seed)
        return suite.for_retrieval() if self.retrieval else suite.for_judges() if self.judges else suite


def _run_all(job: _Job, names: Sequence[str], *, as_json: bool) -> None:
    from lsqa.cli.output import echo_json
    from lsqa.evaluation.floors import complaints

    results: list[dict[str, Any]] = []
    for name in names:
        suite = job.suite(name)
        if job.judges:
            _echo_cost(suite, len(job.judges), job.price)
        folder = _run_suite(job, suite)
        found = complaints(folder.run, job.floors)
        results.append(_summary(folder, found))
        if not as_json:
            _echo_run(folder, found)
    if as_json:
        echo_json({"runs": results})
    missed = [text for result in results for text in result["complaints"] if "was not reached" in text]
    if missed or any(result["failed"] for result in results):
        raise typer.Exit(1)


def _run_suite(job: _Job, suite: "Suite") -> "RunFolder":
    from lsqa.evaluation import asking
    from lsqa.evaluation.report import write_report
    from lsqa.evaluation.running import Pace, ask_all, finished

    with ExitStack() as stack, _progress(suite.name) as (reading, asked):
        home = asking.prepare_library(suite, job.settings, reading)
        assistants = []
        if suite.mode != "claims":
            assistants = [stack.enter_context(asking.open_assistant(home, job.settings)) for _ in range(job.workers)]
        first = assistants[0] if assistants else None
        setup = asking.describe(suite, job.settings, first, job.seed, job.judges, job.agreed)
        folder = _folder(job.settings.home / "runs", suite, setup, fresh=job.fresh)
        ask_all(folder, _askers(job, suite, assistants), pace=Pace(job.rate), progress=asked)
        page_text = asking.page_texts(first) if first else (lambda doc_id, page: "")
        folder.finish(finished(folder.run, page_text, suite.measures))
        write_report(folder.run, folder.path, job.floors)
    return folder


def _askers(job: _Job, suite: "Suite", assistants: "Sequence[Assistant]") -> "list[Asker]":
    from lsqa.evaluation import asking

    if suite.mode == "claims":
        return [asking.claim_checking(suite.sources, suite.published)] * job.workers
    make = asking.retrieving if suite.mode == "retrieval" else asking.answering
    askers = [make(assistant) for assistant in assistants]
    return [asking.judging(asker, job.judges, job.price) for asker in askers] if job.judges else askers


def open_judges(specs: "Sequence[str]", base_url: str) -> "tuple[Judge, ...]":
    """The judges of `PROVIDER:MODEL`. Raises `ModelUnavailableError`."""
    from lsqa.evaluation.judges import Judge
    from lsqa.models import open_chat_model

    return tuple(Judge(spec, open_chat_model(spec, base_url)) for spec in specs)


def _agreement(judges: "Sequence[Judge]") -> str:
    """How the judges do on the answers that were labelled by hand: without it their verdicts say little."""
    from lsqa.evaluation.judges import agreement, estimated_tokens, read_labels
    from lsqa.evaluation.suites import shipped

    labels = read_labels(shipped("evals/judge-labels.jsonl"))
    tokens = estimated_tokens([label.case for label in labels], [label.answer for label in labels], len(judges))
    typer.echo(f"lsqa: judging {len(labels)} labelled answers first takes at most {tokens:,} tokens", err=True)
    found = str(agreement(labels, judges))
    typer.echo(f"lsqa: the judges: {found}", err=True)
    return found


def _echo_cost(suite: "Suite", judges: int, price: float) -> None:
    """What judging will take, before it begins; an answer in quotes has 400 characters at most."""
    from lsqa.evaluation.judges import estimated_tokens
    from lsqa.quoting import ANSWER_CHARACTERS

    cases = [case for case in suite.cases if case.is_answerable]
    tokens = estimated_tokens(cases, ["．" * ANSWER_CHARACTERS] * len(cases), judges)
    cost = f", {tokens / 1e6 * price:.2f} USD" if price else "; --price shows what they cost"
    typer.echo(f"lsqa: {suite.name}: judging takes at most {tokens:,} tokens{cost}", err=True)


def _folder(runs: Path, suite: "Suite", setup: Any, *, fresh: bool) -> "RunFolder":
    """The folder of an interrupted run of the same setup, else a new one."""
    from lsqa.evaluation.runs import Run, RunFolder

    interrupted = None if fresh else RunFolder.resume(runs, setup)
    if interrupted:
        return interrupted
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%d-%H%M%S-%f}"[:-3] + f"-{suite.name}"
    started = now.isoformat(timespec="seconds")
    return RunFolder.create(runs, Run(run_id=run_id, started=started, setup=setup, cases=suite.cases, outcomes={}))


@contextmanager
def _progress(suite: str) -> "Iterator[tuple[Callable[[Progress], None], Callable[[int, int, Case], None]]]":
    """A bar on stderr, first over the documents, then over the cases; silent where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(f"{suite}: reading", total=None)

        def reading(now: "Progress") -> None:
            bars.update(task, completed=now.chunks, total=now.chunks_known or None)

        def asked(done: int, total: int, case: "Case") -> None:
            bars.update(task, completed=done, total=total, description=f"{suite}: {case.id}")

        yield reading, asked


def _summary(folder: "RunFolder", found: tuple[str, ...]) -> dict[str, Any]:
    run = folder.run
    measures = {str(m): {"value": m.total(values := run.values(m)), "cases": len(values)} for m in run.measures}
    return {
        "run_id": run.run_id,
        "suite": run.setup.suite,
        "cases": len(run.cases),
        "failed": sum(bool(outcome.error) for outcome in run.outcomes.values()),
        "reviewed": all(case.reviewed for case in run.cases),
        "measures": measures,
        "complaints": list(found),
        "report": str(folder.path / "report.html"),
        "result": str(folder.path / "result.json"),
    }


def _echo_run(folder: "RunFolder", found: tuple[str, ...]) -> None:
    from lsqa.evaluation.report import total_rows

    run = folder.run
    unreviewed = "" if all(case.reviewed for case in run.cases) else ", none of them reviewed"
    typer.echo(f"{run.setup.suite}: {len(run.cases)} cases{unreviewed}, run {run.run_id}")
    for row in total_rows(run):
        typer.echo(f"  {row.measure:<18} {row.value:>10}   [{row.low}, {row.high}]  n = {row.count}")
    for text in found:
        typer.echo(f"  not fine: {text}")
    typer.echo(f"  {folder.path / 'report.html'}")
