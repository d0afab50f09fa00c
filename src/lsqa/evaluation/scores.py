"""One case's score in one measure."""

from dataclasses import dataclass

from lsqa.evaluation.measures import Measure


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is None where the measure does not apply to the case; `reason` then says why, as it does for an error."""

    value: float | None
    reason: str = ""


Scores = dict[Measure, Score]
NOT_ASKED = "retrieval alone was asked for"
