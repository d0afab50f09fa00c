"""PDF pages for tests: Japanese text where it is put, in points from the upper left corner."""

from collections.abc import Callable, Sequence
from pathlib import Path

import fpdf
import pytest
from fpdf.fonts import TTFFont

from lsqa.documents import Page
from lsqa.readers.pdf import read_pdf
from lsqa.readers.reading import Reading

FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
needs_font = pytest.mark.skipif(not FONT.is_file(), reason="fonts-ipaexfont is not installed (`make test` installs it)")


class Sheet(fpdf.FPDF):
    """An A4 page, 595 × 842 points, with the font of the deck."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        self.add_font("IPA", fname=FONT)
        self.set_font("IPA", size=10)
        self.add_page()

    def put(self, x: float, y: float, text: str, size: float = 10) -> None:
        """One line whose upper left corner is (x, y)."""
        self.set_font("IPA", size=size)
        self.set_xy(x, y)
        self.cell(text=text, h=size)

    def lines(self, x: float, y: float, texts: Sequence[str], size: float = 10, step: float = 14) -> None:
        for number, text in enumerate(texts):
            self.put(x, y + number * step, text, size)

    def upright(self, x: float, y: float, text: str, size: float = 12) -> None:
        """A line of vertical writing, one character under the other."""
        for number, letter in enumerate(text):
            self.put(x, y + number * size, letter, size)

    def grid(self, x: float, y: float, rows: Sequence[Sequence[str]], width: float = 80, height: float = 20) -> None:
        """A table with lines around every cell."""
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                self.rect(x + c * width, y + r * height, width, height)
                if text:
                    self.put(x + c * width + 4, y + r * height + 5, text)

    def content(self) -> bytes:
        """The file, once."""
        written = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()
        return written

    def reading(self) -> Reading:
        return read_pdf(self.content(), "sheet.pdf")

    def read(self) -> Page:
        """The first page as it is read, without a word of warning."""
        found = self.reading()
        assert found.warnings == ()
        return found.pages[0]


def texts(page: Page, *kinds: str) -> list[str]:
    """The texts of the blocks, of some kinds or all."""
    return [page.text_of(block) for block in page.blocks if not kinds or block.kind in kinds]


Draw = Callable[[Sheet], None]
