"""How sure a figure is: bootstrap intervals (Efron, 1979), by percentile, over cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lsqa.evaluation.measures import Measure

RESAMPLES: Final = 1_000
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and where it lies in 95 % of the samples. `count` is the number of cases."""

    value: float
    low: float
    high: float
    count: int


def interval(measure: Measure, values: Sequence[float], seed: int) -> Interval:
    """The total of a measure over its cases."""
    if not values:
        return Interval(0.0, 0.0, 0.0, 0)
    found = np.asarray(values)
    low, high = _bounds([measure.total(found[row].tolist()) for row in _rows(len(found), seed)])
    return Interval(measure.total(values), low, high, len(values))


def difference(measure: Measure, new: Sequence[float], old: Sequence[float], seed: int) -> Interval:
    """By how much `new` is better than `old` in the same cases, pair by pair; negative where it is worse."""
    if len(new) != len(old):
        raise ValueError("a paired interval needs pairs")
    if not new:
        return Interval(0.0, 0.0, 0.0, 0)
    pairs = np.column_stack((new, old))

    def better(rows: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> float:
        return measure.better_by(measure.total(rows[:, 0].tolist()), measure.total(rows[:, 1].tolist()))

    low, high = _bounds([better(pairs[row]) for row in _rows(len(pairs), seed)])
    return Interval(better(pairs), low, high, len(pairs))


def _rows(count: int, seed: int) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    return np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))


def _bounds(totals: Sequence[float]) -> tuple[float, float]:
    low, high = np.percentile(totals, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)
