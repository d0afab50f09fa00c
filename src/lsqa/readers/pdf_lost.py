"""Characters that the first engine lost and the second has: read off between the same neighbours.

A font's map to Unicode may lack a few characters (ligatures, Greek letters in formulas) that the other engine finds by
their names in the font. The places are the first engine's, so what it found hidden stays hidden.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from lsqa.readers.glyphs import Glyph, guessed_letter, is_garbage, is_lost

_BEFORE: Final = 4
_AFTER: Final = 3
_FEWEST: Final = 5  # neighbours, that a place is known by
_MOST: Final = 500  # lost characters on a page that are looked for


def has_lost(glyphs: Sequence[Glyph]) -> bool:
    """Whether characters of a page are lost."""
    return any(is_lost(g.text) for g in glyphs)


def restore(glyphs: Sequence[Glyph], other: Sequence[Glyph]) -> None:
    """Give those lost among `glyphs` what all places with the same neighbours have in `other`, if they agree on it."""
    letters = [g for g in glyphs if not g.text.isspace()]
    text = "".join(g.text[0] for g in letters)
    found = "".join(g.text for g in other if not g.text.isspace())
    lost = [i for i, g in enumerate(letters) if is_lost(g.text)][:_MOST]
    for i in lost:
        before, after = text[max(0, i - _BEFORE) : i], text[i + 1 : i + 1 + _AFTER]
        if len(before) + len(after) < _FEWEST or any(map(is_lost, before + after)):
            continue
        between = set(_between(found, before, after))
        if len(between) == 1 and not is_garbage(letter := between.pop()) and letter != guessed_letter(text[i]):
            letters[i].text = letter


def _between(text: str, before: str, after: str) -> Iterator[str]:
    at = text.find(before)
    while at >= 0:
        end = at + len(before)
        if end < len(text) and text.startswith(after, end + 1):
            yield text[end]
        at = text.find(before, at + 1)
