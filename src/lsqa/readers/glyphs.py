"""What a PDF engine sees on a page: characters with their places, drawn lines and panels, images.

Places are points from the upper left corner of the page as a reader sees it (after its rotation), whatever the engine.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rect:
    """A rectangle with `left <= right` and `top <= bottom`, in points."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        return self.left - slack <= x <= self.right + slack and self.top - slack <= y <= self.bottom + slack

    def overlaps_across(self, other: "Rect") -> float:
        """How far two rectangles lie side by side, in points; negative where they are apart."""
        return min(self.right, other.right) - max(self.left, other.left)

    def overlaps_down(self, other: "Rect") -> float:
        return min(self.bottom, other.bottom) - max(self.top, other.top)


def around(rects: Sequence[Rect]) -> Rect:
    """The smallest rectangle around some; raises `ValueError` for none."""
    return Rect(
        min(r.left for r in rects),
        min(r.top for r in rects),
        max(r.right for r in rects),
        max(r.bottom for r in rects),
    )


@dataclass(slots=True)
class Glyph(Rect):
    """One character. `size` is that of its font on the page, in points; `baseline` the height it stands on.

    `turn` counts quarter turns clockwise in which it is drawn. `run` is shared by what one text object of the page
    draws. `confidence`, 0 to 1, is that of a character recognised in an image, None for one that the file holds.
    """

    text: str
    size: float
    baseline: float
    is_bold: bool = False
    turn: int = 0
    run: int = 0
    confidence: float | None = None


@dataclass(slots=True)
class Panel(Rect):
    """A filled or framed rectangle. `colour` is its fill, red, green, blue in 0 to 255, None where it has none."""

    colour: tuple[int, int, int] | None
    is_framed: bool


@dataclass(slots=True)
class PageContent:
    """All that is read of a page before its structure is.

    `rules` are straight lines, drawn or as thin rectangles; a table is made of them. `images` is the share of the page
    that pictures cover, 0 to 1. `hidden` holds the texts that no reader of the page can see, with the reason; they are
    not among `glyphs`.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rect] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    images: float = 0.0
    hidden: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all is drawn on the page."""
        return not (self.glyphs or self.hidden or self.rules or self.panels or self.images)


# Adobe's corporate use area (Adobe Glyph List, 2002): figures in the old style and small capitals.
_ADOBE = {0xF730 + i: chr(0x30 + i) for i in range(10)} | {0xF761 + i: chr(0x41 + i) for i in range(26)}


def plain_letter(character: str) -> str:
    """The letter that a private character of Adobe's fonts stands for, else the character itself."""
    return _ADOBE.get(ord(character), character)


_MOST_GARBAGE = 0.2
_MOST_MOJIBAKE = 0.4
_FEWEST_SYMBOLS = 0.15
_ENOUGH = 12


def is_garbage(character: str) -> bool:
    """Whether no text holds `character`: what stands for a lost one, private use, control codes, unassigned."""
    return character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs")


def is_odd(text: str) -> bool:
    """Whether it may hold garbage: a quick look before the slow one."""
    return not text.isprintable() or "\ufffd" in text


def is_garbled(glyphs: list[Glyph]) -> bool:
    """Whether what an engine made of a page is no text: lost or private characters, or bytes of another encoding read
    as Western letters and signs (a list of accented letters has no signs, a page in Vietnamese fewer letters)."""
    texts = [g.text for g in glyphs if not g.text.isspace()]
    lost = sum(1 for text in texts if is_odd(text) and any(map(is_garbage, text)))
    western = [text[0] for text in texts if "\x80" <= text[0] <= "\u024f"]
    signs = sum(1 for letter in western if not letter.isalpha())
    mojibake = len(western) > _MOST_MOJIBAKE * len(texts) and signs > _FEWEST_SYMBOLS * len(western)
    return lost > _MOST_GARBAGE * len(texts) or (len(texts) >= _ENOUGH and mojibake)
