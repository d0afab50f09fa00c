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
    that pictures cover, 0 to 1, `shapes` the number of outlines that are filled or stroked. `hidden` holds the texts
    that no reader of the page can see, with the reason; they are not among `glyphs`. `is_cut` where the page
    holds more characters than are read.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rect] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    images: float = 0.0
    shapes: int = 0
    hidden: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all is drawn on the page."""
        return not (self.glyphs or self.hidden or self.rules or self.panels or self.images)


_LOST_PLANE = 0x100000


def lost_letter(code: int) -> str:
    """What stands for a letter that its file gives no Unicode for: its code there, in the last private plane."""
    return chr(_LOST_PLANE | code & 0xFFFF)


def is_lost(letter: str) -> bool:
    """Whether `letter` stands for one that its file gives no Unicode for."""
    return letter == "\ufffd" or ord(letter[0]) >= _LOST_PLANE


def guessed_letter(letter: str) -> str:
    """The letter that would be read if the code of a lost one were Unicode."""
    return chr(ord(letter) & 0xFFFF) if ord(letter) >= _LOST_PLANE else letter


def is_garbage(character: str) -> bool:
    """Whether no text holds `character`: what stands for a lost one, private use, control codes, unassigned."""
    return character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs")


def is_odd(text: str) -> bool:
    """Whether it may hold garbage: a quick look before the slow one."""
    return not text.isprintable() or "\ufffd" in text
