"""A run as one HTML page that needs no network: totals, plots, and the cases that went wrong beside their gold."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import jinja2

from lsqa.evaluation.cases import Case
from lsqa.evaluation.floors import Floor, complaints
from lsqa.evaluation.intervals import interval
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.plots import plots, rightness
from lsqa.evaluation.report_words import called, measure_called, say
from lsqa.evaluation.runs import REPORT, Run
from lsqa.text import Language

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


def report_page(run: Run, floors: tuple[Floor, ...] = (), language: Language = "en") -> str:
    """The page. Everything that came from documents, questions or models is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    failing = tuple(failing_cases(run, language))
    return environment.get_template("report.html.jinja").render(
        run=run,
        totals=total_rows(run, language),
        plots=plots(run, language),
        complaints=complaints(run, floors, language),
        failing=failing[:_MOST_CASES],
        omitted=max(0, len(failing) - _MOST_CASES),
        unreviewed=not all(case.reviewed for case in run.cases),
        setup=tuple(_setup(run, language)),
        language=language,
        say=partial(say, language=language),
        called=partial(called, language=language),
    )


def total_rows(run: Run, language: Language = "en") -> tuple[TotalRow, ...]:
    """Every measure of the run with its interval."""
    return tuple(_total_row(run, measure, language) for measure in run.measures)


def _total_row(run: Run, measure: Measure, language: Language) -> TotalRow:
    found = interval(measure, run.values(measure), run.setup.seed)
    digits = 1 if measure.name in ("Latency", "Tokens") else 3
    value, low, high = (
        f"{number:.{digits}f}" if found.count else "–" for number in (found.value, found.low, found.high)
    )
    unit = " ms" if measure.name == "Latency" else " USD" if measure.name == "Cost" else ""
    direction = say("higher" if measure.higher_is_better else "lower", language)
    return TotalRow(measure_called(measure, language), value + unit, low, high, found.count, direction)


def failing_cases(run: Run, language: Language = "en") -> Iterator[FailingCase]:
    """The cases that did not end as they should, in order."""
    for case in run.cases:
        outcome = run.outcomes.get(case.id) or Outcome(
            case_id=case.id, status="failed", error=say("not-asked", language)
        )
        if why := _why(run, case, outcome, language):
            yield FailingCase(case, _short(outcome), why)


def _why(run: Run, case: Case, outcome: Outcome, language: Language) -> str:
    key = _what_is_wrong(run, case, outcome)
    right = rightness(run, case)
    return say(key, language, share=f"{right or 0:.2f}") if key else ""


def _what_is_wrong(run: Run, case: Case, outcome: Outcome) -> str:
    """The key of what is wrong; empty where nothing is."""
    if outcome.error:
        return "why-failed"
    for name, key in (("QuoteFound", "why-quote"), ("CitationRecall", "why-claim")):
        if (value := _value(run, name, case)) is not None and value < 1:
            return key
    if (_value(run, "NumberErrors", case) or 0) > 0:
        return "why-figure"
    right = rightness(run, case)
    if right is None or right >= 1:
        return ""
    if outcome.status == "refused":
        return "why-refused"
    return "why-part" if case.is_answerable else "why-answered"


def _value(run: Run, name: str, case: Case) -> float | None:
    measure = Measure(name)
    return run.score(case.id, measure).value if measure in run.measures else None


def _short(outcome: Outcome) -> Outcome:
    evidence = tuple(text[:_MOST_TEXT] for text in outcome.evidence)
    return outcome.model_copy(update={"text": outcome.text[:_MOST_TEXT], "evidence": evidence})


def _setup(run: Run, language: Language) -> Iterator[tuple[str, str]]:
    setup = run.setup
    for values in (setup.models, setup.index, setup.versions):
        yield from ((name, value) for name, value in values.items() if value)
    yield from ((say("setting", language, name=name), value) for name, value in setup.settings.items() if value)
    yield say("commit", language), setup.commit
    yield say("seed", language), str(setup.seed)
