"""Cheap signs that letters on a PDF page may not be seen, over all letters at once."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from lsqa.readers.glyphs import PageContent, Rect
from lsqa.readers.pdf_hidden_runs import UNKNOWN, clip_of, inks_of
from lsqa.readers.pdfium_characters import TextRun
from lsqa.readers.pdfium_drawings import Colour, Paint, Seen

Flags = npt.NDArray[np.bool_]
"""A truth for every letter of a page."""

_SMALLEST: Final = 1.0  # points
_NARROWEST: Final = 0.05  # of the font size
_FEWEST_NARROW: Final = 3  # letters: a mark that stands over another letter has no width of its own
_ALIKE: Final = 40  # of 255, in each of red, green and blue: paler than that on white is no print
_SCAN: Final = 0.5  # of the page is a picture: text under it is what a scanner recognised
_SMALLEST_COVER: Final = 3.0  # points: a line covers no letter
_WHITE: Final[Colour] = (255, 255, 255)


def is_scan(content: PageContent) -> bool:
    """Whether a page is mostly a picture."""
    return content.images >= _SCAN


class Letters:
    """The places of a page's letters, and the runs that draw them."""

    def __init__(self, content: PageContent, runs: Sequence[TextRun]) -> None:
        glyphs = content.glyphs
        self.places = np.array([(g.left, g.top, g.right, g.bottom) for g in glyphs], float).reshape(-1, 4)
        self.centres = (self.places[:, :2] + self.places[:, 2:]) / 2
        self.run_of = np.array([g.run for g in glyphs], int)
        self.are_spaces: Flags = np.array([g.text.isspace() for g in glyphs], bool)
        self.runs = runs
        self._content = content

    def of_runs(self, holds: Callable[[TextRun], bool]) -> Flags:
        """What holds of the run of each letter."""
        held: Flags = np.array([holds(run) for run in self.runs], bool)[self.run_of]
        return held

    def too_small(self) -> Flags:
        """The letters of runs in which none has a size: no height, or (of several letters) no width."""
        wide, high, count = (np.zeros(len(self.runs)) for _ in range(3))
        np.maximum.at(wide, self.run_of, self.places[:, 2] - self.places[:, 0])
        np.maximum.at(high, self.run_of, self.places[:, 3] - self.places[:, 1])
        np.add.at(count, self.run_of, ~self.are_spaces)
        size = np.array([run.size for run in self.runs])
        upright = np.array([run.turn % 2 == 0 for run in self.runs])
        low, narrow = np.where(upright, high, wide), np.where(upright, wide, high)
        is_narrow = (narrow < _NARROWEST * size) & (count >= _FEWEST_NARROW)
        small: Flags = ((size < _SMALLEST) & (low < _SMALLEST) | is_narrow)[self.run_of]
        return small

    def off_page(self) -> Flags:
        size = (self._content.width, self._content.height)
        off: Flags = ((self.centres < 0) | (self.centres > size)).any(axis=1)
        return off

    def faint(self) -> Flags:
        return self.of_runs(lambda run: inks_of(run)[2] < _ALIKE)

    def cut_off(self, seen: Seen) -> Flags:
        """Letters outside what the clipping paths of their run leave."""
        nowhere = (-1e9, -1e9, 1e9, 1e9)
        clips = [clip_of(run, seen) for run in self.runs]
        left = np.array([(c.left, c.top, c.right, c.bottom) if c else nowhere for c in clips])[self.run_of]
        cut: Flags = ((self.centres < left[:, :2]) | (self.centres > left[:, 2:])).any(axis=1)
        return cut


class Grounds:
    """What lies under and over each letter, by the order in which the page is painted."""

    def __init__(self, letters: Letters, content: PageContent, paints: Sequence[Paint]) -> None:
        self._letters = letters
        self._orders = np.array([run.order for run in letters.runs], int)[letters.run_of]
        self._colours = np.full((len(letters.run_of), 3), _WHITE)
        self.are_covered: Flags = np.zeros(len(letters.run_of), bool)
        for paint in paints:
            if min(paint.area.width, paint.area.height) >= _SMALLEST_COVER:
                self._lay(paint, hides_a_scan=is_scan(content) and _is_page(paint.area, content))

    def _lay(self, paint: Paint, *, hides_a_scan: bool) -> None:
        area = paint.area
        away = abs(self._letters.centres - area.centre)
        inside = (away <= (area.width / 2, area.height / 2)).all(axis=1) & (self._orders >= 0)
        if paint.colour is not None or not hides_a_scan:
            self.are_covered |= inside & (self._orders < paint.order)
        self._colours[inside & (self._orders > paint.order)] = paint.colour or UNKNOWN

    def unknown(self) -> Flags:
        """Letters on pictures and patterns."""
        unknown: Flags = self._colours[:, 0] < 0
        return unknown

    def like_ink(self) -> Flags:
        """Letters whose ink, inside and around, is hardly another than what lies under them."""
        inks = np.array([inks_of(run)[:2] for run in self._letters.runs], int)[self._letters.run_of]
        near: Flags = (abs(inks - self._colours[:, None, :]) < _ALIKE).all(axis=(1, 2))
        known: Flags = (inks >= 0).all(axis=(1, 2)) & (self._orders >= 0)
        return near & known


def _is_page(area: Rect, content: PageContent) -> bool:
    return area.area >= _SCAN * content.width * content.height
