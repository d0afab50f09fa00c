"""Text on a PDF page that no reader of it can see: the way instructions are smuggled into what a machine reads.

Cheap signs pick the suspects: no paint at all, a size or place where nothing can be seen, the colour of what lies
under it, something painted over it. Colour and cover are then tried, not guessed: the page is drawn with the suspects
and without them, and what changes nothing is hidden.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from lsqa.readers.glyphs import Glyph, PageContent, Rect
from lsqa.readers.pdfium_drawings import Colour, Paint
from lsqa.readers.pdfium_engine import PdfiumPage, TextRun

Reason = str
_Picture = npt.NDArray[np.uint8]
_SMALLEST: Final = 1.0  # points
_ALIKE: Final = 40  # of 255, in each of red, green and blue: paler than that on white is no print
_SEEN: Final = 16  # of 255: how much drawing a letter has to change a pixel
_SCAN: Final = 0.5  # of the page is a picture: text without paint is what a scanner recognised
_PIXELS: Final = 800_000  # of a trial drawing
_MOST_SUSPECTS: Final = 5_000
_WHITE: Final[Colour] = (255, 255, 255)
_NO_COLOUR: Final = (-1_000, -1_000, -1_000)
_SMALLEST_COVER: Final = 3.0  # points: a line covers no letter


def part_hidden(page: PdfiumPage, content: PageContent, runs: Sequence[TextRun], paints: Sequence[Paint]) -> None:
    """Move what cannot be seen from `content.glyphs` to `content.hidden`, with the reason."""
    reasons: dict[int, Reason] = {}  # by index in content.glyphs
    of_runs = [_reason_of_run(run, content) for run in runs]
    for index, glyph in enumerate(content.glyphs):
        if reason := of_runs[glyph.run] or _reason_of_place(glyph, runs[glyph.run], content):
            reasons[index] = reason
    suspects = [i for i in _suspects(content.glyphs, runs, paints) if i not in reasons][:_MOST_SUSPECTS]
    reasons.update(dict.fromkeys(_unseen(page, content.glyphs, runs, suspects), "in no visible colour"))
    if reasons:
        _move(content, reasons)


def _move(content: PageContent, reasons: dict[int, Reason]) -> None:
    glyphs = content.glyphs
    for i, glyph in enumerate(glyphs):  # a space goes the way of the letter before it
        if glyph.text.isspace() and i - 1 in reasons and glyphs[i - 1].run == glyph.run:
            reasons[i] = reasons[i - 1]
    found: dict[Reason, list[str]] = defaultdict(list)
    for i, reason in sorted(reasons.items()):
        found[reason].append(glyphs[i].text)
    content.hidden.extend((reason, text) for reason, letters in found.items() if (text := "".join(letters).strip()))
    content.glyphs = [g for i, g in enumerate(glyphs) if i not in reasons]


def _reason_of_run(run: TextRun, content: PageContent) -> Reason:
    return "without paint" if (run.is_invisible or run.alpha == 0) and content.images < _SCAN else ""


def _reason_of_place(glyph: Glyph, run: TextRun, content: PageContent) -> Reason:
    if 0 < run.size < _SMALLEST and glyph.height < _SMALLEST:
        return "too small to be seen"
    if glyph.left < 0 or glyph.top < 0 or glyph.right > content.width or glyph.bottom > content.height:
        x, y = glyph.centre
        return "" if 0 <= x <= content.width and 0 <= y <= content.height else "off the page"
    return ""


def _suspects(glyphs: Sequence[Glyph], runs: Sequence[TextRun], paints: Sequence[Paint]) -> list[int]:
    """Indices of letters in the colour of what lies under them, nearly transparent, or with something painted over."""
    letters = [i for i, g in enumerate(glyphs) if not g.text.isspace() and runs[g.run].order >= 0]
    if not letters:
        return []
    places = np.array([glyphs[i].centre for i in letters])
    orders = np.array([runs[glyphs[i].run].order for i in letters])
    inks = np.array([runs[glyphs[i].run].colour or _NO_COLOUR for i in letters])
    grounds = np.full((len(letters), 3), _WHITE)
    covered = np.array([0 < runs[glyphs[i].run].alpha < _ALIKE for i in letters])
    for paint in paints:
        area = paint.area
        if min(area.width, area.height) < _SMALLEST_COVER:
            continue
        inside = (abs(places - area.centre) <= (area.width / 2, area.height / 2)).all(axis=1)
        covered |= inside & (orders < paint.order)
        grounds[inside & (orders > paint.order)] = paint.colour or _NO_COLOUR
    alike = (abs(inks - grounds) < _ALIKE).all(axis=1) & (inks[:, 0] >= 0) & (grounds[:, 0] >= 0)
    return [letters[i] for i in np.flatnonzero(covered | alike)]


def _unseen(
    page: PdfiumPage, glyphs: Sequence[Glyph], runs: Sequence[TextRun], suspects: Sequence[int]
) -> Iterator[int]:
    """Those of `suspects` whose whole run changes nothing in the picture."""
    if not suspects:
        return
    scale = min(2.0, (_PIXELS / max(1.0, page.width * page.height)) ** 0.5)
    suspected = {glyphs[i].run for i in suspects}
    drawn = np.asarray(page.image(scale))
    for number in suspected:
        pdfium.FPDFPageObj_SetIsActive(runs[number].handle, False)
    without = np.asarray(page.image(scale))
    for number in suspected:
        pdfium.FPDFPageObj_SetIsActive(runs[number].handle, True)
    for i in suspects:
        if _strongest_change(drawn, without, glyphs[i], scale) < _SEEN:
            yield i


def _strongest_change(drawn: _Picture, without: _Picture, place: Rect, scale: float) -> int:
    rows = slice(max(int(place.top * scale), 0), int(place.bottom * scale) + 1)
    columns = slice(max(int(place.left * scale), 0), int(place.right * scale) + 1)
    before, after = drawn[rows, columns], without[rows, columns]
    return int(np.abs(before.astype(np.int16) - after).max()) if before.size else 0
