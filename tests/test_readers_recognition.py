"""Text in images, recognised by a real Tesseract."""

import io
import os
import re
import shutil
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from fontTools.pens.qu2cuPen import Qu2CuPen  # type: ignore[import-untyped]
from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image
from tests.pdf_pages import FONT, Sheet
from tests.raw_pdf import pdf

from lsqa.chunks import chunk_document
from lsqa.documents import Source, make_document
from lsqa.errors import DocumentError, ModelUnavailableError
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.pdf import read_pdf
from lsqa.readers.pdf_recognised import added
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
    assert all(block.ocr is not None and 0.55 < block.ocr <= 1 for block in found.pages[0].blocks)


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


@pytest.mark.parametrize("mode", ["blank", "gradient"])
def test_what_is_no_text_gives_none(mode: str) -> None:
    image = Image.new("L", (900, 900), 255) if mode == "blank" else Image.linear_gradient("L").resize((900, 900))
    assert recognise(image.convert("RGB"), LANGUAGES, 60) == ()


def test_noise_that_was_read_as_letters_is_told_and_left_out() -> None:
    noise = Image.effect_noise((500, 500), 120)
    with pytest.raises(DocumentError, match=r"sure of \d+% of what it sees"):
        recognise(noise.convert("RGB"), LANGUAGES, 60)
    found = read_pdf(image_pdf(noise), "photo.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert found.pages[0].text == ""
    assert [warning.startswith("page 1 could not be recognised: ") for warning in found.warnings] == [True]


@pytest.mark.parametrize("languages", [LANGUAGES, "eng", "eng+jpn"])
def test_english_is_recognised_with_its_spaces(languages: str) -> None:
    words = "The committee decides on the annual budget of the ministry and publishes it."
    sheet = Sheet()
    sheet.lines(60, 80, [words, "It may be amended until the end of March."], size=13, step=22)
    found = read_pdf(image_pdf(scan(sheet.content())), "scan.pdf", ReadingOptions(ocr_languages=languages))
    assert words in found.pages[0].text.replace("\n", " ")


def test_a_page_of_vertical_lines_under_a_level_heading() -> None:
    text = (
        "研究開発の拠点を全国に整備し若手の人材を育成するため毎年度の予算を確保する。"
        "事業の期間は五年とし成果を評価したうえで次の計画を定めるものとする。"
        "大学及び研究機関は共同して施設を利用し得られた知見を広く社会に公表する。"
    )
    sheet = Sheet()
    sheet.put(60, 40, "予算の執行について", size=18)
    columns = [text[i : i + 20] for i in range(0, len(text), 20)]
    for number, column in enumerate(columns):
        sheet.upright(500 - 28 * number, 100, column, size=14)
    found = read_pdf(image_pdf(scan(sheet.content())), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), fold(text)) > 0.7


def outlines(text: str, size: float = 20) -> bytes:
    """A page whose letters were turned into shapes, as designers' programs do before printing."""
    font = TTFont(FONT)
    names, glyphs, scale = font.getBestCmap(), font.getGlyphSet(), size / font["head"].unitsPerEm
    parts = []
    for number, letter in enumerate(text):
        pen = SVGPathPen(glyphs)
        glyphs[names[ord(letter)]].draw(Qu2CuPen(pen, max_err=1, all_cubic=True))
        x, y = 20 + number % 12 * size, 240 - number // 12 * 2 * size
        parts.append(f"q {scale} 0 0 {scale} {x} {y} cm {_as_pdf(pen.getCommands())} f Q")
    font.close()
    return pdf("\n".join(parts))


def _as_pdf(path: str) -> str:
    """A path of SVG in PDF's operators."""
    written, x, y = [], 0.0, 0.0
    for kind, arguments in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", path):
        numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", arguments)]
        if kind == "H":
            numbers, kind = [numbers[0], y], "L"
        elif kind == "V":
            numbers, kind = [x, numbers[0]], "L"
        x, y = numbers[-2:] if numbers else (x, y)
        written.append(" ".join(map(str, numbers)) + " " + {"M": "m", "L": "l", "C": "c", "Z": "h"}[kind])
    return " ".join(written)


def test_letters_that_were_turned_into_outlines_are_recognised() -> None:
    text = "研究の拠点を全国に置き人材を育てる計画を立てこれを毎年見直す"
    content = outlines(text * 2)
    assert read_pdf(content, "poster.pdf").pages[0].text == ""
    found = read_pdf(content, "poster.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), text) > 0.7


def test_a_small_picture_of_text_on_an_empty_page_is_recognised() -> None:
    sheet, inner = Sheet(), Sheet()
    inner.lines(60, 80, LINES, size=16, step=30)
    sheet.image(scan(inner.content()).crop((100, 180, 1100, 520)), x=60, y=60, w=300)
    found = read_pdf(sheet.content(), "x.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), fold("".join(LINES))) > 0.7


def test_a_stamp_on_a_scan_stays_as_it_is_beside_what_was_recognised() -> None:
    sheet = Sheet()
    sheet.image(scan(page_of_lines()), x=0, y=0, w=595, h=842)
    sheet.put(300, 780, "受付番号 二〇二五の八七四号 総務課 保存期間五年")
    found = read_pdf(sheet.content(), "scan.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    text = found.pages[0].text
    assert text.count("受付番号 二〇二五の八七四号 総務課 保存期間五年") == 1
    assert text.count("受付") == 1
    assert share(fold(text), fold("".join(LINES))) > 0.8
    stamp = next(block for block in found.pages[0].blocks if "受付" in found.pages[0].text_of(block))
    assert stamp.ocr is None


def page_of(text: str, top: float, confidence: float | None = None) -> PageContent:
    glyphs = [
        Glyph(10.0 * i, top, 10.0 * i + 10, top + 10, c, 10, top + 10, confidence=confidence)
        for i, c in enumerate(text)
    ]
    return PageContent(1, 600, 800, glyphs)


@pytest.mark.parametrize(
    ("seen", "top", "found"),
    [
        ("予算の概要", 100, "予算の概要"),  # the same once more
        ("ノイズ", 300, "予算の概要"),  # a few letters in a picture behind the text
        ("令和七年度の予算の概要について説明する", 300, "予算の概要令和七年度の予算の概要について説明する"),
    ],
)
def test_what_was_recognised_is_added_where_it_is_much_more_than_the_text(seen: str, top: float, found: str) -> None:
    page = added(page_of("予算の概要", 100), page_of(seen, top, confidence=0.9))
    assert "".join(g.text for g in page.glyphs) == found
    assert len({(g.run, g.confidence) for g in page.glyphs}) == (1 if found == "予算の概要" else 2)


def test_garbage_is_read_from_the_image_instead() -> None:
    sheet = Sheet()
    sheet.lines(60, 80, LINES, size=16, step=30)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet.content()))
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        font.get_object().pop("/ToUnicode")
    result = io.BytesIO()
    writer.write(result)
    found = read_pdf(result.getvalue(), "cid.pdf", ReadingOptions(ocr_languages=LANGUAGES))
    assert share(fold(found.pages[0].text), fold("".join(LINES))) > 0.8
    assert all(block.ocr is not None for block in found.pages[0].blocks)
    assert found.warnings == ()


def test_tesseract_alone_is_held_to_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("tesseract")
    told = tmp_path / "told"
    stand_in = tmp_path / "tesseract"
    stand_in.write_text(f'#!/bin/sh\necho "threads $OMP_THREAD_LIMIT" >> {told}\nexec {real} "$@"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    assert recognise(scan(page_of_lines()), LANGUAGES, 60)
    assert set(told.read_text().splitlines()) == {"threads 1"}
    assert "OMP_THREAD_LIMIT" not in os.environ
    monkeypatch.setenv("OMP_THREAD_LIMIT", "7")
    assert recognise(scan(page_of_lines()), LANGUAGES, 60)
    assert os.environ["OMP_THREAD_LIMIT"] == "7"


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
