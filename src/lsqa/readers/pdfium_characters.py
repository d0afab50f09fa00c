"""The characters of a PDF page through PDFium, each with its box, and what the text objects they belong to are drawn
with.

PDFium gives the code of a character that its font does not map to Unicode as if it were Unicode, and says so. Such a
guess is kept where all that the page has in that font reads as text; otherwise the characters count as lost.
"""

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium

from lsqa.readers.garbage import reads_as_text
from lsqa.readers.glyphs import Glyph, lost_letter
from lsqa.readers.pdfium_drawings import Colour, Seen, fill_of
from lsqa.readers.symbol_letters import plain_letter, symbols_of

_BOLD: Final = re.compile(r"bold|heavy|black|demi|-w[6-9]|gothic-?[be]b?\b", re.IGNORECASE)
_BOLD_WEIGHT: Final = 600
MAX_CHARACTERS: Final = 100_000  # that are read of one page; a full page of a newspaper has 20,000
_BROKEN_HYPHENS: Final = (0x02, 0xFFFE)  # how versions of PDFium show a hyphen at a line's end
_SPACE: Final = 0x20  # PDFium adds spaces and line breaks of its own
_BREAKS: Final = (0x0A, 0x0D)
_INVISIBLE_MODES: Final = (3, 7)  # PDF 32000-1, table 106: neither filled nor stroked
_FILLED_MODES: Final = (0, 4)
_TO_BE_TRIED: Final = 1  # of 255: an opacity that has `pdf_hidden` try whether the text can be seen


@dataclass(frozen=True, slots=True)
class PlaceOfText:
    """Where a text object stands among all that the page paints; `may_be_off` where a layer may be switched off."""

    order: int
    may_be_off: bool


_NOWHERE: Final = PlaceOfText(-1, may_be_off=False)


@dataclass(slots=True)
class TextRun:
    """What one text object is drawn with. `order` is its place among all that the page paints; `alpha` 0 to 255, almost
    nothing for text on a layer, which may be switched off: whether it can be seen has to be tried.

    `symbols` are what the private characters of its font show; `font` tells one font of the page from another.
    """

    number: int
    order: int
    size: float
    is_bold: bool
    turn: int
    colour: Colour | None
    alpha: int
    is_invisible: bool
    symbols: Mapping[int, str]
    font: int
    handle: Any


@dataclass(frozen=True, slots=True)
class _Font:
    number: int
    is_bold: bool
    symbols: Mapping[int, str]


def _fast(function: Any, result: Any, *arguments: Any) -> Any:
    """`function` of PDFium for the loop that reading a PDF costs: with plain numbers for pointers, and without giving
    up the interpreter's lock, in two thirds of the time."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_POINTER: Final = ctypes.c_void_p
_unicode_of = _fast(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _POINTER, ctypes.c_int)
_is_generated = _fast(pdfium.FPDFText_IsGenerated, ctypes.c_int, _POINTER, ctypes.c_int)
_is_unmapped = _fast(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int, _POINTER, ctypes.c_int)
_box_of = _fast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _POINTER, ctypes.c_int, _POINTER)
_object_of = _fast(pdfium.FPDFText_GetTextObject, _POINTER, _POINTER, ctypes.c_int)


def address_of(handle: Any) -> int:
    """The number of an object of PDFium."""
    return ctypes.c_void_p.from_buffer(handle).value or 0  # half the time of a cast


class Characters:
    """The characters of a text page. `seen` maps its coordinates to the page as it is shown, `turns` quarter turns
    clockwise; `places` are those of its text objects by their numbers. `read` fills `runs`, and tells by
    `are_cut` whether there were more than it reads."""

    def __init__(self, page: Any, seen: Seen, turns: int, places: Mapping[int, PlaceOfText]) -> None:
        self.runs: list[TextRun] = []
        self.are_cut = False
        self._page = page
        self._seen = seen
        self._turns = turns
        self._places = places
        self._fonts: dict[int, _Font] = {}
        self._matrix = pdfium.FS_MATRIX()

    def read(self) -> list[Glyph]:
        """The characters in the order of the file; `Glyph.run` is an index of `runs`."""
        unmapped: list[Glyph] = []
        glyphs = list(self._glyphs(unmapped))
        self._lose(unmapped)
        return glyphs

    def _glyphs(self, unmapped: list[Glyph]) -> Iterator[Glyph]:
        page, box = address_of(self._page), pdfium.FS_RECTF()
        into_box, seen = ctypes.addressof(box), self._seen
        known: dict[int, TextRun] = {}
        high = 0
        count = pdfium.FPDFText_CountChars(self._page)
        self.are_cut = count > MAX_CHARACTERS
        for index in range(min(count, MAX_CHARACTERS)):
            code = _unicode_of(page, index)
            if code <= _SPACE and (code in _BREAKS or _is_generated(page, index) == 1):
                continue
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if not _box_of(page, index, into_box):
                continue
            item = _object_of(page, index) or 0
            run = known.get(item)
            if run is None:
                run = known[item] = self._run(index, item)
            if not code and not _is_embedded(run):
                continue
            if _SPACE <= code < 0x7F:
                text = chr(code)
            elif code in _BROKEN_HYPHENS and pdfium.FPDFText_IsHyphen(self._page, index) == 1:
                text = "-"
            else:
                text = _letter(high, code, run.symbols)
            high = 0
            left, top, right, bottom = seen(box.left, box.bottom, box.right, box.top)
            glyph = Glyph(left, top, right, bottom, text, run.size, bottom, run.is_bold, run.turn, run.number)
            if _is_unmapped(page, index) == 1:
                unmapped.append(glyph)
            yield glyph

    def _lose(self, unmapped: Sequence[Glyph]) -> None:
        """Take as lost what is unmapped and reads as no text."""
        by_font: defaultdict[int, list[Glyph]] = defaultdict(list)
        for glyph in unmapped:
            by_font[self.runs[glyph.run].font].append(glyph)
        for glyphs in by_font.values():
            if not reads_as_text("".join(g.text for g in glyphs)):
                for glyph in glyphs:
                    glyph.text = lost_letter(ord(glyph.text)) if len(glyph.text) == 1 else glyph.text

    def _run(self, index: int, address: int) -> TextRun:
        page, item = self._page, ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
        matrix = self._matrix
        scale = math.hypot(matrix.c, matrix.d) if pdfium.FPDFText_GetMatrix(page, index, matrix) else 1.0
        angle = pdfium.FPDFText_GetCharAngle(page, index)
        colour, alpha = fill_of(item)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
        is_filled = mode in _FILLED_MODES
        font = self._font_of(item)
        place = self._places.get(address, _NOWHERE)
        run = TextRun(
            number=len(self.runs),
            order=place.order,
            size=pdfium.FPDFText_GetFontSize(page, index) * scale,
            is_bold=font.is_bold or pdfium.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT,
            turn=(round(angle / (math.pi / 2)) + self._turns) % 4 if angle >= 0 else self._turns,
            colour=colour if is_filled else None,
            alpha=min(alpha if is_filled else 255, _TO_BE_TRIED if place.may_be_off or _is_marked(item) else 255),
            is_invisible=mode in _INVISIBLE_MODES,
            symbols=font.symbols,
            font=font.number,
            handle=item,
        )
        self.runs.append(run)
        return run

    def _font_of(self, item: Any) -> _Font:
        handle = pdfium.FPDFTextObj_GetFont(item)
        number = address_of(handle)
        if number not in self._fonts:
            name = ctypes.create_string_buffer(128)
            if handle:
                pdfium.FPDFFont_GetBaseFontName(handle, name, 128)
            text = name.value.decode("latin-1")
            self._fonts[number] = _Font(number, bool(_BOLD.search(text)), symbols_of(text))
        return self._fonts[number]


def _letter(high: int, code: int, symbols: Mapping[int, str]) -> str:
    if 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)) if high else lost_letter(code)
    if code < _SPACE or 0x7F <= code < 0xA0:
        return " " if code == 0x09 else lost_letter(code)
    if 0xF000 <= code < 0xF100:
        return symbols.get(code, chr(code))
    return plain_letter(chr(code)) if code < 0x110000 else "\ufffd"


def _is_embedded(run: TextRun) -> bool:
    """Whether the font of a text object is embedded: only then character 0 shows anything."""
    font = pdfium.FPDFTextObj_GetFont(run.handle)
    return bool(font) and pdfium.FPDFFont_GetIsEmbedded(font) == 1


def _is_marked(item: Any) -> bool:
    """Whether a text object is marked as part of a layer (PDF 32000-1, 8.11.3.2)."""
    name, length = (ctypes.c_ushort * 4)(), ctypes.c_ulong()
    for index in range(max(0, pdfium.FPDFPageObj_CountMarks(item))):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        # Names are UTF-16 and end in a zero; longer ones than the buffer are left alone.
        if pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length) and tuple(name)[:3] == (79, 67, 0):
            return True
    return False
