"""PDF pages through PDFium (pypdfium2): every character with its box, lines and panels, and the page image.

PDFium is the first engine for its character boxes, which columns, tables and highlighting need, and for its speed;
`lsqa.readers.pypdf_engine` is the second. What both are measured at stands in docs/design.md.
"""

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import Glyph, PageContent, Panel, Rect

Colour = tuple[int, int, int]

_BOLD = re.compile(r"bold|heavy|black|demi|-w[6-9]|gothic-?[be]b?\b", re.IGNORECASE)
_BOLD_WEIGHT: Final = 600
_MAX_OBJECTS: Final = 30_000  # drawings beyond are maps and plots, not tables
_MAX_SEGMENTS: Final = 400
_THIN: Final = 3.0  # points: a rectangle that thin is a line
_SHORTEST_RULE: Final = 4.0
_DEEPEST_FORM: Final = 8
_MAX_CHARACTERS: Final = 200_000  # on one page
_INVISIBLE_MODES: Final = (3, 7)  # PDF 32000-1, table 106: neither filled nor stroked


@dataclass(slots=True)
class TextRun:
    """What one text object is drawn with. `order` is its place among all that the page paints; `alpha` 0 to 255."""

    number: int
    order: int
    size: float
    is_bold: bool
    turn: int
    colour: Colour | None
    alpha: int
    is_invisible: bool
    handle: Any


@dataclass(slots=True)
class Paint:
    """A shape or picture that may stand under or over text. `colour` is None for pictures and patterns."""

    order: int
    area: Rect
    colour: Colour | None


class PdfiumFile:
    """An open PDF. Raises `DocumentError` with status `locked` or `failed` where it cannot be opened."""

    def __init__(self, content: bytes, name: str, password: str = "") -> None:
        self._document = _open(content, name, password)
        self._name = name

    def __enter__(self) -> "PdfiumFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def page(self, number: int) -> "PdfiumPage":
        """Page `number`, from 1. Raises `DocumentError` where it is damaged."""
        try:
            return PdfiumPage(self._document[number - 1], number)
        except pypdfium2.PdfiumError as error:
            raise DocumentError(f"page {number} of {self._name} is damaged", hint="save the file again") from error


def _open(content: bytes, name: str, password: str) -> pypdfium2.PdfDocument:
    for key in dict.fromkeys(("", password)):
        try:
            return pypdfium2.PdfDocument(content, password=key or None)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) != pdfium.FPDF_ERR_PASSWORD:
                raise DocumentError(
                    f"{name} is no readable PDF", hint="open it in a viewer and save it again"
                ) from error
    hint = "that password does not open it" if password else "give its password with --password"
    raise DocumentError(f"{name} is encrypted", hint=hint, status="locked")


class PdfiumPage:
    """A page with its text page; to be closed."""

    def __init__(self, page: pypdfium2.PdfPage, number: int) -> None:
        self._page = page
        self._number = number
        left, bottom, right, top = page.get_bbox()
        self._turns = page.get_rotation() // 90 % 4
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        wide, high = right - left, top - bottom
        self.width, self.height = (high, wide) if self._turns % 2 else (wide, high)

    def close(self) -> None:
        self._page.close()

    def image(self, scale: float) -> Image.Image:
        """The page as a reader sees it, `scale` pixels a point."""
        return self._page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")

    def seen(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle in the page's own coordinates as (left, top, right, bottom) of the page as it is shown."""
        x0, x1 = left - self._left, right - self._left
        y0, y1 = bottom - self._bottom, top - self._bottom
        wide, high = self._right - self._left, self._top - self._bottom
        match self._turns:
            case 0:
                return x0, high - y1, x1, high - y0
            case 1:
                return y0, x0, y1, x1
            case 2:
                return wide - x1, y0, wide - x0, y1
            case _:
                return high - y1, wide - x1, high - y0, wide - x0

    def content(self) -> tuple[PageContent, list[TextRun], list[Paint]]:
        """Characters, lines, panels; and of what the text is painted with and over, by the numbers of its runs."""
        content = PageContent(self._number, self.width, self.height)
        orders: dict[int, int] = {}
        paints: list[Paint] = []
        for order, (item, kind, place) in enumerate(self._objects()):
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                orders[_address(item)] = order
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._add_path(item, place, order, content, paints)
            elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING) and (
                area := self._bounds(item, place)
            ):
                paints.append(Paint(order, area, None))
                if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                    content.images += _visible(area, content) / max(1.0, self.width * self.height)
        runs: list[TextRun] = []
        content.glyphs = list(self._glyphs(orders, runs))
        return content, runs, paints

    def _objects(self) -> Iterator[tuple[Any, int, "_Place"]]:
        """Everything that is painted, in order, those in forms too, with where its coordinates lie."""

        def walk(count: int, get: Callable[[int], Any], place: _Place, depth: int) -> Iterator[tuple[Any, int, _Place]]:
            for index in range(min(count, _MAX_OBJECTS)):
                item = get(index)
                if not item:
                    continue
                kind = pdfium.FPDFPageObj_GetType(item)
                if kind != pdfium.FPDF_PAGEOBJ_FORM:
                    yield item, kind, place
                elif depth < _DEEPEST_FORM:
                    inner = place.inside(_matrix(item))
                    members = pdfium.FPDFFormObj_CountObjects(item)
                    yield from walk(
                        members, lambda i, form=item: pdfium.FPDFFormObj_GetObject(form, i), inner, depth + 1
                    )  # type: ignore[misc]

        raw = self._page.raw
        left = _MAX_OBJECTS
        for found in walk(pdfium.FPDFPage_CountObjects(raw), lambda i: pdfium.FPDFPage_GetObject(raw, i), _Place(), 0):
            yield found
            left -= 1
            if not left:
                return

    def _bounds(self, item: Any, place: "_Place") -> Rect | None:
        a, b, c, d = (ctypes.c_float() for _ in range(4))
        if not pdfium.FPDFPageObj_GetBounds(item, a, b, c, d):
            return None
        return Rect(*self.seen(*place.rect(a.value, b.value, c.value, d.value)))

    def _add_path(self, item: Any, place: "_Place", order: int, content: PageContent, paints: list[Paint]) -> None:
        area = self._bounds(item, place)
        if area is None:
            return
        fill_mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, fill_mode, stroke)
        filled, framed = bool(fill_mode.value), bool(stroke.value)
        colour, alpha = _fill(item) if filled else (None, 0)
        if filled and alpha > 0:
            paints.append(Paint(order, area, colour if alpha > 200 else None))
        if not (framed or (filled and alpha > 0)):
            return
        if min(area.width, area.height) <= _THIN:
            if max(area.width, area.height) >= _SHORTEST_RULE:
                content.rules.append(area)
            return
        lines = self._segments(item, place)
        if lines is None:
            return
        if _is_rectangle(lines, area):
            content.panels.append(Panel(area.left, area.top, area.right, area.bottom, colour, framed))
        if framed:
            content.rules.extend(lines)

    def _segments(self, item: Any, place: "_Place") -> list[Rect] | None:
        """The straight upright and level pieces of a path; None for a drawing with curves or too many of them."""
        count = pdfium.FPDFPath_CountSegments(item)
        if not 2 <= count <= _MAX_SEGMENTS:
            return None
        own = place.inside(_matrix(item))
        found: list[Rect] = []
        start = last = (0.0, 0.0)
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            x, y = ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = own.point(x.value, y.value)
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                if count > 12:  # rounded corners make a box; more than that is a drawing
                    return None
            elif kind == pdfium.FPDF_SEGMENT_MOVETO:
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
            yield Rect(*self.seen(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])))

    def _glyphs(self, orders: dict[int, int], runs: list[TextRun]) -> Iterator[Glyph]:
        page = self._page.get_textpage()
        try:
            yield from self._characters(page.raw, orders, runs)
        finally:
            page.close()

    def _characters(self, page: Any, orders: dict[int, int], runs: list[TextRun]) -> Iterator[Glyph]:
        # Four calls a character: their names are bound once, for this loop is what reading a PDF costs.
        unicode_of, is_generated = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_IsGenerated
        box_of, object_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetTextObject
        box = pdfium.FS_RECTF()
        known: dict[int, TextRun] = {}
        high = ""
        for index in range(min(pdfium.FPDFText_CountChars(page), _MAX_CHARACTERS)):
            code = unicode_of(page, index)
            if code in (0, 10, 13, 0xFFFE) or is_generated(page, index) == 1:
                if (
                    code != 0xFFFE or is_generated(page, index) == 1
                ):  # U+FFFE is how PDFium shows a hyphen at a line's end
                    continue
                code = 0x2D
            if 0xD800 <= code < 0xDC00:
                high = chr(code)
                continue
            text = _joined(high, code)
            high = ""
            if not box_of(page, index, box):
                continue
            item = object_of(page, index)
            address = _address(item)
            run = known.get(address)
            if run is None:
                run = known[address] = self._run(page, index, item, len(runs), orders.get(address, -1))
                runs.append(run)
            left, top, right, bottom = self.seen(box.left, box.bottom, box.right, box.top)
            yield Glyph(left, top, right, bottom, text, run.size, bottom, run.is_bold, run.turn, run.number)

    def _run(self, page: Any, index: int, item: Any, number: int, order: int) -> TextRun:
        matrix = pdfium.FS_MATRIX()
        known = pdfium.FPDFText_GetMatrix(page, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) if known else 1.0
        angle = pdfium.FPDFText_GetCharAngle(page, index)
        turn = (round(angle / (math.pi / 2)) + self._turns) % 4 if angle >= 0 else self._turns
        colour, alpha = _fill(item)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
        return TextRun(
            number=number,
            order=order,
            size=pdfium.FPDFText_GetFontSize(page, index) * scale,
            is_bold=_is_bold(page, index, item),
            turn=turn,
            colour=colour if mode in (0, 4) else None,
            alpha=alpha if mode in (0, 4) else 255,
            is_invisible=mode in _INVISIBLE_MODES,
            handle=item,
        )


@dataclass(frozen=True, slots=True)
class _Place:
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

    def inside(self, inner: "_Place") -> "_Place":
        """The map for what `inner` maps first."""
        a, b = self.a * inner.a + self.c * inner.b, self.b * inner.a + self.d * inner.b
        c, d = self.a * inner.c + self.c * inner.d, self.b * inner.c + self.d * inner.d
        return _Place(a, b, c, d, *self.point(inner.e, inner.f))


def _matrix(item: Any) -> _Place:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return _Place()
    return _Place(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def _joined(high: str, code: int) -> str:
    if high and 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (code - 0xDC00))
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _fill(item: Any) -> tuple[Colour | None, int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


def _is_bold(page: Any, index: int, item: Any) -> bool:
    if pdfium.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT:
        return True
    font = pdfium.FPDFTextObj_GetFont(item)
    if not font:
        return False
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, name, 128)
    return bool(_BOLD.search(name.value.decode("latin-1")))


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
