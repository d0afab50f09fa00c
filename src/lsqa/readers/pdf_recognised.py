"""A page's image as the content of a page: recognised words become characters with places and confidence."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.pdfium_engine import PdfiumPage
from lsqa.readers.reading_options import ReadingOptions

if TYPE_CHECKING:
    from lsqa.readers.recognition import RecognisedWord

_DOTS_PER_INCH: Final = 300
_POINTS_PER_INCH: Final = 72
_MOST_PIXELS: Final = 40_000_000
_STEP: Final = 1.2
_SLACK: Final = 0.3  # of the size of a letter, around it
_TIMES_AS_MUCH: Final = 2  # as the text of the page itself: less is what a background picture looks like


def recognised_content(page: PdfiumPage, number: int, options: ReadingOptions) -> PageContent | None:
    """What Tesseract sees on the page; None where it sees nothing. Raises `DocumentError` where it fails."""
    from lsqa.readers.recognition import recognise

    options.listener("recognised", number)
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, (_MOST_PIXELS / max(1.0, page.width * page.height)) ** 0.5)
    content = PageContent(number, page.width, page.height)
    for run, word in enumerate(recognise(page.image(scale), options.ocr_languages, options.ocr_page_seconds)):
        content.glyphs.extend(_glyphs(word, run, scale))
    return content if content.glyphs else None


def added(content: PageContent, seen: PageContent) -> PageContent:
    """`content` with what was recognised where it has no text of its own; not for a few stray letters."""
    own = [g for g in content.glyphs if not g.text.isspace()]
    new = [g for g in seen.glyphs if not any(o.holds(*g.centre, slack=_SLACK * o.size) for o in own)]
    if len(new) < _TIMES_AS_MUCH * len(own):
        return content
    last = max((g.run for g in content.glyphs), default=-1) + 1
    content.glyphs.extend(replace(g, run=g.run + last) for g in new)
    return content


def _glyphs(word: "RecognisedWord", run: int, scale: float) -> Iterator[Glyph]:
    """The letters of a word, which share its length evenly: Tesseract tells the places of words only."""
    left, top, right, bottom = (edge / scale for edge in (word.left, word.top, word.right, word.bottom))
    count = len(word.text)
    runs_down = word.is_vertical != (word.turn % 2 == 1)
    turn = (word.turn + word.is_vertical) % 4  # to read on, a line that runs down is one that was turned
    size = _size(right - left if runs_down else bottom - top)
    for i, letter in enumerate(word.text):
        place = count - 1 - i if word.turn in (2, 3) else i
        if runs_down:
            step = (bottom - top) / count
            box = (left, top + place * step, right, top + (place + 1) * step)
        else:
            step = (right - left) / count
            box = (left + place * step, top, left + (place + 1) * step, bottom)
        yield Glyph(*box, letter, size, box[3], False, turn, run, word.confidence)


def _size(height: float) -> float:
    """The height of a line in steps of a fifth: what is read from an image varies with the letters that a line has."""
    return _STEP ** round(math.log(max(height, 1.0), _STEP))
