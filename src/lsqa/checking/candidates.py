"""What a sentence is held against: a unit of a page, or some units of one page that tell of the same thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from lsqa.checking.judging import Passage
from lsqa.documents import Page
from lsqa.statements.grounding import grounding
from lsqa.statements.subjects import is_said_of, subjects
from lsqa.units import Unit

_JOINED: Final = 3  # units that may support a sentence together


@dataclass(frozen=True)  # without slots: the passage is made once
class Candidate:
    """Units of one page, quoted together."""

    doc_id: str
    title: str
    page: Page
    units: tuple[Unit, ...]
    published: str

    @cached_property
    def passage(self) -> Passage:
        quotes = tuple(dict.fromkeys(quote for unit in self.units for quote in unit.quotes))
        headings = (*(h for unit in self.units for h in unit.heading_path), self.page.title, self.title)
        return Passage(quotes, tuple(dict.fromkeys(h for h in headings if h)), self.published)


def join(sentence: str, units: Sequence[Candidate]) -> Candidate | None:
    """The units of one page that tell of the sentence's subject and together hold most of it, as long as each adds to
    it; None below two."""
    pool = [(c, grounding(sentence, c.passage.text).found) for c in _of_one_thing(sentence, units)]
    chosen: list[Candidate] = []
    held: set[int] = set()
    while pool and len(chosen) < _JOINED:
        best, found = max(pool, key=lambda p: len(held | _indices(p[1])))
        if _indices(found) <= held:
            break
        chosen.append(best)
        held |= _indices(found)
        pool = [p for p in pool if not p[0].units[0].overlaps(best.units[0])]
    if len(chosen) < 2:
        return None
    first = chosen[0]
    return Candidate(first.doc_id, first.title, first.page, tuple(c.units[0] for c in chosen), first.published)


def _of_one_thing(sentence: str, units: Sequence[Candidate]) -> list[Candidate]:
    """The units that name a subject of `sentence`, in their words or the headings over them, and the sentences that
    go on in the paragraph of one that does: words of others make another statement."""
    of = subjects(sentence)
    if not of:
        return list(units)
    texts = [(*c.passage.quotes, *c.passage.context) for c in units]
    said = [any(is_said_of(one, text) for one in of) for text in texts]
    for i, (before, unit) in enumerate(pairwise(units)):
        said[i + 1] = said[i + 1] or (said[i] and _goes_on(before.units[0], unit.units[0]))
    return [c for c, is_said in zip(units, said, strict=True) if is_said]


def _goes_on(before: Unit, unit: Unit) -> bool:
    """Whether two sentences follow one another in one block."""
    return before.kind == unit.kind == "sentence" and any(
        block.start <= before.start and unit.end <= block.end for block in unit.page.blocks
    )


def _indices(found: Iterable[bool]) -> set[int]:
    return {i for i, stands in enumerate(found) if stands}
