"""PDF pages through PDFium (pypdfium2): every character with its box, lines and panels, and the page image.

PDFium is the first engine for its character boxes, which columns, tables and highlighting need, and for its speed;
`lsqa.readers.pypdf_engine` is the second. What both are measured at stands in docs/design.md.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import PageContent
from lsqa.readers.pdfium_characters import Characters, PlaceOfText, TextRun, address_of
from lsqa.readers.pdfium_drawings import Drawings, Paint, painted_objects
from lsqa.readers.pypdf_engine import has_layers

# Annotations that show text: what a form is filled in with, notes written on the page, stamps.
_WITH_TEXT: Final = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP)
_MAX_ANNOTATIONS: Final = 5_000
_PIXELS_OF_A_LOOK: Final = 800_000


class PdfiumFile:
    """An open PDF. Raises `DocumentError` with status `locked` or `failed` where it cannot be opened."""

    def __init__(self, content: bytes, name: str, password: str = "") -> None:
        self._document = _open(content, name, password)
        self._name = name
        self._layers = _Layers(content, password)
        if self._document.get_formtype() == pdfium.FORMTYPE_ACRO_FORM:
            with contextlib.suppress(pypdfium2.PdfiumError):  # then fields without a drawing of their own stay empty
                self._document.init_forms()

    def __enter__(self) -> "PdfiumFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def page(self, number: int) -> "PdfiumPage":
        """Page `number`, from 1. Raises `DocumentError` where it is damaged."""
        try:
            page = self._document[number - 1]
            if _shows_annotations(page) and pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY) == (
                pdfium.FLATTEN_SUCCESS
            ):
                page.close()
                page = self._document[number - 1]
            return PdfiumPage(page, number, self._layers)
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


def _shows_annotations(page: pypdfium2.PdfPage) -> bool:
    """Whether annotations of the page show text, which PDFium tells only when they are made part of the page."""
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)):
        if annotation := pdfium.FPDFPage_GetAnnot(page.raw, index):
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if kind in _WITH_TEXT:
                return True
    return False


class _Layers:
    """Whether a file has layers, looked up when a page has text that may be on one."""

    def __init__(self, content: bytes, password: str) -> None:
        self._content = content
        self._password = password
        self._known: bool | None = None

    def exist(self) -> bool:
        if self._known is None:
            self._known = has_layers(self._content, self._password)
        return self._known


class PdfiumPage:
    """A page with its text page; to be closed."""

    def __init__(self, page: pypdfium2.PdfPage, number: int, layers: _Layers) -> None:
        self._page = page
        self._number = number
        self._layers = layers
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

    def shows_nothing(self) -> bool:
        """Whether the page is of one colour all over."""
        scale = min(1.0, (_PIXELS_OF_A_LOOK / max(1.0, self.width * self.height)) ** 0.5)
        return len(self.image(scale).getcolors(maxcolors=1) or ()) == 1

    def seen(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle in the page's own coordinates as (left, top, right, bottom) of the page as it is shown."""
        if not self._turns:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        x0, x1 = left - self._left, right - self._left
        y0, y1 = bottom - self._bottom, top - self._bottom
        wide, high = self._right - self._left, self._top - self._bottom
        match self._turns:
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
        places: dict[int, PlaceOfText] = {}
        for order, drawn in enumerate(painted_objects(self._page.raw)):
            if drawn.kind == pdfium.FPDF_PAGEOBJ_TEXT:
                may_be_off = drawn.is_in_form and self._layers.exist()
                places[address_of(drawn.handle)] = PlaceOfText(order, may_be_off)
            else:
                drawings.add(drawn, order)
        with self._text_page() as page:
            characters = Characters(page, self.seen, self._turns, places)
            content.glyphs = characters.read()
        content.is_cut = characters.are_cut
        return content, characters.runs, drawings.paints

    @contextlib.contextmanager
    def _text_page(self) -> Iterator[Any]:
        page = self._page.get_textpage()
        try:
            yield page.raw
        finally:
            page.close()
