"""Whether a figure is a limit: 8校以上 is not 8校以下, and "up to 20" is not 20.

A limit follows from the exact figure (8校 is 8校以上), never the figure from a limit. That a figure is `approximate` is
left to whoever reads it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from lsqa.figures import Figure, find_figures, proving_figures, supports, written_in_kanji
from lsqa.text import spaced_with_offsets

Limit = Literal["", "at least", "at most", "more than", "less than"]

_MEASURED: Final = frozenset({"amount", "count", "percent", "duration", "number"})
_WORDS_BEHIND: Final[dict[Limit, str]] = {
    "at least": r"以上|を下回らな|or (?:more|over|above)\b|and above\b",
    "at most": r"以下|以内|を(?:超え|上回ら)な|を?(?:上限|限度)|まで|or (?:less|fewer|below|under)\b",
    "more than": r"を?超|を?上回",
    "less than": r"未満|を?下回|に満た|足らず",
}
_WORDS_BEFORE: Final[dict[Limit, str]] = {
    "at least": r"少なくとも|最低|下限[^、。0-9]{0,4}[、:：]?|\b(?:at least|no (?:less|fewer) than|minimum(?: of)?)",
    "at most": r"最大|最高|多くとも|上限[^、。0-9]{0,4}[、:：]?"
    r"|\b(?:up to|at most|no more than|maximum(?: of)?|not exceeding)",
    "more than": r"\b(?:more than|exceed(?:s|ed|ing)?|greater than|over|above)",
    "less than": r"\b(?:less|fewer) than|\bbelow",
}
# A counter that is not listed (戸) is no part of its figure.
_BEHIND: Final = {
    limit: re.compile(rf"\s*[一-龠]{{0,2}}?(?:{words})", re.IGNORECASE) for limit, words in _WORDS_BEHIND.items()
}
_BEFORE: Final = {
    limit: re.compile(rf"(?:{words})(?:で)?\s*(?:約|およそ|おおむね|about|some)?\s*$", re.IGNORECASE)
    for limit, words in _WORDS_BEFORE.items()
}
_WINDOW: Final = 24  # characters before and behind a figure
# What a quoted limit proves beside itself.
_FOLLOWS: Final[frozenset[tuple[Limit, Limit]]] = frozenset(
    {("", "at least"), ("", "at most"), ("more than", "at least"), ("less than", "at most")}
)

_WRITTEN_BEHIND: Final = re.compile(
    r"以上|以下|以内|未満|まで|を?超(?:える)?|を?(?:上回|下回)る|を?上限| or (?:more|less|fewer)"
)
_WRITTEN_BEFORE: Final = re.compile(
    r"(?:最大|最高|最低|少なくとも|多くとも|上限[^、。0-9]{0,4}"
    r"|(?i:up to|at (?:least|most)|(?:no )?(?:more|less|fewer) than|over|above|below))\s*(?:約|about)?\s*$"
)


def limits_of(text: str, figure: Figure) -> frozenset[Limit]:
    """What `figure` may be in `text`, several where the words leave it open: 7編成まで is the end or the most."""
    if figure.kind not in _MEASURED:
        return frozenset({""})
    before, behind = _around(text, figure.start, figure.end)
    for limit, pattern in _BEHIND.items():
        if match := pattern.match(behind):
            return frozenset({limit, ""}) if match[0].endswith("まで") else frozenset({limit})
    found: Limit = next((limit for limit, pattern in _BEFORE.items() if pattern.search(before)), "")
    # "over five years" is a time through which something lasts.
    return frozenset({"" if found == "more than" and figure.kind == "duration" else found})


@lru_cache(maxsize=4096)
def _around(text: str, start: int, end: int) -> tuple[str, str]:
    before = spaced_with_offsets(text[max(0, start - _WINDOW) : start]).text
    return before, spaced_with_offsets(text[end : end + _WINDOW]).text


def unlike_limit(claim: str, quotes: Sequence[str], published: str = "") -> tuple[Figure, Figure, str] | None:
    """The first figure of `claim` that its quotes state only as another limit, with theirs and the quote it stands in.

    A figure that no quote states is another's affair.
    """
    for figure in find_figures(claim):
        claimed = limits_of(claim, figure)
        stated = [
            (found, text, limits_of(text, found))
            for text in quotes
            for found in (*proving_figures(text, published), *written_in_kanji(claim, figure, text))
            if supports(found, figure)
        ]
        if stated and not any(_proves(quoted, claimed) for _, _, quoted in stated):
            found, text, _ = stated[0]
            return figure, found, text
    return None


def _proves(quoted: frozenset[Limit], claimed: frozenset[Limit]) -> bool:
    return any(q == c or (q, c) in _FOLLOWS for q in quoted for c in claimed)


def with_limit(text: str, figure: Figure) -> str:
    """The figure as written, with the word behind or before it that makes it a limit."""
    if match := _WRITTEN_BEHIND.match(text, figure.end):
        return text[figure.start : match.end()]
    before = _WRITTEN_BEFORE.search(text[max(0, figure.start - _WINDOW) : figure.start])
    return (before[0] if before else "") + text[figure.start : figure.end]
