"""Folding with offsets: compare what a reader would call the same text, and still point at the source.

Two strings fold alike when they differ only in width, compatibility form, white space or the variant glyphs listed
here.
Nothing else is forgiven: no case, no punctuation, no edit distance. Normalisation is Unicode NFKC (UAX #15), applied a
cluster at a time (a base with the marks that attach to it), so that every folded character knows its place in the
source.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, count, repeat
from operator import gt
from typing import Literal

FOLDING_VERSION = "1"

# Marks that combine with the character before them although Unicode gives some of them combining class 0.
_VOICING = "\u3099\u309a\uff9e\uff9f"
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff") | {
    chr(c) for c in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

# Glyph variants that NFKC leaves alone. The radicals come out of Office's PDF export in the place of the ideograph
# (Unicode's EquivalentUnifiedIdeograph.txt); the dashes and waves come out of Shift_JIS conversions.
_VARIANTS = str.maketrans(
    "⺟⺠⻁⻄⻆⻑⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲髙﨑𠮷栁德〜−‐",
    "母民虎西角長青食骨鬼麦黄斉歯竜亀高崎吉柳徳~--",
)
# What a full stop ends: a word, a figure, a bracket, a quotation, an acronym (RIKEN), no initial (J., U.S.).
_WORD_END = r"(?:(?<=[a-z0-9)\]\"”’])|(?<=[A-Z0-9][A-Z]))"
_ABBREVIATED = "".join(
    rf"(?<!\b{word})"
    for word in (r"e\.g", r"i\.e", "cf", "vs", "al", "Dr", "Mr", "Ms", "Mrs", "Prof", "St", "No", "Nos", "Fig")
)
_SENTENCE_END = re.compile(
    r"[。！？!?]+[」』）)】”\"]*|\n+"
    rf"|{_WORD_END}{_ABBREVIATED}\.[\"”’)\]]*(?=\s+[A-Z(\"“‘])"
)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_MAGNITUDE = "万億兆千百"
_CHARACTERS = 1 << 14  # whose folded form is remembered: more than Japanese texts use

Span = tuple[int, int]
Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, the span of the source it came from.

    `text` has n characters; `starts` and `ends` have n offsets each, in characters of `source`.
    """

    source: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def source_span(self, start: int, end: int) -> Span:
        """The span of the source behind the folded span `[start, end)`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]

    @property
    def gaps(self) -> list[int]:
        """The places in `text` before which something of the source was left out, white space mostly."""
        return list(compress(count(), map(gt, self.starts, (0, *self.ends))))

    def with_inserted(self, added: Iterable[tuple[int, str]]) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        """`text`, `starts` and `ends` with a character put in before each of some `gaps`, ascending, whose source is
        the gap."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for i, character in added:
            pieces += (self.text[at:i], character)
            starts += (*self.starts[at:i], self.ends[i - 1] if i else 0)
            ends += (*self.ends[at:i], self.starts[i])
            at = i
        pieces.append(self.text[at:])
        return "".join(pieces), (*starts, *self.starts[at:]), (*ends, *self.ends[at:])


def clusters(text: str) -> Iterator[Span]:
    """The spans of `text` that one glyph stands for: a base with the marks that attach to it."""
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not _attaches(text[i]):
            yield start, i
            start = i


@lru_cache(maxsize=_CHARACTERS)
def _attaches(character: str) -> bool:
    return bool(unicodedata.combining(character)) or character in _VOICING


@lru_cache(maxsize=_CHARACTERS)
def _fold_cluster(cluster: str) -> str:
    kept = "".join(c for c in cluster if c not in _INVISIBLE)
    folded = unicodedata.normalize("NFKC", kept).translate(_VARIANTS)
    return "".join(c for c in folded if not c.isspace())


def _is_word_break(text: str, start: int, end: int) -> bool:
    """Whether the white space `[start, end)` parts two words: not a single line break or blank inside Japanese."""
    gap = text[start:end]
    if "\t" in gap or gap.count("\n") > 1 or not (start > 0 and end < len(text)):
        return True
    return not (_JAPANESE.match(text[start - 1]) and _JAPANESE.match(text[end]))


@lru_cache(maxsize=4096)
def spaced_with_offsets(text: str) -> Folded:
    """Fold `text` for reading it word by word: one blank stands where white space parts two words."""
    folded = fold_with_offsets(text)
    gaps = [(i, " ") for i in folded.gaps if i and _is_word_break(text, folded.ends[i - 1], folded.starts[i])]
    if not gaps:
        return folded
    return Folded(text, *folded.with_inserted(gaps))


@lru_cache(maxsize=4096)
def fold_with_offsets(text: str) -> Folded:
    """Fold `text`, keeping for every folded character its span in `text`."""
    if any(map(_attaches, set(text))):
        spans = tuple(clusters(text))
        starts, ends = tuple(a for a, _ in spans), tuple(b for _, b in spans)
        pieces = [_fold_cluster(text[a:b]) for a, b in spans]
    else:
        starts, ends = tuple(range(len(text))), tuple(range(1, len(text) + 1))
        pieces = list(map(_fold_cluster, text))
    lengths = list(map(len, pieces))
    return Folded(
        text,
        "".join(pieces),
        tuple(chain.from_iterable(map(repeat, starts, lengths))),
        tuple(chain.from_iterable(map(repeat, ends, lengths))),
    )


def fold(text: str) -> str:
    """`text` in the form in which it is compared: NFKC by cluster, no white space, one glyph a character."""
    return fold_with_offsets(text).text


def _cuts_a_figure(folded: Folded, start: int, end: int) -> bool:
    """Whether `[start, end)` begins or ends inside a number: 1,000万円 is not in 21,000万円, nor 5 in 5,000万円.

    White space in the source separates two numbers (table cells), so only characters that touch are one number.
    """
    text = folded.text

    def touch(i: int) -> bool:
        return 0 <= i < len(text) - 1 and folded.ends[i] == folded.starts[i + 1]

    if text[start].isdigit() and start and touch(start - 1):
        before = text[start - 1]
        if before.isdigit() or (before in ",." and start > 1 and text[start - 2].isdigit() and touch(start - 2)):
            return True
    if end < len(text) and text[end - 1].isdigit() and touch(end - 1):
        after = text[end]
        if after.isdigit() or after in _MAGNITUDE:
            return True
        return after in ",." and end + 1 < len(text) and text[end + 1].isdigit() and touch(end)
    return False


def locate(quote: str, text: str) -> tuple[Span, ...]:
    """Every span of `text` that folds to `quote` and cuts no number in two; empty where the quote does not stand."""
    needle = fold(quote)
    if not needle:
        return ()
    folded = fold_with_offsets(text)
    spans: list[Span] = []
    at = folded.text.find(needle)
    while at >= 0:
        if not _cuts_a_figure(folded, at, at + len(needle)):
            spans.append(folded.source_span(at, at + len(needle)))
        at = folded.text.find(needle, at + 1)
    return tuple(spans)


def trim(text: str, start: int, end: int) -> Span:
    """`[start, end)` without white space at either end."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of `text` as trimmed, non-empty spans; a line break ends one, as in slides and lists."""
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        spans.append(trim(text, start, match.end()))
        start = match.end()
    spans.append(trim(text, start, len(text)))
    return tuple((a, b) for a, b in spans if a < b)


def detect_language(text: str) -> Language:
    """`ja` where any kana or ideograph stands in `text`, else `en`."""
    return "ja" if _JAPANESE.search(text) else "en"
