"""Which stage of a budget an amount is of: what is requested (概算要求) is no budget yet, a supplementary one (補正)
not the year's own, one after it (補正後) the sum of both, a settlement (決算) what was spent of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.ledger.entries import Status
from lsqa.text import Span

# What says more stands before what says less: 補正予算 is no 予算 here, 予算要求 a request.
_STAGE: Final = re.compile(
    r"(?P<revised>補正後|revised budget)|(?P<supplementary>補正|supplementa\w+)|"
    r"(?P<request>予算(?:の)?(?:概算)?要求|概算要求|要求|要望額|(?:budget )?request\w*)|"
    r"(?P<settlement>決算|執行額|settle\w+|outturn)|(?P<budget>当初|予算|budget|appropriation)",
    re.IGNORECASE,
)
_ATTACHED: Final = re.compile(r"(?:予算)?案?額?(?:の)?\s*(?:budget)?", re.IGNORECASE)  # 補正|予算額 is one thing


@dataclass(frozen=True, slots=True)
class Staged:
    """A stage with the words that say it."""

    stage: Status
    words: str


def _stages(text: str, start: int, end: int) -> list[tuple[int, Staged]]:
    found: list[tuple[int, Staged]] = []
    at = start
    while match := _STAGE.search(text, at, end):
        stage: Status = match.lastgroup  # type: ignore[assignment]  # the groups are the stages
        tail = _ATTACHED.match(text, match.end(), end)
        at = tail.end() if tail and stage != "budget" else match.end()
        found.append((match.start(), Staged(stage, text[match.start() : at].strip())))
    return found


def stage_at(text: str, sentence: Span, figure: Span) -> Staged | None:
    """The stage that an amount at `figure` is of: the last one said before it in its sentence, else the first behind
    it; None where its sentence says none."""
    found = _stages(text, *sentence)
    before = [staged for at, staged in found if at < figure[0]]
    return before[-1] if before else found[0][1] if found else None


def stages_in(texts: Iterable[str]) -> frozenset[Status]:
    """All stages that `texts` speak of."""
    return frozenset(staged.stage for text in texts for _, staged in _stages(text, 0, len(text)))


def unlike_stage(
    claimed: Staged | None, quoted: Sequence[Staged | None], spoken_of: frozenset[Status]
) -> Staged | None:
    """The stage that stands in the place of the one claimed; `claimed` itself where its own stands nowhere.

    `quoted` has the stage at each place that proves the amount, `spoken_of` all stages in the quotes and in the
    headings over them. Who names no stage claims none, and a place that says none does not speak against one.
    """
    if claimed is None or any(q is not None and q.stage == claimed.stage for q in quoted):
        return None
    others = [q for q in quoted if q is not None]
    if len(others) == len(quoted) and others:
        return others[0]
    return None if claimed.stage == "budget" or claimed.stage in spoken_of else claimed
