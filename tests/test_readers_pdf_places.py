"""PDF pages: the rectangles of a quote lie on its letters, and on no others, however the page is turned or written."""

import io
from collections.abc import Sequence

import numpy as np
import pypdf
import pypdfium2
import pytest
from tests.pdf_pages import Sheet, needs_font

from lsqa.documents import Box, Page
from lsqa.readers.pdf import read_pdf

pytestmark = needs_font
QUOTE = "民間資金獲得"
SCALE = 3.0


class Marked(Sheet):
    """A page on which the letters of the quote are red."""

    def mark(self, x: float, y: float, text: str, size: float = 12, *, is_upright: bool = False) -> None:
        """Text from (x, y), its letters set one by one."""
        for letter in text:
            self.set_text_color(255 if letter in QUOTE else 0, 0, 0)
            self.put(x, y, letter, size)
            width = self.get_string_width(letter)
            x, y = (x, y + size) if is_upright else (x + width, y)


def pixels(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Where the first page is red, and where black."""
    document = pypdfium2.PdfDocument(content)
    picture = np.asarray(document[0].render(scale=SCALE).to_pil().convert("RGB"), int)
    document.close()
    dark = picture[:, :, 1] < 128
    return dark & (picture[:, :, 0] > 128), dark & (picture[:, :, 0] < 128)


def inside(boxes: Sequence[Box], where: np.ndarray) -> int:
    """How many of the pixels lie in the boxes."""
    found = np.zeros_like(where)
    high, wide = where.shape
    for box in boxes:
        rows = slice(round(box.top * high), round(box.bottom * high))
        found[rows, round(box.left * wide) : round(box.right * wide)] = True
    return int((found & where).sum())


def check_that_it_lies_on_its_letters(content: bytes, count: int) -> Page:
    page = read_pdf(content, "marked.pdf").pages[0]
    start = page.text.index(QUOTE[0])
    end = page.text.index(QUOTE[-1]) + 1
    assert page.text[start:end].replace("\n", "") == QUOTE
    boxes = page.boxes_of(start, end)
    assert len(boxes) == count
    red, black = pixels(content)
    assert red.sum() > 500
    assert inside(boxes, red) >= 0.98 * red.sum()
    assert inside(boxes, black) <= 0.02 * red.sum()
    return page


def turned(content: bytes, angle: int) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.pages[0].rotate(angle)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(("angle", "boxes"), [(0, 1), (90, 1), (180, len(QUOTE)), (270, len(QUOTE))])
def test_in_a_line(angle: int, boxes: int) -> None:
    sheet = Marked()
    sheet.mark(40, 60, "大学はABCと共に民間資金獲得を進める。")
    check_that_it_lies_on_its_letters(turned(sheet.content(), angle), boxes)


@pytest.mark.parametrize("angle", [0, 90])
def test_over_the_break_of_a_line(angle: int) -> None:
    sheet = Marked()
    sheet.mark(40, 60, "各地の大学は、これまでの取組に加えて、海外の大学と共に、産業界からの民間")
    sheet.mark(40, 78, "資金獲得を進める。")
    check_that_it_lies_on_its_letters(turned(sheet.content(), angle), 2)


def test_in_vertical_writing() -> None:
    sheet = Marked()
    sheet.mark(400, 60, "大学は海外の大学と共に民間", is_upright=True)
    sheet.mark(380, 60, "資金獲得を進める。", is_upright=True)
    page = check_that_it_lies_on_its_letters(sheet.content(), 2)
    assert all(box.is_vertical for box in page.boxes)


def test_in_the_cell_of_a_table() -> None:
    sheet = Marked()
    sheet.grid(40, 40, [["事業", "内容", "期間"], ["連携", "", "5年"]], width=120, height=40)
    sheet.mark(164, 84, "大学の民間")
    sheet.mark(164, 98, "資金獲得")
    check_that_it_lies_on_its_letters(sheet.content(), 2)


def test_in_a_heading_and_an_item() -> None:
    for mark, size in (("", 20), ("・", 12)):
        sheet = Marked()
        sheet.mark(40, 60, mark + "大学の民間資金獲得", size)
        sheet.mark(40, 120, "研究の力を高めるために必要な装置を用いる。")
        check_that_it_lies_on_its_letters(sheet.content(), 1)


def test_on_a_page_that_is_cropped() -> None:
    sheet = Marked()
    sheet.mark(140, 160, "大学の民間資金獲得を進める。")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet.content()))
    writer.pages[0].cropbox = pypdf.generic.RectangleObject((100, 500, 500, 800))
    stream = io.BytesIO()
    writer.write(stream)
    check_that_it_lies_on_its_letters(stream.getvalue(), 1)


def test_every_character_of_a_block_but_breaks_and_tabs_has_a_place() -> None:
    sheet = Sheet()
    sheet.put(40, 40, "事業の概要", 24)
    sheet.put(40, 100, "The ministry supports research, 研究の力を高める。")
    sheet.grid(40, 140, [["事業", "予算"], ["拠点", "12億円"]])
    page = sheet.read()
    for block in page.blocks:
        for place in range(block.start, block.end):
            assert page.text[place] == "\t" or page.boxes_of(place, place + 1), page.text[place]
