"""What belongs to `lsqa eval` beside running suites: compare runs, list and show them, judge judges, draft cases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.evaluating import eval_app, open_judges
from lsqa.cli.options import Home, Json

__all__ = ["eval_app"]

if TYPE_CHECKING:
    from lsqa.evaluation.comparison import Comparison


@eval_app.command("judge-agreement")
def judge_agreement(
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="Answers labelled by hand.")] = Path(
        "evals/judge-labels.jsonl"
    ),
    *,
    judge: Annotated[
        list[str] | None, typer.Option("--judge", metavar="SPEC", help="PROVIDER:MODEL; several vote.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """How often judges say what people said of the same answers."""
    from lsqa.cli.output import echo_json
    from lsqa.errors import UsageError
    from lsqa.evaluation.judges import PROMPT_VERSION, agreement, read_labels
    from lsqa.settings import load_settings

    if not judge:
        raise UsageError("no judge was named", hint="--judge PROVIDER:MODEL")
    settings, _ = load_settings(home=home)
    found = agreement(read_labels(labels), open_judges(judge, settings.llm_base_url))
    if as_json:
        echo_json({"count": found.count, "agreed": found.agreed, "kappa": found.kappa, "prompt": PROMPT_VERSION})
    else:
        typer.echo(f"agreed on {found.agreed} of {found.count}, kappa {found.kappa:.2f} (prompt {PROMPT_VERSION})")


@eval_app.command("draft-cases")
def draft(
    *,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help="How many cases.")] = 50,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else to stdout.")] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="ID", help="Of this document only.")] = None,
    llm: Annotated[
        str | None, typer.Option("--llm", metavar="SPEC", help="PROVIDER:MODEL, to ask in its words.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the choice.")] = 0,
    home: Home = None,
) -> None:
    """Propose cases from your own documents.

    They count only once a person has looked at them and deleted `"reviewed": false`.
    """
    from lsqa.evaluation.case_drafts import draft_cases
    from lsqa.evaluation.cases import case_lines, write_cases
    from lsqa.library import Library
    from lsqa.models import open_chat_model
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    model = open_chat_model(llm, settings.llm_base_url) if llm and llm != "none" else None
    with Library.open(settings.home, chroma=settings.chroma) as library:
        catalogue = library.catalogue
        ids = [document] if document else [record.doc_id for record in catalogue.documents()]
        cases = draft_cases([catalogue.document(doc_id) for doc_id in ids], count, seed, model)
    if output is None:
        for line in case_lines(cases):
            typer.echo(line)
    else:
        write_cases(cases, output)
    typer.echo(f"lsqa: {len(cases)} cases, none of them reviewed", err=True)


@eval_app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run: its id or the beginning of one, or its folder.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another run of the same cases; `latest` is the newest.")],
    *,
    fail_on_loss: Annotated[bool, typer.Option("--fail-on-loss", help="Exit code 1 where B is surely worse.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the intervals.")] = 0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What is better and what is worse in B than in A, case by case."""
    from lsqa.cli.output import echo_json
    from lsqa.evaluation.comparison import compare_runs
    from lsqa.evaluation.runs import read_run
    from lsqa.settings import load_settings

    runs = load_settings(home=home)[0].home / "runs"
    found = compare_runs(read_run(first, runs), read_run(second, runs), seed)
    if as_json:
        echo_json(found.to_dict())
    else:
        _echo_comparison(found)
    if fail_on_loss and found.has_loss:
        typer.echo("lsqa: the second run is worse, beyond chance", err=True)
        raise typer.Exit(1)


def _echo_comparison(found: "Comparison") -> None:
    typer.echo(f"{found.first} → {found.second}, {found.cases} cases of both")
    if found.only_first or found.only_second:
        typer.echo(f"not compared: {found.only_first} cases of the first only, {found.only_second} of the second only")
    for d in found.differences:
        mark = "  " if not d.is_significant else "▲ " if d.better.value > 0 else "▼ "
        figures = f"{d.first:9.3f} → {d.second:9.3f}   better by {d.better.value:+.3f}"
        counts = f"won {len(d.won)}, lost {len(d.lost)}"
        typer.echo(f"{mark}{d.measure!s:<18} {figures} [{d.better.low:+.3f}, {d.better.high:+.3f}]  {counts}")
    for d in found.differences:
        if d.is_significant and d.lost and d.measure.name != "Latency":
            typer.echo(f"lost in {d.measure}: {', '.join(d.lost[:20])}{' …' if len(d.lost) > 20 else ''}")


@eval_app.command("runs")
def list_runs(*, home: Home = None, as_json: Json = False) -> None:
    """The stored runs, oldest first."""
    from lsqa.cli.output import echo_json
    from lsqa.evaluation.runs import read_run, stored_runs
    from lsqa.settings import load_settings

    folder = load_settings(home=home)[0].home / "runs"
    runs = [read_run(path, folder) for path in stored_runs(folder)]
    if as_json:
        echo_json({"runs": [{"run_id": r.run_id, "suite": r.setup.suite, "finished": r.finished} for r in runs]})
        return
    for run in runs:
        typer.echo(f"{run.run_id}  {run.setup.suite}  {len(run.cases)} cases  {run.setup.commit[:10]}")


@eval_app.command("report")
def report(
    given: Annotated[str, typer.Argument(metavar="RUN", help="A run, as for compare.")] = "latest", *, home: Home = None
) -> None:
    """Write the page of a stored run again."""
    from lsqa.evaluation.report import write_report
    from lsqa.evaluation.runs import read_run
    from lsqa.settings import load_settings

    runs = load_settings(home=home)[0].home / "runs"
    run = read_run(given, runs)
    typer.echo(write_report(run, runs / run.run_id))


@eval_app.command("trec")
def trec(
    qrels: Annotated[Path, typer.Argument(metavar="QRELS", help="`query 0 document relevance` a line.")],
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="`query Q0 document rank score tag` a line.")],
    *,
    measure: Annotated[list[str] | None, typer.Option("--measure", metavar="M", help="nDCG@10, R@5, MRR …")] = None,
    as_json: Json = False,
) -> None:
    """Measure a ranking and its judgements in TREC's formats."""
    from lsqa.cli.output import echo_json
    from lsqa.errors import CaseError
    from lsqa.evaluation.measures import RANKING_MEASURES, Measure
    from lsqa.evaluation.ranking import trec_totals

    measures = tuple(map(Measure.parse, measure)) if measure else RANKING_MEASURES
    try:
        judged, ranked = (path.read_text(encoding="utf-8").splitlines() for path in (qrels, run_file))
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"cannot read {error}", hint="check the path") from error
    totals = trec_totals(judged, ranked, measures)
    if as_json:
        echo_json({str(m): value for m, value in totals.items()})
        return
    for m, value in totals.items():
        typer.echo(f"{m!s:<12} {value:.4f}")


@eval_app.command("schema")
def schema() -> None:
    """The JSON schema of a case."""
    from lsqa.cli.output import echo_json
    from lsqa.evaluation.cases import case_schema

    echo_json(case_schema())


@eval_app.command("feedback-cases")
def feedback_cases(
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else to stdout.")] = None,
    home: Home = None,
) -> None:
    """Propose cases from what people said of answers on the chat page; each has to be looked at."""
    from lsqa.evaluation.cases import case_lines, write_cases
    from lsqa.settings import load_settings
    from lsqa.ui.feedback import Feedback

    cases = Feedback(load_settings(home=home)[0].home).cases()
    if output is None:
        for line in case_lines(cases):
            typer.echo(line)
    else:
        write_cases(cases, output)
    typer.echo(f"lsqa: {len(cases)} cases, none of them reviewed", err=True)
