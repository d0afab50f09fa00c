"""Rows of a table: scores by question, and each row's paired bootstrap interval against the first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Statistic = Callable[[Values], float]
RESAMPLES: Final = 2_000
LEVEL: Final = 0.95
WIDTH: Final = 62


@dataclass(frozen=True, slots=True)
class Column:
    """What is measured: `total` makes one figure of the values of n questions (n, …)."""

    name: str
    total: Statistic


@dataclass(frozen=True, slots=True)
class Row:
    """`values` holds for each column what each question gave, (n, …), the questions in one order in every row."""

    name: str
    values: Sequence[Values]


def mean(values: Values) -> float:
    return float(values.mean())


def difference(total: Statistic, new: Values, old: Values, seed: int = 0) -> tuple[float, float, float]:
    """total(new) - total(old), and the bounds between which 95 % of samples of the questions lie (Efron, 1979).

    A sample on which the statistic is not defined counts for nothing.
    """
    chance = np.random.default_rng(seed)
    samples = chance.integers(0, len(new), (RESAMPLES, len(new)))
    found = np.array([total(new[rows]) - total(old[rows]) for rows in samples])
    low, high = np.nanpercentile(found, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return total(new) - total(old), float(low), float(high)


def lines(title: str, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[str]:
    """The table as text."""
    yield f"\n{title}"
    yield f"{'':<{WIDTH}}" + "".join(f"{column.name:<30}" for column in columns)
    for row in rows:
        cells = [f"{column.total(v):.3f}" for column, v in zip(columns, row.values, strict=True)]
        if row is not rows[0]:
            for i, column in enumerate(columns):
                by, low, high = difference(column.total, row.values[i], rows[0].values[i])
                cells[i] += f" {by:+.3f} [{low:+.3f}, {high:+.3f}]"
        yield (f"{row.name:<{WIDTH}}" + "".join(f"{cell:<30}" for cell in cells)).rstrip()
