"""The text of a completion as Markdown in which nothing that a document says is markup.

Chat programs render what they are told: an image of a document would be fetched without a click, and tell its server
who reads; raw HTML would run. What could begin such a thing is escaped by a backslash, which a renderer takes away
again, and nothing else is touched, so that a program that shows plain text shows hardly more than the quotes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.sources import LabelAt

_ACTIVE: Final = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])          # what the document escapes itself, lest our backslash be escaped by it
    |(?<=!)\[                          # an image
    |\[(?=[^\[\]]*\]\s*[(\[:])         # a link, by address or by name; the definition of a name
    |\](?=\s*[(\[:])
    |<(?=[a-z/!?])                     # HTML, and links in angle brackets
    |(?<=[a-z]):(?=//)                 # addresses that are linked as they stand
    |(?<=(?<![a-z0-9])www)\.
    |(?<=mailto):|(?<=xmpp):
    |(?<=[\w.+-])@(?=[\w-]+\.\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """`text` with its labels, in order, at their places in it."""

    text: str
    labels: tuple[LabelAt, ...]


def markdown_text(text: str, labels: Sequence[LabelAt]) -> MarkdownText:
    """`text` with all escaped that could be a link, a picture or HTML, but for `labels`, which stand in it."""
    pieces: list[str] = []
    moved: list[LabelAt] = []
    at = size = 0
    escapes = [m.start() for m in _ACTIVE.finditer(text)]
    kept = {i for label in labels for i in range(label.start, label.end)}
    starts = {label.start: label for label in labels}
    for place in sorted({*(e for e in escapes if e not in kept), *starts}):
        pieces.append(text[at:place])
        size += place - at
        at = place
        if label := starts.get(place):
            moved.append(LabelAt(size, size + label.end - label.start, label.label))
        else:
            pieces.append("\\")
            size += 1
    return MarkdownText("".join((*pieces, text[at:])), tuple(moved))
