"""Where text stands on its page: rectangles of lines, cut to the quoted characters."""

from pathlib import Path

from lsqa.catalogue import Entry
from lsqa.catalogue.writing import CatalogueWriter
from lsqa.chunks import chunk_document
from lsqa.documents import Block, Box, Document, Page, TextBox

TEXT = "予算は43億円"
ACROSS = TextBox(0, 3, Box(0.1, 0.2, 0.4, 0.25), (0.1, 0.2, 0.3, 0.4))
DOWN = TextBox(3, 7, Box(0.8, 0.2, 0.85, 0.6), (0.2, 0.3, 0.4, 0.5, 0.6), is_vertical=True)
PAGE = Page(1, TEXT, (Block("paragraph", 0, len(TEXT), ocr=0.75),), (ACROSS, DOWN))


def test_a_quote_has_a_rectangle_in_each_line_it_touches() -> None:
    assert PAGE.boxes_of(1, 5) == (Box(0.2, 0.2, 0.4, 0.25), Box(0.8, 0.2, 0.85, 0.4))


def test_an_empty_quote_has_none() -> None:
    assert PAGE.boxes_of(3, 3) == ()


def test_the_catalogue_keeps_boxes_confidence_and_warnings(tmp_path: Path) -> None:
    warnings = ("page 2: 12 hidden characters were left out",)
    document = Document("d", "題", "", "", "", "", "0" * 64, "pdf", (PAGE,), warnings)
    chunks = chunk_document(document)
    catalogue = CatalogueWriter.open(tmp_path)
    with catalogue.transaction():
        catalogue.add_pending(Entry(document, "a.pdf", chunks, tuple("k" for _ in chunks)))
        catalogue.publish("d")
    assert catalogue.document("d") == document
    assert catalogue.page("d", 1).boxes == (ACROSS, DOWN)
    assert [record.warnings for record in catalogue.documents()] == [warnings]
    assert [chunk.ocr for chunk in catalogue.chunks_of("d")] == [0.75]
    catalogue.close()
