"""What PDFium tells of how one run of text is painted: its colours and what clips it."""

import ctypes
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2.raw as pdfium

from lsqa.readers.glyphs import Rect
from lsqa.readers.pdfium_characters import TextRun
from lsqa.readers.pdfium_drawings import Colour, Seen, fill_of

UNKNOWN: Final = (-1_000, -1_000, -1_000)
"""The colour of patterns, pictures and tints."""

_WINDOW: Final = 7  # PDF 32000-1, table 106: letters are a window on what is painted next
_STROKES: Final = {1: False, 2: True, 5: False, 6: True}  # and whether the letters are filled too
_MOST_CLIPS: Final = 64


def is_unpainted(run: TextRun) -> bool:
    return run.alpha == 0 or (run.is_invisible and not is_window(run))


def is_window(run: TextRun) -> bool:
    """Whether letters are only a clipping path: seen where something is painted through them."""
    return run.is_invisible and bool(pdfium.FPDFTextObj_GetTextRenderMode(run.handle) == _WINDOW)


def inks_of(run: TextRun) -> tuple[Colour, Colour, int]:
    """The colours of a run, inside and around, and its opacity, 0 to 255."""
    if run.colour is not None:
        return run.colour, run.colour, run.alpha
    mode = pdfium.FPDFTextObj_GetTextRenderMode(run.handle)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if mode not in _STROKES or not pdfium.FPDFPageObj_GetStrokeColor(run.handle, red, green, blue, alpha):
        return UNKNOWN, UNKNOWN, run.alpha
    stroke = red.value, green.value, blue.value
    if not _STROKES[mode]:
        return stroke, stroke, min(run.alpha, alpha.value)
    fill, opacity = fill_of(run.handle)
    return fill or UNKNOWN, stroke, min(run.alpha, max(opacity, alpha.value))


def clip_of(run: TextRun, seen: Seen) -> Rect | None:
    """The rectangle around what the clipping paths of a run leave, as the page is shown; None where it has none.

    Paths inside forms are told in the form's own coordinates: what this gives for them is only a reason to try.
    """
    path = pdfium.FPDFPageObj_GetClipPath(run.handle)
    count = pdfium.FPDFClipPath_CountPaths(path) if path else 0
    if not 0 < count <= _MOST_CLIPS:
        return None
    left, bottom, right, top = float("-inf"), float("-inf"), float("inf"), float("inf")
    for index in range(count):
        if points := tuple(_points(path, index)):
            xs, ys = zip(*points, strict=True)
            left, right = max(left, min(xs)), min(right, max(xs))
            bottom, top = max(bottom, min(ys)), min(top, max(ys))
    return Rect(*seen(left, bottom, right, top))


def _points(path: Any, index: int) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(pdfium.FPDFClipPath_CountPathSegments(path, index)):
        if pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, index, number), x, y):
            yield x.value, y.value
