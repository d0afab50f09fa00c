"""Suites: cases, and the documents that they are asked of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

import lsqa
from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case, read_cases
from lsqa.evaluation.measures import ANSWER_MEASURES, RANKING_MEASURES, RUN_MEASURES, Measure

Mode = Literal["answers", "retrieval", "claims"]
Loader = Callable[[Path, Path], "Suite"]
"""The folder of the data and one to write into -> the suite. Raises `CaseError` where the data is not there."""

_CHECKOUT: Final = Path(lsqa.__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Suite:
    """`documents` are what a library of its own is made of; without any it is the user's own library that is asked.

    In the mode `claims` each case is a statement that is checked against `sources`, its text by the case's id, of the
    day in `published`: a true one is a case that can be answered, a false one is a case to refuse. `is_judged`:
    language models say of each answer whether it is right.
    """

    name: str
    cases: tuple[Case, ...]
    documents: tuple[Path, ...] = ()
    mode: Mode = "answers"
    sources: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)
    is_judged: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What can be measured of it."""
        by_mode = {
            "answers": (*RANKING_MEASURES, *ANSWER_MEASURES, *RUN_MEASURES),
            "retrieval": (*RANKING_MEASURES, *RUN_MEASURES),
            "claims": (*(m for m in ANSWER_MEASURES if m.family == "refusal"), *RUN_MEASURES),
        }
        return (*by_mode[self.mode], *((Measure("Judged"),) if self.is_judged else ()))

    def sample(self, count: int, seed: int) -> "Suite":
        """`count` of its cases, chosen by `seed`, in their order; all where there are no more."""
        if count <= 0 or count >= len(self.cases):
            return self
        chosen = np.random.default_rng(seed).choice(len(self.cases), count, replace=False)
        return replace(self, cases=tuple(self.cases[i] for i in sorted(chosen)))

    def for_judges(self) -> "Suite":
        """The same, with answers that judges decide on."""
        return replace(self, mode="answers", is_judged=True)

    def for_retrieval(self) -> "Suite":
        """The same, without asking for answers: the cases that have places."""
        return replace(self, mode="retrieval", cases=tuple(case for case in self.cases if case.places))


def load_suite(name: str, data: Path | None, work: Path) -> Suite:
    """`briefing`, a public suite read from `data`, or a file of cases. `work` is a folder to write documents into.

    Cases that nobody has reviewed are left out where others are there.

    Raises `CaseError` for an unknown name, a data set that is not there, or a malformed file.
    """
    from lsqa.evaluation.public_suites import PUBLIC_SUITES

    if name in PUBLIC_SUITES:
        if data is None:
            raise CaseError(f"the suite {name} needs its data", hint=f"lsqa eval {name} --data DIR")
        try:
            return PUBLIC_SUITES[name](data, work)
        except (KeyError, TypeError, ValueError) as error:  # pydantic's errors are ValueErrors
            reason = f"the data of {name} has another form than expected: {' '.join(str(error).split())[:200]}"
            raise CaseError(
                reason, hint="get the data set again, at the commit that its documentation names"
            ) from error
    if name == "briefing":
        cases = read_cases(shipped("evals/briefing.jsonl"))
        return Suite(name, _reviewed(cases), (shipped("corpus"),))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(("briefing", *PUBLIC_SUITES))
        raise CaseError(f"there is no suite {name!r}", hint=f"name a JSONL file of cases, or one of {known}")
    return Suite(path.stem, _reviewed(read_cases(path)))


def _reviewed(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Reviewed cases; the others only where there are no reviewed ones, so that the two are never counted together."""
    return tuple(case for case in cases if case.reviewed) or cases


def shipped(relative: str) -> Path:
    """A path of the working directory, or of the checkout that the program runs from. Raises `CaseError`."""
    for root in (Path.cwd(), _CHECKOUT):
        if (root / relative).exists():
            return root / relative
    raise CaseError(f"{relative} is not here", hint="run `lsqa eval briefing` in a checkout of lsqa")
