"""Two runs of the same cases beside each other: what got better, what got worse, and whether that can be chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lsqa.errors import CaseError
from lsqa.evaluation.intervals import Interval, difference
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.runs import Run


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure. `better` is by how much the second run is better, negative where it is worse; `won` and `lost` are
    the ids of the cases that it is better and worse in."""

    measure: Measure
    first: float
    second: float
    better: Interval
    won: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def is_significant(self) -> bool:
        """Whether 0 lies outside of the interval."""
        return self.better.low > 0 or self.better.high < 0

    @property
    def is_loss(self) -> bool:
        """A significant change for the worse. Of time it proves nothing: machines are shared."""
        return self.better.high < 0 and self.measure.name != "Latency"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`only_first` and `only_second` count the cases that the other run has not."""

    first: str
    second: str
    differences: tuple[Difference, ...]
    cases: int
    only_first: int
    only_second: int

    @property
    def has_loss(self) -> bool:
        return any(d.is_loss for d in self.differences)

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `lsqa eval compare --json` prints."""
        return {
            "first": self.first,
            "second": self.second,
            "cases": self.cases,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "has_loss": self.has_loss,
            "measures": [
                {
                    "measure": str(d.measure),
                    "first": d.first,
                    "second": d.second,
                    "better_by": d.better.value,
                    "interval": [d.better.low, d.better.high],
                    "cases": d.better.count,
                    "significant": d.is_significant,
                    "won": list(d.won),
                    "lost": list(d.lost),
                }
                for d in self.differences
            ],
        }


def compare_runs(first: Run, second: Run, seed: int = 0) -> Comparison:
    """Every measure that both runs have, over the cases that both have.

    Raises `CaseError` where they share no case, or one id stands for two questions.
    """
    known = {case.id: case for case in first.cases}
    shared = [case for case in second.cases if case.id in known]
    if not shared:
        raise CaseError("the runs share no case", hint="compare runs of one suite")
    changed = [case.id for case in shared if case.question != known[case.id].question]
    if changed:
        raise CaseError(f"the case {changed[0]!r} is another question now", hint="run both versions on the same cases")
    return Comparison(
        first.run_id,
        second.run_id,
        tuple(_differences(first, second, [case.id for case in shared], seed)),
        len(shared),
        len(first.cases) - len(shared),
        len(second.cases) - len(shared),
    )


def _differences(first: Run, second: Run, case_ids: list[str], seed: int) -> Iterator[Difference]:
    both = [measure for measure in second.measures if measure in set(first.measures)]
    for measure in both:
        pairs = [
            (i, old, new)
            for i in case_ids
            if (old := first.score(i, measure).value) is not None
            and (new := second.score(i, measure).value) is not None
        ]
        olds, news = [old for _, old, _ in pairs], [new for _, _, new in pairs]
        yield Difference(
            measure,
            measure.total(olds),
            measure.total(news),
            difference(measure, news, olds, seed),
            tuple(i for i, old, new in pairs if measure.better_by(new, old) > 0),
            tuple(i for i, old, new in pairs if measure.better_by(new, old) < 0),
        )
