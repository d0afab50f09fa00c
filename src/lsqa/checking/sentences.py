"""The sentences of an article or a draft that state something."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lsqa.errors import UsageError
from lsqa.text import Span, sentence_spans, trim

LONGEST_TEXT: Final = 200_000
"""Characters of a text; a longer one has to be divided."""
LONGEST_SENTENCE: Final = 600
"""Characters of a sentence; a longer one is not one statement and is not looked up."""

_MARKUP: Final = re.compile(r"[ \t　]*(?:(?:[-*+・•○●◆■□◇]|\d{1,2}[.)]|[(（]\d{1,2}[)）]|>+)[ \t　]+|[・•○●◆■□◇])+")
_HEADING: Final = re.compile(r"[ \t]*(?:#{1,6}[ \t]|={3,}|-{3,}|\*{3,}|```|\|?[ \t:-]*-{3,}[ \t:|-]*$)")
_ENDS: Final = re.compile(r"[。．.！？!?：:；;」』）)】]\s*$")
# A line that a column's width broke: it ends in a comma or a particle, or goes on in small letters.
_BROKEN: Final = re.compile(r"[、，,]\s*$|[a-z0-9,;)]\s*$")
_EMPHASIS: Final = re.compile(r"\*\*|__|`")
_WORD: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is checked, without marks of the markup; it stands at `[start, end)` of the text given."""

    text: str
    start: int
    end: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of `text`, plain or Markdown, in order; headings and lines without a word are left out.

    Raises `UsageError` where the text is empty or longer than `LONGEST_TEXT`.
    """
    if not text.strip():
        raise UsageError("the text to check is empty", hint="give a file with sentences, or - for stdin")
    if len(text) > LONGEST_TEXT:
        size = f"{len(text):,} characters"
        raise UsageError(f"the text has {size}, more than {LONGEST_TEXT:,}", hint="divide it and check the parts")
    found: list[Sentence] = []
    for start, end in _paragraphs(text):
        for a, b in sentence_spans(text[start:end].replace("\n", " ")):
            at, stop = trim(text, start + a, start + b)
            shown = _plain(text[at:stop])
            if _WORD.search(shown):
                found.append(Sentence(shown, at, stop))
    return tuple(found)


def _plain(text: str) -> str:
    """`text` on one line without emphasis and control characters."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in _EMPHASIS.sub("", text))
    return " ".join(clean.split())


def _paragraphs(text: str) -> Iterator[Span]:
    """Runs of lines of which each but the last was broken only for want of room."""
    start: int | None = None
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip()
        mark = _MARKUP.match(line)
        if start is not None and (mark or not body):
            yield start, at
            start = None
        if body and not _HEADING.match(line):
            if start is None:
                start = at + (mark.end() if mark else 0)
            if not (_BROKEN.search(body) and not _ENDS.search(body)):
                yield start, at + len(line)
                start = None
        at += len(line)
    if start is not None:
        yield start, at
