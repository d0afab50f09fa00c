"""PDF pages through PDFium (pypdfium2): every character with its box, lines and panels, and the page image.

PDFium is the first engine for its character boxes, which columns, tables and highlighting need, and for its speed;
`lsqa.readers.pypdf_engine` is the second. What both are measured at stands in docs/design.md.
"""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import Glyph, PageContent, plain_letter
from lsqa.readers.pdfium_drawings import Colour, Drawings, Paint, fill_of, painted_objects

_BOLD = re.compile(r"bold|heavy|black|demi|-w[6-9]|gothic-?[be]b?\b", re.IGNORECASE)
_BOLD_WEIGHT: Final = 600
_MAX_CHARACTERS: Final = 200_000  # on one page
_BROKEN_HYPHENS: Final = (0x02, 0xFFFE)  # how versions of PDFium show a hyphen at a line's end
_SPACE: Final = 0x20  # PDFium adds spaces and line breaks of its own
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
                reason = f"{name} is no readable PDF"
                raise DocumentError(reason, hint="open it in a viewer and save it again") from error
    hint = "that password does not open it" if password else "give its password with --password"
    raise DocumentError(f"{name} is encrypted", hint=hint, status="locked")


class PdfiumPage:
    """A page with its text page; to be closed."""

    def __init__(self, page: pypdfium2.PdfPage, number: int) -> None:
        self._page = page
        self._number = number
        left, bottom, right, top = page.get_bbox()
        if right <= left or top <= bottom:  # a crop box off the page
            left, bottom, right, top = page.get_mediabox()
        self._turns = page.get_rotation() // 90 % 4
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        wide, high = right - left, top - bottom
        self.width, self.height = (high, wide) if self._turns % 2 else (wide, high)

    def close(self) -> None:
        self._page.close()

    def image(self, scale: float) -> Image.Image:
        """The page as a reader sees it, `scale` pixels a point."""
        picture: Image.Image = self._page.render(scale=scale, may_draw_forms=False).to_pil()
        return picture.convert("RGB")

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
        drawings = Drawings(content, self.seen)
        orders: dict[int, int] = {}
        for order, drawn in enumerate(painted_objects(self._page.raw)):
            if drawn.kind == pdfium.FPDF_PAGEOBJ_TEXT:
                orders[_address(drawn.handle)] = order
            else:
                drawings.add(drawn, order)
        runs: list[TextRun] = []
        content.glyphs = list(self._glyphs(orders, runs))
        return content, runs, drawings.paints

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
        turned, x, y = self._turns, self._left, self._top
        known: dict[int, TextRun] = {}
        high = ""
        for index in range(min(pdfium.FPDFText_CountChars(page), _MAX_CHARACTERS)):
            code = unicode_of(page, index)
            if code <= _SPACE and (code in (0, 10, 13) or is_generated(page, index) == 1):
                continue
            if code in _BROKEN_HYPHENS and pdfium.FPDFText_IsHyphen(page, index) == 1:
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
            if turned:
                left, top, right, bottom = self.seen(box.left, box.bottom, box.right, box.top)
            else:
                left, right, top, bottom = box.left - x, box.right - x, y - box.top, y - box.bottom
            yield Glyph(left, top, right, bottom, text, run.size, bottom, run.is_bold, run.turn, run.number)

    def _run(self, page: Any, index: int, item: Any, number: int, order: int) -> TextRun:
        matrix = pdfium.FS_MATRIX()
        known = pdfium.FPDFText_GetMatrix(page, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) if known else 1.0
        angle = pdfium.FPDFText_GetCharAngle(page, index)
        turn = (round(angle / (math.pi / 2)) + self._turns) % 4 if angle >= 0 else self._turns
        colour, alpha = fill_of(item)
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


def _address(item: Any) -> int:
    return ctypes.c_void_p.from_buffer(item).value or 0  # half the time of a cast


def _joined(high: str, code: int) -> str:
    if high and 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (code - 0xDC00))
    return plain_letter(chr(code)) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _is_bold(page: Any, index: int, item: Any) -> bool:
    if pdfium.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT:
        return True
    font = pdfium.FPDFTextObj_GetFont(item)
    if not font:
        return False
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, name, 128)
    return bool(_BOLD.search(name.value.decode("latin-1")))
