"""Runs as they are stored: a folder each, written case by case, so that what a kill leaves can be gone on with.

home/runs/<run id>/
├── run.json            what was asked of what: settings, models, index, versions
├── cases.jsonl         the cases as they were
├── outcomes.jsonl      what became of each, one line a case as it ends
└── result.json         all of it with every score, once the run is whole; report.html beside it
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case, read_cases, write_cases
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.scores import Score, Scores

RUN_FORMAT = 1
_RUN, _CASES, _OUTCOMES, _RESULT = "run.json", "cases.jsonl", "outcomes.jsonl", "result.json"
REPORT = "report.html"
_NAME = re.compile(r"[\w.-]+")


class RunSetup(BaseModel):
    """All that may make a run differ from another. `settings` are masked; `index` holds the fingerprint, documents and
    chunks of the library; `commit` is that of the checkout, with `+` where it was changed, or empty; `versions` are
    those of Python and of the packages that matter; `seed` is that of samples and intervals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    suite: str
    mode: str
    cases_sha256: str
    settings: dict[str, str]
    models: dict[str, str]
    index: dict[str, str]
    commit: str
    versions: dict[str, str]
    seed: int
    passages: int
    format: int = RUN_FORMAT

    @property
    def identity(self) -> str:
        """Equal for runs that have to give the same; an interrupted one goes on under it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


class Run(BaseModel):
    """A stored run. `scores` are by case and measure, [value, reason]; `finished` is empty until it is whole."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: str
    started: str
    finished: str = ""
    setup: RunSetup
    cases: tuple[Case, ...] = ()
    outcomes: dict[str, Outcome] = {}
    scores: dict[str, dict[str, tuple[float | None, str]]] = {}

    @property
    def measures(self) -> tuple[Measure, ...]:
        first = next(iter(self.scores.values()), {})
        return tuple(map(Measure.parse, first))

    def score(self, case_id: str, measure: Measure) -> Score:
        return Score(*self.scores[case_id][str(measure)])

    def values(self, measure: Measure, cases: Iterable[Case] | None = None) -> list[float]:
        """The scores of the cases that the measure applies to, in the order of the cases."""
        found = (self.score(case.id, measure).value for case in (self.cases if cases is None else cases))
        return [value for value in found if value is not None]

    def with_scores(self, scores: Mapping[str, Scores], finished: str) -> Self:
        plain = {i: {str(m): (s.value, s.reason) for m, s in of_case.items()} for i, of_case in scores.items()}
        return self.model_copy(update={"scores": plain, "finished": finished})


class RunFolder:
    """A run's folder, open for its outcomes."""

    def __init__(self, path: Path, run: Run) -> None:
        self.path = path
        self.run = run

    @classmethod
    def create(cls, runs: Path, run: Run) -> Self:
        """A folder for a new run. Raises `OSError`."""
        path = runs / run.run_id
        path.mkdir(parents=True)
        write_cases(run.cases, path / _CASES)
        _write_whole(path / _RUN, run.model_dump_json(exclude={"cases", "outcomes", "scores"}, indent=2))
        return cls(path, run)

    @classmethod
    def resume(cls, runs: Path, setup: RunSetup) -> Self | None:
        """The newest unfinished run of the same setup, with the outcomes that it has; None where there is none."""
        for path in sorted(runs.glob("*"), reverse=True):
            if not (path / _RUN).is_file() or (path / _RESULT).exists():
                continue
            try:
                run = Run.model_validate_json((path / _RUN).read_bytes())
                if run.setup.identity == setup.identity:
                    cases = read_cases(path / _CASES)
                    outcomes = {o.case_id: o for o in _read_outcomes(path / _OUTCOMES)}
                    return cls(path, run.model_copy(update={"cases": cases, "outcomes": outcomes}))
            except (ValidationError, CaseError, OSError):
                continue  # a run that was cut off at its beginning, or is of another version: a new one begins
        return None

    def keep(self, outcome: Outcome) -> None:
        """Write what became of a case; a crash later does not lose it."""
        line = json.dumps(outcome.model_dump(mode="json"), ensure_ascii=False) + "\n"
        with (self.path / _OUTCOMES).open("a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
        self.run.outcomes[outcome.case_id] = outcome

    def finish(self, run: Run) -> None:
        """Store the whole run."""
        self.run = run
        _write_whole(self.path / _RESULT, run.model_dump_json(indent=1))


def read_run(given: str | Path, runs: Path) -> Run:
    """A finished run by its id (or the beginning of one), its folder or its `result.json`; `latest` is the newest.

    Raises `CaseError` where there is none, or several.
    """
    path = _find(given, runs)
    try:
        return Run.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        reason = f"{path} is no stored run: {str(error).splitlines()[0]}"
        raise CaseError(reason, hint="name a run that `lsqa eval runs` lists") from error


def stored_runs(runs: Path) -> tuple[Path, ...]:
    """The folders of finished runs, oldest first."""
    return tuple(sorted(path.parent for path in runs.glob(f"*/{_RESULT}")))


def _find(given: str | Path, runs: Path) -> Path:
    path = Path(given)
    if path.is_file():
        return path
    if (path / _RESULT).is_file():
        return path / _RESULT
    names = [folder for folder in stored_runs(runs) if str(given) == "latest" or folder.name.startswith(str(given))]
    if str(given) == "latest":
        names = names[-1:]
    if len(names) != 1:
        what = f"there is no run {str(given)!r}" if not names else f"{len(names)} runs begin with {str(given)!r}"
        raise CaseError(what, hint="name a run that `lsqa eval runs` lists")
    return names[0] / _RESULT


def _read_outcomes(path: Path) -> Iterator[Outcome]:
    """The outcomes that were written whole: a kill may have cut the last line."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                yield Outcome.model_validate_json(line)
            except ValidationError:
                continue


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def cases_sha256(cases: Sequence[Case]) -> str:
    return hashlib.sha256("\n".join(case.model_dump_json() for case in cases).encode()).hexdigest()


def to_jsonable(run: Run) -> dict[str, Any]:
    """The run as plain JSON values."""
    return run.model_dump(mode="json")
