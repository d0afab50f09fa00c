"""A run as one HTML page that needs no network: totals, plots, and the cases that went wrong beside their gold."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2

from lsqa.evaluation.cases import Case
from lsqa.evaluation.floors import Floor, complaints
from lsqa.evaluation.intervals import interval
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.plots import plots, rightness
from lsqa.evaluation.runs import REPORT, Run

_MOST_CASES: Final = 120
_MOST_TEXT: Final = 900
"""Characters of an answer or a passage: with the cases above, a page stays under 2 MB."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A line of the table of totals, as text."""

    measure: str
    value: str
    low: str
    high: str
    count: int
    direction: str


@dataclass(frozen=True, slots=True)
class FailingCase:
    """`why` says what is wrong in a few words."""

    case: Case
    outcome: Outcome
    why: str


def write_report(run: Run, folder: Path, floors: tuple[Floor, ...] = ()) -> Path:
    """Write `report.html` into a run's folder. Raises `OSError`."""
    path = folder / REPORT
    path.write_text(report_page(run, floors), encoding="utf-8")
    return path


def report_page(run: Run, floors: tuple[Floor, ...] = ()) -> str:
    """The page. Everything that came from documents, questions or models is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    failing = tuple(failing_cases(run))
    return environment.get_template("report.html.jinja").render(
        run=run,
        totals=total_rows(run),
        plots=plots(run),
        complaints=complaints(run, floors),
        failing=failing[:_MOST_CASES],
        omitted=max(0, len(failing) - _MOST_CASES),
        unreviewed=not all(case.reviewed for case in run.cases),
        setup=tuple(_setup(run)),
    )


def total_rows(run: Run) -> tuple[TotalRow, ...]:
    """Every measure of the run with its interval."""
    return tuple(_total_row(run, measure) for measure in run.measures)


def _total_row(run: Run, measure: Measure) -> TotalRow:
    found = interval(measure, run.values(measure), run.setup.seed)
    digits = 1 if measure.name in ("Latency", "Tokens") else 3
    value, low, high = (
        f"{number:.{digits}f}" if found.count else "–" for number in (found.value, found.low, found.high)
    )
    unit = " ms" if measure.name == "Latency" else " USD" if measure.name == "Cost" else ""
    direction = "more is better" if measure.higher_is_better else "less is better"
    return TotalRow(str(measure), value + unit, low, high, found.count, direction)


def failing_cases(run: Run) -> Iterator[FailingCase]:
    """The cases that did not end as they should, in order."""
    for case in run.cases:
        outcome = run.outcomes.get(case.id) or Outcome(case_id=case.id, status="failed", error="it was not asked")
        if why := _why(run, case, outcome):
            yield FailingCase(case, _short(outcome), why)


def _why(run: Run, case: Case, outcome: Outcome) -> str:
    if outcome.error:
        return "it failed"
    for name, what in (
        ("QuoteFound", "a quote is not where it is cited"),
        ("CitationRecall", "a claim is not supported"),
    ):
        if (value := _value(run, name, case)) is not None and value < 1:
            return what
    if (_value(run, "NumberErrors", case) or 0) > 0:
        return "a figure is not proven"
    right = rightness(run, case)
    if right is None or right >= 1:
        return ""
    if outcome.status == "refused":
        return "refused, although the documents answer"
    if not case.is_answerable:
        return "answered, although the documents do not"
    return f"{right:.2f} of what was expected"


def _value(run: Run, name: str, case: Case) -> float | None:
    measure = Measure(name)
    return run.score(case.id, measure).value if measure in run.measures else None


def _short(outcome: Outcome) -> Outcome:
    evidence = tuple(text[:_MOST_TEXT] for text in outcome.evidence)
    return outcome.model_copy(update={"text": outcome.text[:_MOST_TEXT], "evidence": evidence})


def _setup(run: Run) -> Iterator[tuple[str, str]]:
    setup = run.setup
    for title, values in (("", setup.models), ("", setup.index), ("", setup.versions), ("setting ", setup.settings)):
        yield from ((title + name, value) for name, value in values.items() if value)
    yield "commit", setup.commit
    yield "seed", str(setup.seed)
