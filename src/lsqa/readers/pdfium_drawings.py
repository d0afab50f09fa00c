"""What a PDF page draws beside text, through PDFium: lines, panels, pictures, in the order they are painted in."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium

from lsqa.readers.glyphs import PageContent, Panel, Rect

Colour = tuple[int, int, int]
Seen = Callable[[float, float, float, float], tuple[float, float, float, float]]
"""(left, bottom, right, top) in the page's own coordinates -> (left, top, right, bottom) of the page as it is shown."""

_MAX_OBJECTS: Final = 30_000  # drawings beyond are maps and plots, not tables
_MAX_SEGMENTS: Final = 400
_THIN: Final = 3.0  # points: a rectangle that thin is a line
_SHORTEST_RULE: Final = 4.0
_DEEPEST_FORM: Final = 8
_ROUNDED: Final = 12  # segments of a box with round corners; a path with curves and more of them is a drawing
_OPAQUE: Final = 200  # of 255


@dataclass(slots=True)
class Paint:
    """A shape or picture that may stand under or over text. `colour` is None for pictures and patterns."""

    order: int
    area: Rect
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Placement:
    """An affine map from the coordinates inside forms to those of the page (PDF 32000-1, 8.3.3)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def rect(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        corners = [self.point(x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def inside(self, inner: "Placement") -> "Placement":
        """The map for what `inner` maps first."""
        a, b = self.a * inner.a + self.c * inner.b, self.b * inner.a + self.d * inner.b
        c, d = self.a * inner.c + self.c * inner.d, self.b * inner.c + self.d * inner.d
        return Placement(a, b, c, d, *self.point(inner.e, inner.f))


@dataclass(frozen=True, slots=True)
class PaintedObject:
    """One object of a page. `kind` is PDFium's number for what it is."""

    handle: Any
    kind: int
    placement: Placement
    is_in_form: bool


def painted_objects(page: Any) -> Iterator[PaintedObject]:
    """Everything that a page paints, in order, what stands in forms too."""
    left = _MAX_OBJECTS
    members = _members(lambda i: pdfium.FPDFPage_GetObject(page, i), pdfium.FPDFPage_CountObjects(page))
    for found in _flattened(members, Placement(), 0):
        yield found
        left -= 1
        if not left:
            return


def _members(get: Callable[[int], Any], count: int) -> Iterator[Any]:
    for index in range(min(count, _MAX_OBJECTS)):
        if item := get(index):
            yield item


def _flattened(items: Iterator[Any], placement: Placement, depth: int) -> Iterator[PaintedObject]:
    for item in items:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield PaintedObject(item, kind, placement, is_in_form=depth > 0)
        elif depth < _DEEPEST_FORM:
            inner = _members(_getter(item), pdfium.FPDFFormObj_CountObjects(item))
            yield from _flattened(inner, placement.inside(_placement(item)), depth + 1)


def _getter(form: Any) -> Callable[[int], Any]:
    return lambda index: pdfium.FPDFFormObj_GetObject(form, index)


def _placement(item: Any) -> Placement:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return Placement()
    return Placement(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def fill_of(item: Any) -> tuple[Colour | None, int]:
    """The colour an object is filled with, and its opacity, 0 to 255."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


class Drawings:
    """Adds what is drawn to a page's content; `paints` is what may stand under or over its text."""

    def __init__(self, content: PageContent, seen: Seen) -> None:
        self.paints: list[Paint] = []
        self._content = content
        self._seen = seen

    def add(self, drawn: PaintedObject, order: int) -> None:
        """Take in a shape, a shading or a picture; anything else is passed over."""
        if drawn.kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._add_path(drawn, order)
        elif drawn.kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING) and (area := self._bounds(drawn)):
            self.paints.append(Paint(order, area, None))
            if drawn.kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                whole = max(1.0, self._content.width * self._content.height)
                self._content.images += _visible(area, self._content) / whole

    def _bounds(self, drawn: PaintedObject) -> Rect | None:
        a, b, c, d = (ctypes.c_float() for _ in range(4))
        if not pdfium.FPDFPageObj_GetBounds(drawn.handle, a, b, c, d):
            return None
        return Rect(*self._seen(*drawn.placement.rect(a.value, b.value, c.value, d.value)))

    def _add_path(self, drawn: PaintedObject, order: int) -> None:
        area = self._bounds(drawn)
        if area is None:
            return
        fill_mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(drawn.handle, fill_mode, stroke)
        colour, alpha = fill_of(drawn.handle) if fill_mode.value else (None, 0)
        if alpha > 0:
            self.paints.append(Paint(order, area, colour if alpha > _OPAQUE else None))
        if not (stroke.value or alpha > 0):
            return
        self._content.shapes += 1
        if min(area.width, area.height) <= _THIN:
            if max(area.width, area.height) >= _SHORTEST_RULE:
                self._content.rules.append(area)
            return
        self._add_shape(drawn, area, colour, is_framed=bool(stroke.value))

    def _add_shape(self, drawn: PaintedObject, area: Rect, colour: Colour | None, *, is_framed: bool) -> None:
        lines = self._lines(drawn)
        if lines is None:
            return
        if _is_rectangle(lines, area):
            self._content.panels.append(Panel(area.left, area.top, area.right, area.bottom, colour, is_framed))
        if is_framed:
            self._content.rules.extend(lines)

    def _lines(self, drawn: PaintedObject) -> list[Rect] | None:
        """The straight upright and level pieces of a path; None for a drawing with curves or too many of them."""
        count = pdfium.FPDFPath_CountSegments(drawn.handle)
        if not 2 <= count <= _MAX_SEGMENTS:
            return None
        own = drawn.placement.inside(_placement(drawn.handle))
        found: list[Rect] = []
        start = last = (0.0, 0.0)
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(drawn.handle, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = own.point(x.value, y.value)
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO and count > _ROUNDED:
                return None
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                found.extend(self._straight(last, point))
            last = point
            if pdfium.FPDFPathSegment_GetClose(segment):
                found.extend(self._straight(last, start))
                last = start
        return found

    def _straight(self, a: tuple[float, float], b: tuple[float, float]) -> Iterator[Rect]:
        if min(abs(a[0] - b[0]), abs(a[1] - b[1])) <= 1.0:
            yield Rect(*self._seen(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])))


def _visible(area: Rect, content: PageContent) -> float:
    width = min(area.right, content.width) - max(area.left, 0.0)
    height = min(area.bottom, content.height) - max(area.top, 0.0)
    return max(0.0, width) * max(0.0, height)


def _is_rectangle(lines: list[Rect], area: Rect) -> bool:
    """Whether the pieces of a path run along the edges of what it covers; rounded corners may be missing."""
    along = sum(max(line.width, line.height) for line in lines)
    on_edge = all(
        min(abs(line.left - area.left), abs(line.right - area.right)) < 2.0
        if line.height > line.width
        else min(abs(line.top - area.top), abs(line.bottom - area.bottom)) < 2.0
        for line in lines
    )
    return on_edge and along >= 0.6 * 2 * (area.width + area.height) * 0.9
