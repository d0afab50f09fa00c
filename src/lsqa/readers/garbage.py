"""Whether what an engine made of a page is text at all.

Fonts without a map to Unicode give lost or private characters, or their own numbers of characters as if these were
Unicode; bytes of another encoding are read as Western letters and signs, or as rare ideographs. None of it may be
quoted, and no text of whatever language, nor a page of signs, may be taken for it.
"""

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from lsqa.readers.glyphs import Glyph, guessed_letter, is_garbage, is_lost, is_odd

_ENOUGH: Final = 12  # letters on which an encoding can be told
_MOST_LOST: Final = 0.2  # of the letters of a page
_MOST_SYMBOLS: Final = 0.5  # of symbol fonts that no one knows: marks before items, but no text
_MOST_WESTERN: Final = 0.4
_FEWEST_SIGNS: Final = 0.15  # of the Western letters and signs: a list of accented letters has fewer
_MOST_DISTINCT: Final = 0.5  # a table of signs has each of them once
# What the first bytes of kana in EUC-JP are in Shift JIS.
_KANA_IN_HALF_WIDTH: Final = frozenset("､･")
_MOST_HALF_WIDTH: Final = 0.3
_MOST_COMMAS: Final = 0.15  # of half-width text
_MOST_CHANGES: Final = 0.25  # of script from letter to letter
_ENOUGH_SHIFTED: Final = 16
_DISTANCES: Final = (29, 31)  # of TrueType fonts (the space is number 3) and of CFF fonts (number 1)
_MOST_SHIFTED: Final = 0.6
_MOST_VOWELS: Final = 0.55
_LIKELY: Final = -3.15  # of text -2.9, of letters at random -3.6
_MUCH_LIKELIER: Final = 0.25
_PER_MILLE: Final = (
    82,
    15,
    28,
    43,
    127,
    22,
    20,
    61,
    70,
    1.5,
    8,
    40,
    24,
    67,
    75,
    19,
    1,
    60,
    63,
    91,
    28,
    10,
    24,
    1.5,
    20,
    0.7,
)
_LOGARITHMS: Final = {chr(0x61 + i): math.log(share / 1000) for i, share in enumerate(_PER_MILLE)}
_GLYPH_NAMES: Final = re.compile(r"(?:/[A-Za-z_]{1,8}\d{1,8})(?=/|\s|$)")
_MOST_NAMED: Final = 0.5
_FEWEST_VOWELS: Final = 0.17  # of Latin letters; in the languages of Europe .35 to .5
_FEWEST_KANA: Final = 0.1  # of Japanese text
_COMMON_SCRIPTS: Final = frozenset(
    (
        "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "LATIN", "FULLWIDTH", "HALFWIDTH", "GREEK",
        "MATHEMATICAL", "DOUBLE-STRUCK", "SCRIPT", "MODIFIER", "SUPERSCRIPT", "SUBSCRIPT", "IDEOGRAPHIC",
    )
)  # fmt: skip
_LONE_SCRIPTS: Final = frozenset(("CYRILLIC", "GREEK", "ARABIC", "HEBREW", "THAI"))
_RUN: Final = 4
_AMONG_FIGURES: Final = frozenset(".,:;/-%()'")
_MOST_IDEOGRAPHS: Final = 2_000  # that are looked at
_FEWEST_COMMON: Final = 0.6  # of the ideographs of a text
# The ideographs of each country's first level, by the first bytes of their codes: JIS X 0208, GB 2312, Big5.
_FIRST_LEVELS: Final = (("euc_jp", 0xB0, 0xCF), ("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))


def is_garbled(glyphs: Sequence[Glyph]) -> bool:
    """Whether a page is no text: too much of it is lost, or is what another encoding makes of text."""
    texts = [g.text for g in glyphs if not g.text.isspace()]
    if _is_lost(texts) or _is_named(glyphs):
        return True
    return len(texts) >= _ENOUGH and any(sign(texts) for sign in (_is_mojibake, _is_soup, _is_rare, _is_shifted))


def _is_lost(texts: Sequence[str]) -> bool:
    odd = [text for text in texts if is_odd(text) and any(map(is_garbage, text))]
    symbols = sum(1 for text in odd if "\uf000" <= text <= "\uf0ff")
    return len(odd) - symbols > _MOST_LOST * len(texts) or len(odd) > _MOST_SYMBOLS * len(texts)


def _is_mojibake(texts: Sequence[str]) -> bool:
    half = [text for text in texts if "\uff61" <= text <= "\uff9f"]
    kana = sum(1 for text in half if text in _KANA_IN_HALF_WIDTH)
    if len(half) > _MOST_HALF_WIDTH * len(texts) and kana > _MOST_COMMAS * len(half):
        return True
    western = [text[0] for text in texts if "\x80" <= text[0] <= "\u024f"]
    signs = sum(1 for letter in western if not letter.isalpha())
    return (
        len(western) > _MOST_WESTERN * len(texts)
        and signs > _FEWEST_SIGNS * len(western)
        and len(set(western)) < _MOST_DISTINCT * len(western)
    )


def _is_soup(texts: Sequence[str]) -> bool:
    """Whether letters of many scripts stand side by side: a font's numbers of its characters, read as Unicode."""
    letters = [text[0] for text in texts if text[0] > "\u024f" and text[0].isalpha()]
    if len(letters) < _ENOUGH:
        return False
    scripts = [_script(letter) for letter in letters]
    changes = sum(1 for a, b in pairwise(scripts) if a != b and not {a, b} <= _COMMON_SCRIPTS)
    return changes > _MOST_CHANGES * len(letters)


@functools.lru_cache(maxsize=10_000)
def _script(letter: str) -> str:
    if "\u3400" <= letter <= "\u4dbf":  # rare ideographs, in the range of many fonts' numbers
        return "RARE"
    return unicodedata.name(letter, "NONE").split()[0]


def _is_rare(texts: Sequence[str]) -> bool:
    """Whether the ideographs are common in no country that writes them."""
    han = [text[0] for text in texts if "\u4e00" <= text[0] <= "\u9fff"][:_MOST_IDEOGRAPHS]
    if len(han) < _ENOUGH:
        return False
    common = Counter(name for letter in han for name in _common_in(letter))
    return max(common.values(), default=0) < _FEWEST_COMMON * len(han)


@functools.lru_cache(maxsize=10_000)
def _common_in(ideograph: str) -> tuple[str, ...]:
    return tuple(
        name for name, first, last in _FIRST_LEVELS if first <= ideograph.encode(name, errors="replace")[0] <= last
    )


def _is_shifted(texts: Sequence[str]) -> bool:
    """Whether Latin letters are a fixed distance from those that are meant: most fonts number their characters in the
    order of ASCII, but not from the same beginning. `7KLV` is unlike any language, `This` is not."""
    if len(texts) < _ENOUGH_SHIFTED:
        return False
    capitals = [text.lower() for text in texts if "A" <= text <= "Z"]
    for distance in _DISTANCES:
        meant = [chr(ord(text[0]) + distance) for text in texts]
        lower = [letter for letter in meant if "a" <= letter <= "z"]
        vowels = sum(1 for letter in lower if letter in "aeiou")
        if (
            len(lower) >= _MOST_SHIFTED * len(texts)
            and vowels < _MOST_VOWELS * len(lower)
            and _likelihood(lower) > max(_LIKELY, _likelihood(capitals) + _MUCH_LIKELIER)
        ):
            return True
    return False


def _likelihood(letters: Sequence[str]) -> float:
    """The mean logarithm of how often each occurs in English; in other languages of Europe it is about the same."""
    return sum(_LOGARITHMS[letter] for letter in letters) / len(letters) if letters else -math.inf


def _is_named(glyphs: Sequence[Glyph]) -> bool:
    """Whether the page consists of names of characters in a font (`/g12/g7`), which pypdf tells where it knows no
    more."""
    if sum(1 for g in glyphs if g.text == "/") * 10 < len(glyphs):
        return False
    text = "".join(g.text for g in glyphs)
    return sum(map(len, _GLYPH_NAMES.findall(text))) > _MOST_NAMED * len(text)


def reads_as_text(guess: str) -> bool:
    """Whether characters of a font that has no map to Unicode happen to be numbered in it: words of Latin letters,
    Japanese with kana, figures, or letters of one other script. `guess` is all that a page has in that font."""
    letters = "".join(guess.split())
    known = [c for c in letters if not is_garbage(c)]
    if len(letters) - len(known) > _MOST_LOST * len(letters):
        return False
    words = [c for c in known if not (c.isdigit() or c in _AMONG_FIGURES or "\u2010" <= c <= "\u203a")]
    latin = [c for c in words if c.isalpha() and (c.isascii() or unicodedata.decomposition(c))]
    if 2 * len(latin) > len(words):
        vowels = sum(1 for c in latin if unicodedata.normalize("NFD", c)[0] in "aeiouyAEIOUY")
        return vowels >= _FEWEST_VOWELS * len(latin) or (len(words) < _RUN and "".join(words).isascii())
    scripts = Counter(_script(c) for c in words if c.isalpha())
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana > _FEWEST_KANA * len(words) and kana + scripts["CJK"] >= 0.8 * scripts.total():
        return True
    return not words or (len(words) >= _ENOUGH and any(scripts[s] >= 0.9 * len(words) for s in _LONE_SCRIPTS))


def is_no_better(other: Sequence[Glyph], glyphs: Sequence[Glyph]) -> bool:
    """Whether a second engine's page is the first one's, with the codes of lost characters read as Unicode."""
    guess = "".join(guessed_letter(g.text) for g in glyphs if is_lost(g.text))
    text = "".join(g.text for g in other if not g.text.isspace())
    runs = [guess[i : i + _RUN] for i in range(max(1, len(guess) - _RUN + 1))]
    return 2 * sum(run in text for run in runs) > len(runs)
