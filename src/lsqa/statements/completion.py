"""Whether a statement says that something is done which its quotes only announce: 開始した for 開始する.

Japanese only, by the forms of the verb: た and ている in the statement, a plain end in every sentence of the quotes
that has the word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.statements.predicates import content_tokens
from lsqa.text import sentence_spans

_TO_THE_END: Final = r"(?=[。．.、]|が[、。]?(?!って)|$)"
_DONE: Final = re.compile(r"(?:(?<=[いえきけげしせっちてでねべめりれん])た|(?:て|で)い(?:る|ます))" + _TO_THE_END)
_BETWEEN: Final = re.compile(r"[をがもさせられしいっんえきけげちねべめり行なまう進図]{0,5}")
# た, ている or だ anywhere says of something that it is or was so.
_STATED: Final = re.compile(
    r"(?<=[いえきけげしせっちてでねべめりれん])た(?![めい])|[てで](?:い[るたまなく]|おり|おる)|済"
)
_ANNOUNCED: Final = re.compile(r"(?:ます|[うくぐすつぬぶむる])(?:こととし|ものとし)?[。．][」』）)]?\s*$")

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
        said = [piece for piece in pieces if before[-1].form in {t.form for t in content_tokens(piece)}]
        if said and all(_ANNOUNCED.search(piece) and not _STATED.search(piece) for piece in said):
            return NotYet(claim[before[-1].start : match.end()], said[0].strip()[-_SHOWN:])
    return None
