"""Measures as values: they print as they are written, `R@5`, `FactRecall`, `Latency@p95`, and parse to themselves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lsqa.errors import UsageError

Family = Literal["ranking", "answer", "refusal", "cost"]

# What each name takes after its @, and whether more is better.
_RANKING: Final = ("R", "P", "nDCG", "Success", "MRR", "AP")
_RANKING_BARE: Final = frozenset({"MRR", "AP"})
_FAMILIES: Final[dict[str, Family]] = {
    **dict.fromkeys(_RANKING, "ranking"),
    **dict.fromkeys(
        ("FactRecall", "FactPrecision", "CitationPrecision", "CitationRecall", "QuoteFound", "NumberErrors", "Judged"),
        "answer",
    ),
    **dict.fromkeys(("RefusalPrecision", "RefusalRecall", "FalseRefusals"), "refusal"),
    **dict.fromkeys(("Latency", "Tokens", "Cost", "Errors"), "cost"),
}
_LOWER_IS_BETTER: Final = frozenset({"NumberErrors", "FalseRefusals", "Latency", "Tokens", "Cost", "Errors"})
_UNBOUNDED: Final = frozenset({"NumberErrors", "Latency", "Tokens", "Cost"})
_WRITTEN: Final = re.compile(r"([A-Za-z]+)(?:@(p?)(\d{1,5}))?")


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """`cutoff` is a rank for measures of ranking, a percentile for `Latency`; 0 where there is none.

    >>> Measure.parse("nDCG@10")
    Measure(name='nDCG', cutoff=10)
    >>> str(Measure.parse("Latency@p95"))
    'Latency@p95'
    """

    name: str
    cutoff: int = 0

    @classmethod
    def parse(cls, text: str) -> "Measure":
        """Raises `UsageError` for what is no measure."""
        match = _WRITTEN.fullmatch(text)
        name = match[1] if match else ""
        if match is None or name not in _FAMILIES or not _fits(name, match[2], match[3]):
            raise UsageError(f"{text!r} is no measure", hint="there are " + ", ".join(map(str, ALL_MEASURES)))
        return cls(name, int(match[3] or 0))

    def __str__(self) -> str:
        if not self.cutoff:
            return self.name
        return f"{self.name}@{'p' if self.name == 'Latency' else ''}{self.cutoff}"

    @property
    def family(self) -> Family:
        return _FAMILIES[self.name]

    @property
    def higher_is_better(self) -> bool:
        return self.name not in _LOWER_IS_BETTER

    @property
    def of_an_error(self) -> float:
        """The score of a case that failed: 0, or for a share of what went wrong 1, so that no error improves one."""
        return 0.0 if self.higher_is_better or self.name in _UNBOUNDED else 1.0

    def total(self, values: Sequence[float]) -> float:
        """The scores of the cases it applies to as one: their mean, or for `Latency` a percentile; 0 for none."""
        if not len(values):
            return 0.0
        if self.name == "Latency":
            return float(np.percentile(values, self.cutoff))
        return float(np.mean(values))

    def better_by(self, new: float, old: float) -> float:
        """How much better `new` is than `old`; negative where it is worse."""
        return new - old if self.higher_is_better else old - new


def _fits(name: str, percentile: str, number: str | None) -> bool:
    """Whether a name can stand with what follows it."""
    if name == "Latency":
        return bool(percentile) and 0 < int(number or 0) <= 100
    if _FAMILIES[name] == "ranking":
        return not percentile and (name in _RANKING_BARE if number is None else int(number) > 0)
    return number is None


RANKING_MEASURES: Final = tuple(map(Measure.parse, ("Success@1", "Success@5", "R@5", "R@10", "nDCG@10", "MRR")))
ANSWER_MEASURES: Final = tuple(
    map(
        Measure.parse,
        ("FactRecall", "FactPrecision", "CitationPrecision", "CitationRecall", "QuoteFound", "NumberErrors",
         "RefusalPrecision", "RefusalRecall", "FalseRefusals", "Tokens", "Cost"),
    )
)  # fmt: skip
RUN_MEASURES: Final = tuple(map(Measure.parse, ("Errors", "Latency@p95")))
ALL_MEASURES: Final = (*RANKING_MEASURES, *ANSWER_MEASURES, *RUN_MEASURES)
