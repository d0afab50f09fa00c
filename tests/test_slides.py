"""A slide is shown as it was ingested, with boxes where the PDF itself has the quoted words."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.conftest import Ingested
from tests.pdf_pages import Sheet, needs_font

from lsqa.catalogue import Catalogue, CatalogueWriter, Entry
from lsqa.documents import Box, Document
from lsqa.errors import UnknownDocumentError
from lsqa.readers.page_builder import PageBuilder
from lsqa.slides import PageImages, Quoted, open_slide
from lsqa.slides.views import joined

DECK = "mext-life-science-2025"


@pytest.fixture
def catalogue(corpus_library: Ingested) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(corpus_library.home)
    yield catalogue
    catalogue.close()


@pytest.fixture
def images(tmp_path: Path) -> Iterator[PageImages]:
    images = PageImages(tmp_path / "images")
    yield images
    images.close()


def ingested(tmp_path: Path, content: bytes, corpus_library: Ingested) -> Path:
    """A library of one PDF, with the encoder that the corpus was encoded by."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    (tmp_path / "sheet.pdf").write_bytes(content)
    command = [sys.executable, "-m", "lsqa", "ingest", str(tmp_path / "sheet.pdf"), "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    return home


def ink(image: Image.Image, box: Box) -> float:
    """The share of dark pixels in a box."""
    wide, high = image.size
    corners = (int(box.left * wide), int(box.top * high), int(box.right * wide), int(box.bottom * high))
    area = image.convert("L").crop(corners)
    return float((np.asarray(area) < 128).mean())


@needs_font
def test_boxes_stand_where_the_pdf_draws_the_words(tmp_path: Path, corpus_library: Ingested) -> None:
    sheet = Sheet()
    sheet.put(100, 200, "予算は十二億円である。", size=20)  # points from the upper left corner of 595 by 842
    sheet.put(100, 300, "拠点は札幌に置く。", size=20)
    home = ingested(tmp_path, sheet.content(), corpus_library)
    catalogue = Catalogue.open(home)
    record = catalogue.documents()[0]
    slide = open_slide(catalogue, record.doc_id, 1, [Quoted("十二億円")])
    (box,) = slide.boxes
    assert box.left * 595 == pytest.approx(100 + 3 * 20, abs=2)
    assert box.right * 595 == pytest.approx(100 + 7 * 20, abs=2)
    assert box.top * 842 == pytest.approx(200, abs=4)
    assert box.bottom * 842 == pytest.approx(220, abs=4)
    images = PageImages(home)
    path = images.image(record, 1)
    images.close()
    catalogue.close()
    assert path is not None
    with Image.open(path) as image:
        assert max(image.size) == 1600
        assert ink(image, box) > 0.05
        # What is dark of the page lies in that box, in the rest of its line, or in the other line.
        assert ink(image, Box(0, 0, 1, box.top - 0.005)) == 0
        assert ink(image, Box(0, box.bottom + 0.005, 1, 0.35)) == 0


@needs_font
def test_a_turned_page_has_its_boxes_where_they_are_seen(tmp_path: Path, corpus_library: Ingested) -> None:
    import pypdf

    sheet = Sheet()
    sheet.put(100, 200, "予算は十二億円である。", size=20)
    turned = tmp_path / "turned.pdf"
    writer = pypdf.PdfWriter()
    (tmp_path / "straight.pdf").write_bytes(sheet.content())
    writer.append(tmp_path / "straight.pdf")
    writer.pages[0].rotate(90)
    writer.write(turned)
    home = ingested(tmp_path, turned.read_bytes(), corpus_library)
    catalogue = Catalogue.open(home)
    record = catalogue.documents()[0]
    boxes = open_slide(catalogue, record.doc_id, 1, [Quoted("十二億円")]).boxes
    images = PageImages(home)
    path = images.image(record, 1)
    images.close()
    catalogue.close()
    assert path is not None
    assert boxes
    with Image.open(path) as image:
        assert image.size[0] > image.size[1]
        assert all(ink(image, box) > 0.05 for box in boxes)


def test_every_quote_of_an_answer_is_boxed_over_ink(catalogue: Catalogue, images: PageImages) -> None:
    record = catalogue.record(DECK)
    assert record is not None
    for number, quote in ((5, "0時間\t70\t6.4%"), (5, "全国の82大学の医学部・医学科で、博士課程の学生")):
        slide = open_slide(catalogue, DECK, number, [Quoted(quote)])
        assert slide.missing == ()
        path = images.image(record, number)
        assert path is not None
        with Image.open(path) as image:
            assert slide.boxes
            assert all(ink(image, box) > 0.02 for box in slide.boxes)


def test_a_shifted_box_is_told_from_a_right_one(catalogue: Catalogue, images: PageImages) -> None:
    """The measure above fails where a box is off its line."""
    record = catalogue.record(DECK)
    assert record is not None
    slide = open_slide(catalogue, DECK, 5, [Quoted("全国の82大学の医学部・医学科で、博士課程の学生")])
    path = images.image(record, 5)
    assert path is not None
    box = slide.boxes[0]
    high = box.bottom - box.top
    with Image.open(path) as image:
        assert ink(image, Box(box.left, box.top - 0.9 * high, box.right, box.top - 0.1 * high)) < 0.02


def test_an_image_is_made_once(catalogue: Catalogue, images: PageImages) -> None:
    record = catalogue.record(DECK)
    assert record is not None
    first = images.image(record, 1)
    assert first is not None
    made = first.stat().st_mtime_ns
    assert images.image(record, 1) == first
    assert first.stat().st_mtime_ns == made
    assert first.parent == images.folder


def test_what_has_no_page_image_has_none(catalogue: Catalogue, images: PageImages) -> None:
    note = catalogue.record("note-trip")
    deck = catalogue.record(DECK)
    assert note is not None
    assert deck is not None
    assert images.image(note, 1) is None
    assert images.image(deck, 10_000) is None
    assert not list(images.folder.glob("*.partial"))


def test_a_file_that_has_changed_is_not_shown_as_the_source(own_home: Path, tmp_path: Path, images: PageImages) -> None:
    catalogue = Catalogue.open(own_home)
    record = catalogue.record(DECK)
    catalogue.close()
    assert record is not None
    other = tmp_path / "other.pdf"
    shutil.copy(record.path, other)
    from dataclasses import replace

    assert images.image(replace(record, path=str(other)), 1) is not None
    other.write_bytes(other.read_bytes() + b"\n% changed")
    fresh = PageImages(tmp_path / "fresh")
    assert fresh.image(replace(record, path=str(other)), 1) is None
    assert fresh.image(replace(record, path=str(tmp_path / "gone.pdf")), 1) is None
    fresh.close()


def test_a_drawing_process_that_was_killed_is_replaced(catalogue: Catalogue, images: PageImages) -> None:
    record = catalogue.record(DECK)
    assert record is not None
    assert images.image(record, 1) is not None
    process = images._process._process
    assert process is not None
    process.kill()
    process.join()
    assert images.image(record, 2) is not None


def test_text_is_marked_where_it_is_quoted(catalogue: Catalogue) -> None:
    page = catalogue.page("akebono-" + _suffix(catalogue), 1)
    start = page.text.index("12億円")
    slide = open_slide(catalogue, "akebono-" + _suffix(catalogue), 1, [Quoted("12億円", start, start + 4)])
    marked = [p.text for block in slide.blocks for cell in block.cells for p in cell if p.is_quoted]
    assert marked == ["12億円"]
    assert slide.section == ("あけぼの計画の概要", "予算")
    shown = "\n".join("".join(p.text for cell in block.cells for p in cell) for block in slide.blocks)
    assert "前年度の予算は9億円であった。" in shown


def test_a_page_of_running_text_opens_under_the_chapter_that_goes_on(tmp_path: Path) -> None:
    builder = PageBuilder()
    builder.add("paragraph", "春は三月からとする。")
    builder.add("heading", "7 特記事項", 1)
    page = replace(builder.build(1), open_headings=((1, "6 コード表"), (2, "6.1 季節")))
    writer = CatalogueWriter.open(tmp_path)
    with writer.transaction():
        writer.add_pending(Entry(Document("d", "文書", "", "", "", "", "0", "docx", (page,)), "/d.docx", (), ()))
        writer.publish("d")
    assert open_slide(writer, "d", 1).section == ("6 コード表", "6.1 季節")
    assert open_slide(writer, "d", 1, [Quoted("7 特記事項")]).section == ("7 特記事項",)
    writer.close()


def test_a_quote_that_has_moved_is_found_again_and_one_that_is_gone_is_told(catalogue: Catalogue) -> None:
    doc_id = "akebono-" + _suffix(catalogue)
    moved = open_slide(catalogue, doc_id, 1, [Quoted("12億円", 0, 4)])
    assert [moved.page.text[a:b] for a, b in moved.spans] == ["12億円"]
    gone = open_slide(catalogue, doc_id, 1, [Quoted("13億円", 0, 4)])
    assert gone.spans == ()
    assert gone.missing == ("13億円",)


def test_cells_of_a_row_are_marked_each(catalogue: Catalogue) -> None:
    slide = open_slide(catalogue, DECK, 5, [Quoted("0時間\t70\t6.4%")])
    (row,) = [b for b in slide.blocks if b.kind == "row" and any(p.is_quoted for cell in b.cells for p in cell)]
    assert [[p.text for p in cell if p.is_quoted] for cell in row.cells] == [["0時間"], ["70"], ["6.4%"]]


def test_pieces_of_one_line_are_one_box() -> None:
    line = [
        Box(0.1, 0.1, 0.2, 0.12),
        Box(0.205, 0.101, 0.3, 0.12),
        Box(0.1, 0.13, 0.2, 0.15),
        Box(0.5, 0.13, 0.6, 0.15),
    ]
    assert joined(line) == [Box(0.1, 0.1, 0.3, 0.12), line[2], line[3]]


def test_a_page_that_is_not_there(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownDocumentError):
        open_slide(catalogue, "nothing", 1)
    with pytest.raises(UnknownDocumentError):
        open_slide(catalogue, DECK, 999)


def _suffix(catalogue: Catalogue) -> str:
    return next(r.doc_id for r in catalogue.documents() if r.doc_id.startswith("akebono-")).removeprefix("akebono-")
