"""The colours of Office files (ECMA-376 part 1, 20.1.2.3): written out, named, or taken from the theme and changed.

What cannot be told is None, never a guess: text is hidden only where its colour and that of its ground are known.
"""

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lsqa.readers.ooxml import A, integer, local

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""

WHITE: Final[Colour] = (255, 255, 255)
_ALIKE: Final = 16  # of 255, in each of red, green and blue: less is no contrast, as in `pdf_hidden`
_HEX: Final = re.compile(r"#?([0-9A-Fa-f]{6})")
_PER_CENT: Final = 100_000  # DrawingML counts in thousandths of a percent
_NAMED: Final[Mapping[str, Colour]] = {
    "white": WHITE, "black": (0, 0, 0), "red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "aqua": (0, 255, 255), "cyan": (0, 255, 255), "magenta": (255, 0, 255),
    "fuchsia": (255, 0, 255), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "green": (0, 128, 0), "navy": (0, 0, 128), "maroon": (128, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
}  # fmt: skip
_FILLS: Final = ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
_CHANGES_OF_LIGHT: Final = ("lumMod", "lumOff", "shade", "tint")


@dataclass(frozen=True, slots=True)
class Paint:
    """`colour` is None where it cannot be told or is not one (gradients, pictures); `alpha` is 0 to 1."""

    colour: Colour | None
    alpha: float = 1.0

    @property
    def solid(self) -> Colour | None:
        """The colour, where nothing shines through it."""
        return self.colour if self.alpha >= 1 else None


CLEAR: Final = Paint(None, 0.0)
UNKNOWN: Final = Paint(None)


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a theme by their names there (dk1, lt1, accent1 …) and the fills that its styles number."""

    colours: Mapping[str, Colour] = field(default_factory=dict)
    fills: tuple[Any, ...] = ()
    backgrounds: tuple[Any, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # how a master or a document calls them: bg1 -> lt1

    def named(self, name: str) -> Colour | None:
        return self.colours.get(self.names.get(name, name))

    def fill(self, properties: Any) -> Paint | None:
        """The fill that an element such as p:spPr or a:rPr holds; None where it says nothing and one is inherited."""
        child = None if properties is None else next((e for e in properties if local(e) in _FILLS), None)
        return None if child is None else self._paint(child)

    def numbered(self, reference: Any) -> Paint | None:
        """The fill of an a:fillRef or a p:bgRef: one of the theme's, in the colour of the reference (20.1.4.2.10)."""
        index = integer(None if reference is None else reference.get("idx"))
        if reference is None or index == 0:
            return None
        fills, at = (self.backgrounds, index - 1001) if index > 1000 else (self.fills, index - 1)
        if not 0 <= at < len(fills):
            return UNKNOWN
        return self._paint(fills[at], self.colour(reference).colour)

    def colour(self, holder: Any, placeholder: Colour | None = None) -> Paint:
        """The colour element inside `holder`; `placeholder` is what a:schemeClr phClr stands for."""
        for element in () if holder is None else holder:
            base = self._base(element, placeholder)
            alpha = element.find(A + "alpha")
            seen = 1.0 if alpha is None else integer(alpha.get("val"), _PER_CENT) / _PER_CENT
            return Paint(None if base is None else _changed(base, element), seen)
        return UNKNOWN

    def _paint(self, fill: Any, placeholder: Colour | None = None) -> Paint:
        if local(fill) == "noFill":
            return CLEAR
        return self.colour(fill, placeholder) if local(fill) == "solidFill" else UNKNOWN

    def _base(self, element: Any, placeholder: Colour | None) -> Colour | None:
        kind, value = local(element), element.get("val", "")
        if kind == "schemeClr":
            return placeholder if value == "phClr" else self.named(value)
        if kind == "sysClr":
            return hex_colour(element.get("lastClr", "")) or (WHITE if value == "window" else None)
        if kind == "scrgbClr":
            red, green, blue = (integer(element.get(c)) / _PER_CENT for c in "rgb")
            return _whole(_curved(red), _curved(green), _curved(blue))
        return named_colour(value) if kind == "prstClr" else hex_colour(value)


def read_theme(root: Any, names: Mapping[str, str]) -> Theme:
    """The theme of a part's root; one without colours where there is no theme."""
    elements = None if root is None else root.find(A + "themeElements")
    if elements is None:
        return Theme(names=names)
    plain = Theme()
    scheme, formats = elements.find(A + "clrScheme"), elements.find(A + "fmtScheme")
    found = ((local(e), plain.colour(e).colour) for e in (() if scheme is None else scheme))
    fills, backgrounds = (
        tuple(() if formats is None or (held := formats.find(A + tag)) is None else held)
        for tag in ("fillStyleLst", "bgFillStyleLst")
    )
    return Theme({name: colour for name, colour in found if colour is not None}, fills, backgrounds, names)


def hex_colour(text: str) -> Colour | None:
    """Six hexadecimal digits as a colour; None for anything else, `auto` too."""
    match = _HEX.fullmatch(text)
    return None if match is None else (int(match[1][:2], 16), int(match[1][2:4], 16), int(match[1][4:], 16))


def named_colour(text: str) -> Colour | None:
    """The colour of an English name or of six hexadecimal digits; None where neither is known."""
    return _NAMED.get(text.lower()) or hex_colour(text)


def alike(a: Colour | None, b: Colour | None) -> bool:
    """Whether both are known and no one can tell one on the other."""
    return a is not None and b is not None and all(abs(x - y) < _ALIKE for x, y in zip(a, b, strict=True))


def lighter(colour: Colour, tint: float) -> Colour:
    """A spreadsheet's tint (18.8.19): -1 makes black of a colour, 1 white."""
    hue, light, saturation = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return _whole(*colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation))


def _changed(colour: Colour, element: Any) -> Colour | None:
    """`colour` after the changes inside its element; those of hue and saturation change no grey."""
    for change in element:
        kind, value = local(change), integer(change.get("val"), _PER_CENT) / _PER_CENT
        if kind in _CHANGES_OF_LIGHT:
            colour = _lit(colour, kind, value)
        elif kind != "alpha" and len(set(colour)) > 1:
            return None
    return colour


def _lit(colour: Colour, kind: str, value: float) -> Colour:
    if kind in ("shade", "tint"):  # in linear light
        linear = [(c / 255) ** 2.2 * value + (1 - value if kind == "tint" else 0) for c in colour]
        return _whole(*(_curved(c) for c in linear))
    hue, light, saturation = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    light = light * value if kind == "lumMod" else light + value
    return _whole(*colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation))


def _curved(linear: float) -> float:
    return float(min(max(linear, 0.0), 1.0) ** (1 / 2.2))


def _whole(red: float, green: float, blue: float) -> Colour:
    return round(255 * red), round(255 * green), round(255 * blue)
