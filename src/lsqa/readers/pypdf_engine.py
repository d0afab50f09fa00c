"""PDF pages through pypdf, the second engine: for pages whose text PDFium cannot tell, and files that it cannot open.

pypdf gives fragments with a place and a size (PDF 32000-1, 9.4: text matrix, font size), but no widths of characters:
those are estimated.
"""

import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import Glyph, PageContent

# pypdf reports every oddity of a file as a warning; what matters to the user is the status of the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_BOLD: Final = re.compile(r"bold|heavy|black|-w[6-9]", re.IGNORECASE)
# A damaged PDF makes pypdf stumble in any of these ways; the file alone is at fault.
_STUMBLES: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    RecursionError,
    ZeroDivisionError,
    OverflowError,
    NotImplementedError,
)


class PypdfFile:
    """An open PDF. Raises `DocumentError` with status `locked` or `failed` where it cannot be opened."""

    def __init__(self, content: bytes, name: str, password: str = "") -> None:
        self._name = name
        try:
            self._reader = pypdf.PdfReader(io.BytesIO(content))
            if self._reader.is_encrypted and not (self._reader.decrypt("") or self._reader.decrypt(password)):
                hint = "that password does not open it" if password else "give its password with --password"
                raise DocumentError(f"{name} is encrypted", hint=hint, status="locked")
            self._count = len(self._reader.pages)
        except DependencyError as error:
            reason = f"{name} is encrypted with AES, which needs the package cryptography"
            raise DocumentError(reason, hint="pip install cryptography", status="locked") from error
        except _STUMBLES as error:
            reason = f"{name} is no readable PDF ({type(error).__name__}: {error})"
            raise DocumentError(reason, hint="open it in a viewer and save it again") from error

    def __len__(self) -> int:
        return self._count

    def page(self, number: int) -> PageContent:
        """Page `number`, from 1: characters alone. Raises `DocumentError` where it is damaged."""
        try:
            page = self._reader.pages[number - 1]
            box = page.cropbox
            content = PageContent(number, float(box.width), float(box.height))
            content.glyphs = list(_glyphs(page, float(box.left), float(box.top)))
        except _STUMBLES as error:
            reason = f"page {number} of {self._name} is damaged ({type(error).__name__}: {error})"
            raise DocumentError(reason, hint="open the file in a viewer and save it again") from error
        return content


def has_layers(content: bytes, password: str = "") -> bool:
    """Whether a PDF has layers (PDF 32000-1, 8.11), or they can neither be found nor excluded."""
    if b"/OCProperties" in content:
        return True
    if b"/ObjStm" not in content:  # else the catalogue may be compressed
        return False
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not (reader.decrypt("") or reader.decrypt(password)):
            return True
        return "/OCProperties" in reader.root_object
    except (DependencyError, *_STUMBLES):
        return True


def _glyphs(page: Any, left: float, top: float) -> Iterator[Glyph]:
    fragments: list[tuple[str, float, float, float, bool]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip():
            scale = abs(tm[3] * cm[3]) or abs(tm[0] * cm[0]) or 1.0
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            bold = bool(font and _BOLD.search(str(font.get("/BaseFont", ""))))
            fragments.extend((part, x, y, size * scale, bold) for part in text.split("\n") if part.strip())

    page.extract_text(visitor_text=visit)
    for run, (text, x, y, size, bold) in enumerate(fragments):
        right = x - left
        for letter in text.strip():
            start, right = right, right + _width(letter, size)
            yield Glyph(start, top - y - 0.88 * size, right, top - y + 0.12 * size, letter, size, top - y, bold, 0, run)


def _width(letter: str, size: float) -> float:
    """An estimate: ideographs are as wide as the font is high, other characters half of it."""
    return size * (1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.5)
