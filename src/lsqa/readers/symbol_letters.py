"""Private characters of symbol fonts as the letters and signs that they show.

Office writes a character of a symbol font as U+F000 and its code in the font, Adobe's own fonts use a private area as
well. Their encodings: PDF 32000-1, annex D.5 (Symbol); Adobe Glyph List, 2002; Wingdings by the Unicode names of its
signs, the marks that tables and lists are filled in with.
"""

import re
from collections.abc import Mapping
from typing import Final

_OFFICE: Final = 0xF000
_SYMBOL_NAME: Final = re.compile(r"(?:^|\+)symbol", re.IGNORECASE)
_WINGDINGS_NAME: Final = re.compile(r"(?:^|\+)wingdings(?![-\s]?[23])", re.IGNORECASE)
_BLANK: Final = "\x00"

_SYMBOL_20: Final = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼\x00"
)
_SYMBOL_A0: Final = (
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\x00⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭\x00"
)
_WINGDINGS: Final = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "❐", 0x71: "❑", 0x72: "❒", 0x74: "⧫", 0x75: "◆", 0x76: "❖",
    0xA1: "○", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔",
    0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip


def _by_code(signs: str, first: int) -> dict[int, str]:
    return {first + i: sign for i, sign in enumerate(signs) if sign != _BLANK}


_OF_SYMBOL: Final[Mapping[int, str]] = _by_code(_SYMBOL_20, _OFFICE + 0x20) | _by_code(_SYMBOL_A0, _OFFICE + 0xA0)
_OF_WINGDINGS: Final[Mapping[int, str]] = {_OFFICE + code: sign for code, sign in _WINGDINGS.items()}
_OF_NO_FONT: Final[Mapping[int, str]] = {}
# Adobe's corporate use area: figures in the old style, small capitals, marks, pieces of brackets.
_OF_ADOBE: Final[Mapping[int, str]] = (
    _by_code("0123456789", 0xF730)
    | _by_code("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0xF761)
    | _by_code("©®™", 0xF6D9)
    | _by_code("‾⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭", 0xF8E5)
)


def symbols_of(font: str) -> Mapping[int, str]:
    """What the characters U+F000 to U+F0FF of a font show, as far as its name tells."""
    if _SYMBOL_NAME.search(font):
        return _OF_SYMBOL
    return _OF_WINGDINGS if _WINGDINGS_NAME.search(font) else _OF_NO_FONT


def plain_letter(character: str) -> str:
    """The letter that a private character of Adobe's fonts stands for, else the character itself."""
    return _OF_ADOBE.get(ord(character), character)
