"""A page's image as the content of a page: recognised words become characters with places and confidence."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lsqa.errors import DocumentError
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.pdfium_engine import PdfiumPage
from lsqa.readers.reading_options import ReadingOptions

if TYPE_CHECKING:
    from lsqa.readers.recognition import RecognisedWord

_DOTS_PER_INCH: Final = 300
_POINTS_PER_INCH: Final = 72


def recognised_content(page: PdfiumPage, number: int, options: ReadingOptions) -> PageContent | None:
    """What Tesseract sees on the page; None where it is not there, fails, or sees nothing."""
    from lsqa.readers.recognition import recognise

    options.listener("recognised", number)
    scale = _DOTS_PER_INCH / _POINTS_PER_INCH
    try:
        words = recognise(page.image(scale), options.ocr_languages, options.ocr_page_seconds)
    except DocumentError:
        return None
    content = PageContent(number, page.width, page.height)
    for run, word in enumerate(words):
        content.glyphs.extend(_glyphs(word, run, scale))
    return content if content.glyphs else None


def _glyphs(word: "RecognisedWord", run: int, scale: float) -> Iterator[Glyph]:
    """The letters of a word, which share its length evenly: Tesseract tells the places of words only."""
    left, top, right, bottom = (edge / scale for edge in (word.left, word.top, word.right, word.bottom))
    count = len(word.text)
    size = right - left if word.is_vertical else bottom - top
    for i, letter in enumerate(word.text):
        if word.is_vertical:
            step = (bottom - top) / count
            box = (left, top + i * step, right, top + (i + 1) * step)
        else:
            step = (right - left) / count
            box = (left + i * step, top, left + (i + 1) * step, bottom)
        yield Glyph(*box, letter, size, box[3], False, 0, run, word.confidence)
