"""Whether a statement says that something is done which its quotes only announce: 開始した for 開始する.

Japanese only, by the forms of the verb: た and ている in the statement, a plain end in every sentence of the quotes
that has the word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.statements.predicates import content_tokens
from lsqa.text import detect_language, sentence_spans

_TO_THE_END: Final = r"(?=[。．.、]|が[、。]?(?!って)|$)"
_DONE: Final = re.compile(r"(?:(?<=[いえきけげしせっちてでねべめりれん])た|(?:て|で)い(?:る|ます))" + _TO_THE_END)
_BETWEEN: Final = re.compile(r"[をがもさせられしいっんえきけげちねべめり行なまう進図化]{0,5}")
# た, ている or だ anywhere says of something that it is or was so.
_STATED: Final = re.compile(
    r"(?<=[いえきけげしせっちてでねべめりれん])た(?![めい])|[てで](?:い[るたまなく]|おり|おる)|済"
)
_ANNOUNCED: Final = re.compile(r"(?:ます|[うくぐすつぬぶむる])(?:こととし|ものとし)?(?:[。．][」』）)]?)?\s*$")
_TO_COME: Final = re.compile(r"(?:まいり|いき)ます|ていく")
# What goes on for as long as it is policy: 支援する says no less than 支援している.
_GOING_ON: Final = frozenset(
    {
        "検討",
        "支援",
        "推進",
        "進める",
        "研究",
        "加速",
        "運用",
        "実施",
        "行う",
        "強化",
        "連携",
        "促進",
        "目指す",
        "取り組む",
    }
)

_ENGLISH_DONE: Final = re.compile(
    r"\b(?:ha(?:s|ve|d)(?: already| now| been)* \w+(?:ed|en|un|t)|(?:was|were) (?:already )?\w+(?:ed|en|un|t)"
    r"|already)\b",
    re.IGNORECASE,
)

_SHOWN: Final = 24  # characters of the end of a sentence


@dataclass(frozen=True, slots=True)
class NotYet:
    """`claimed` is what the claim says to be done, `quoted` the end of the sentence that announces it."""

    claimed: str
    quoted: str


def announced_only(claim: str, quotes: Sequence[str]) -> NotYet | None:
    """The first thing that `claim` says to be done, or under way, and each sentence of the quotes only announces."""
    tokens = content_tokens(claim)
    pieces = [quote[a:b] for quote in quotes for a, b in sentence_spans(quote)]
    for match in _DONE.finditer(claim):
        before = [t for t in tokens if t.end <= match.start()]
        if not before or not _BETWEEN.fullmatch(claim, before[-1].end, match.start()):
            continue
        said = {piece: rest for piece in pieces if (rest := _from(before[-1].form, piece))}
        if before[-1].form in _GOING_ON and "い" in match[0] and not any(map(_TO_COME.search, said.values())):
            continue
        if said and all(_ANNOUNCED.search(rest) and not _STATED.search(rest) for rest in said.values()):
            return NotYet(claim[before[-1].start : match.end()], next(iter(said)).strip()[-_SHOWN:])
    return None


def not_yet(claim: str, quotes: Sequence[str]) -> NotYet | None:
    """What an English `claim` says to be done where each sentence of its Japanese quotes only announces something."""
    done = _ENGLISH_DONE.search(claim)
    if done is None or detect_language(claim) != "en":
        return None
    pieces = [quote[a:b].strip() for quote in quotes for a, b in sentence_spans(quote)]
    if all(_ANNOUNCED.search(piece) and not _STATED.search(piece) for piece in pieces):
        return NotYet(done[0], pieces[0][-_SHOWN:])
    return None


def _from(form: str, piece: str) -> str:
    """`piece` from the first word of this form on; empty where it has none. What is said before speaks of others."""
    at = next((t.start for t in content_tokens(piece) if t.form == form), None)
    return "" if at is None else piece[at:]
