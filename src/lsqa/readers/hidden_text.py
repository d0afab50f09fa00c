"""Text that no one who looks at a file sees: kept out of its pages and told, a sentence for each place and reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from lsqa.readers.remarks import Remark, remark

NO_COLOUR: Final = "in no visible colour"
TOO_SMALL: Final = "too small to be seen"
NO_PAINT: Final = "without paint"
_SHOWN: Final = 40
_WORD: Final = re.compile(r"[^\W_]")


@dataclass(slots=True)
class HiddenText:
    """Collects hidden text by where it stands (`slide 3`; empty for a file of one page) and why no one sees it."""

    _found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, place: str, reason: str, text: str) -> None:
        """What holds no letter and no figure, such as the blanks and dots that fill a line, is not worth a word."""
        if _WORD.search(text):
            self._found.setdefault((place, reason), []).append(" ".join(text.split()))

    def warnings(self) -> tuple[Remark, ...]:
        """A sentence for each place and reason, in the order in which they were found."""
        return tuple(_sentence(place, reason, " ".join(texts)) for (place, reason), texts in self._found.items())


def _sentence(place: str, reason: str, text: str) -> Remark:
    key = "hidden-one" if len(text) == 1 else "hidden"
    where = f"{place}: " if place else ""
    return remark(key, where=where, count=len(text), reason=reason, shown=repr(shortened(text)))


def shortened(text: str) -> str:
    """The beginning of `text` in one line, as it is shown in a warning."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def places(name: str, numbers: Sequence[int]) -> str:
    """Numbers with the name of what they count: `slide 3`, `slides 1–4, 7`."""
    runs = []
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        runs.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return f"{name}{'s' if len(numbers) > 1 else ''} {', '.join(runs)}"
