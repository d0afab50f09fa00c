"""Folded text that keeps its white space: 34 in one cell and 1.3% in the next are not 341.3%."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from lsqa.text import Folded, fold_with_offsets

_DIGIT = re.compile("[0-9]")
_NO_FIGURE = "\u25e6"  # stands for the digits of ①, ⑴, ⒈, ² and ½, which number things and count nothing


@dataclass(frozen=True, slots=True)
class SpacedText:
    """Folded text in which each run of white space is one line break, tab or space, the first of these that it holds.

    `text` has n characters; `starts` and `ends` have n offsets each, in characters of the source.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def _is_plain_digit(folded: Folded, i: int) -> bool:
    original = folded.source[folded.starts[i] : folded.ends[i]]
    if original.isascii():
        return True
    tag = unicodedata.decomposition(original[0]).split(" ")[0]
    in_a_date = tag == "<compat>" and unicodedata.normalize("NFKC", original)[-1] in "月日点"  # ㋅, ㏳
    return tag in ("<wide>", "<font>") or in_a_date


def _white_space(gap: str) -> str:
    if not any(c.isspace() for c in gap):
        return ""
    return next((c for c in "\n\t" if c in gap), " ")


@lru_cache(maxsize=4096)
def fold_spaced(source: str) -> SpacedText:
    """Fold `source` with `lsqa.text`, put the white space back, and take away digits that are only marks."""
    folded = fold_with_offsets(source)
    ends = (0, *folded.ends)
    spaces = ((i, _white_space(source[ends[i] : folded.starts[i]])) for i in folded.gaps)
    marks = {m.start() for m in _DIGIT.finditer(folded.text) if not _is_plain_digit(folded, m.start())}
    if marks:
        text = "".join(_NO_FIGURE if i in marks else c for i, c in enumerate(folded.text))
        folded = replace(folded, text=text)
    return SpacedText(*folded.with_inserted((i, space) for i, space in spaces if space))
