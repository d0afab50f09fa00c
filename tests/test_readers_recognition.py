"""Text in images, recognised by a real Tesseract."""

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from tests.pdf_pages import FONT, Sheet

from lsqa.chunks import chunk_document
from lsqa.documents import Source, make_document
from lsqa.errors import DocumentError, ModelUnavailableError
from lsqa.readers.pdf import read_pdf
from lsqa.readers.reading_options import ReadingOptions, Step
from lsqa.readers.recognition import available_languages, recognise, usable_languages
from lsqa.text import fold

pytestmark = pytest.mark.skipif(
    not available_languages() >= {"jpn", "jpn_vert", "eng"} or not FONT.is_file(),
    reason="Tesseract with jpn, jpn_vert and eng, or the font, is not installed (`make test` installs them)",
)
LANGUAGES = "jpn+jpn_vert+eng"
LINES = ("文部科学省の令和7年度の予算", "研究の拠点を全国に置き人材を育てる", "期間は2025年から2029年である")
BRIEFING = Path(__file__).parent.parent / "corpus" / "briefing.pdf"


def scan(content: bytes, *, turn: int = 0, page: int = 0) -> Image.Image:
    """A page as a scanner sees it: 200 dots an inch, turned counter-clockwise by `turn` degrees."""
    document = pypdfium2.PdfDocument(content)
    try:
        seen: Image.Image = document[page].render(scale=200 / 72).to_pil()
        return seen.convert("L").rotate(turn, expand=True)
    finally:
        document.close()


def image_pdf(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PDF", resolution=200)
    return stream.getvalue()


def page_of_lines() -> bytes:
    sheet = Sheet()
    sheet.lines(60, 80, LINES, size=16, step=30)
    return sheet.content()


def share(text: str, of: str) -> float:
    """The share of the characters of `of`, in runs of four, that stand in `text`."""
    grams = [of[i : i + 4] for i in range(len(of) - 3)]
    return sum(gram in text for gram in grams) / len(grams)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scan_is_read_whichever_way_it_lies(turn: int) -> None:
    content = image_pdf(scan(page_of_lines(), turn=turn))
    found = read_pdf(content, "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert found.warnings == ()
    assert share(fold(found.pages[0].text), fold("".join(LINES))) > 0.8
    assert all(block.ocr is not None and 0.4 < block.ocr <= 1 for block in found.pages[0].blocks)


def test_japanese_comes_without_spaces_and_chunks_know_how_sure_it_is() -> None:
    found = read_pdf(image_pdf(scan(page_of_lines())), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert "研究の拠点を全国に置き人材を育てる" in found.pages[0].text
    document = make_document(Source("scan"), sha256="", kind="pdf", pages=found.pages, fallback="scan")
    chunks = chunk_document(document)
    assert chunks
    assert all(chunk.ocr is not None and chunk.ocr > 0.5 for chunk in chunks)


def test_vertical_writing_is_recognised() -> None:
    sheet = Sheet()
    columns = ("研究の拠点を全国に置き人材を育てる事業", "期間は五年であり毎年の予算を定める")
    for number, text in enumerate(columns):
        sheet.upright(480 - 40 * number, 80, text, size=18)
    found = read_pdf(image_pdf(scan(sheet.content())), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), fold("".join(columns))) > 0.7


def test_most_of_a_slide_of_the_briefing_survives_being_an_image() -> None:
    truth = fold(read_pdf(BRIEFING.read_bytes(), "b.pdf").pages[10].text)
    image = scan(BRIEFING.read_bytes(), page=10)
    found = read_pdf(image_pdf(image), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), truth) > 0.75


def test_a_recognised_letter_knows_its_place() -> None:
    found = read_pdf(image_pdf(scan(page_of_lines())), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    page = found.pages[0]
    start = page.text.index("人材")
    (box,) = page.boxes_of(start, start + 2)
    # To within about a letter, for Tesseract's own boxes are no better.
    assert box.left * 595 == pytest.approx(60 + 11 * 16, abs=18)
    assert box.right * 595 == pytest.approx(60 + 13 * 16, abs=18)
    assert box.top * 842 == pytest.approx(110, abs=8)


@pytest.mark.parametrize("mode", ["noise", "blank", "gradient"])
def test_what_is_no_text_gives_none(mode: str) -> None:
    if mode == "noise":
        image = Image.effect_noise((900, 900), 120)
    else:
        image = Image.new("L", (900, 900), 255) if mode == "blank" else Image.linear_gradient("L").resize((900, 900))
    assert recognise(image.convert("RGB"), LANGUAGES, 60) == ()


def test_a_page_with_text_is_not_recognised_and_one_without_is_told() -> None:
    steps: list[tuple[Step, int]] = []

    def options(languages: str) -> ReadingOptions:
        return ReadingOptions(ocr_languages=languages, listener=lambda step, number: steps.append((step, number)))

    read_pdf(page_of_lines(), "text.pdf", options(LANGUAGES))
    assert steps == [("page", 1)]
    steps.clear()
    read_pdf(image_pdf(scan(page_of_lines())), "scan.pdf", options(LANGUAGES))
    assert steps == [("recognised", 1), ("page", 1)]
    steps.clear()
    found = read_pdf(image_pdf(scan(page_of_lines())), "scan.pdf", options(""))
    assert (steps, found.pages[0].text) == ([("page", 1)], "")
    assert found.warnings == ("page 1 shows a picture without text; Tesseract would recognise it",)


def test_recognition_that_takes_too_long_is_told_and_the_page_left_out() -> None:
    image = scan(page_of_lines())
    with pytest.raises(DocumentError, match="Tesseract failed"):
        recognise(image, LANGUAGES, 0.01)
    options = ReadingOptions(ocr_languages=LANGUAGES, ocr_page_seconds=0.01)
    found = read_pdf(image_pdf(image), "scan.pdf", options)
    assert found.pages[0].text == ""
    assert found.warnings[0].startswith("page 1 could not be recognised: Tesseract failed")


def test_which_languages_are_used() -> None:
    assert usable_languages("auto") == LANGUAGES
    assert usable_languages("none") == ""
    assert usable_languages("eng") == "eng"
    with pytest.raises(ModelUnavailableError, match="apt-get install tesseract-ocr-xxx"):
        usable_languages("jpn+xxx")
