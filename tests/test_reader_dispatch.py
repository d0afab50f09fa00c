import io
import zipfile
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from docx import Document as Docx
from pptx import Presentation

from lsqa.documents import Source
from lsqa.errors import DocumentError
from lsqa.readers import read_file


def _pptx() -> bytes:
    deck, stream = Presentation(), io.BytesIO()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "予算の概要"
    deck.save(stream)
    return stream.getvalue()


def _docx() -> bytes:
    document, stream = Docx(), io.BytesIO()
    document.add_paragraph("予算の概要")
    document.save(stream)
    return stream.getvalue()


def _xlsx() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["項目", "予算の概要"])
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_pptx(), "pptx"),
        (_docx(), "docx"),
        (_xlsx(), "xlsx"),
        ("<!DOCTYPE html><html><body><h1>予算の概要</h1></body></html>".encode(), "html"),
        ("# 予算の概要\n".encode(), "markdown"),
        ("予算の概要\n".encode(), "text"),
    ],
)
def test_the_kind_of_a_file_is_decided_by_what_it_holds(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(content)
    (document,) = read_file(path, Source())
    assert document.kind == kind
    assert "予算の概要" in "".join(page.text for page in document.pages)


def test_a_table_of_commas_is_known_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("項目,額\n甲,43億円\n")
    (document,) = read_file(path, Source())
    assert [b.kind for b in document.pages[0].blocks][-2:] == ["head_row", "row"]


def test_a_zip_that_is_no_office_file_is_unsupported_and_one_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.raw", bytes(100))
    for content, status, reason in (
        (stream.getvalue(), "unsupported", "no kind that lsqa reads"),
        (_docx()[:2_000], "failed", "cut off at its end"),
    ):
        path = tmp_path / "file.docx"
        path.write_bytes(content)
        with pytest.raises(DocumentError, match=reason) as caught:
            read_file(path, Source())
        assert caught.value.status == status
