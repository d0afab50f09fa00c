"""Slides of PowerPoint as images, by LibreOffice or what stands in its place; without it or where it fails, as text."""

import hashlib
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from tests.pdf_pages import Sheet, needs_font
from tests.test_page_vectors import LengthEmbeddings
from tests.test_slides import ink

from lsqa.catalogue import Catalogue, DocumentRecord
from lsqa.documents import Box, Page, TextBox
from lsqa.errors import DocumentError
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.slides import PageImages, Quoted, open_slide
from lsqa.slides.images import AGAIN_SECONDS
from lsqa.slides.office import OfficeConverter, find_office
from lsqa.slides.placing import Wanted, place, wanted_of

OFFICE = find_office("auto")
needs_office = pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice is not installed (apt-get install libreoffice-impress-nogui)"
)


def deck(path: Path) -> Path:
    """Three slides: sentences, a hidden one, a table."""
    presentation = Presentation()

    def slide(title: str, text: str = "") -> "object":
        made = presentation.slides.add_slide(presentation.slide_layouts[1 if text else 5])
        made.shapes.title.text = title
        if text:
            made.placeholders[1].text = text
        return made

    slide("みなと計画の概要", "令和7年度の予算は12億円である。\n拠点は札幌に置く。")
    slide("隠した頁", "まだ見せない予定である。")._element.set("show", "0")  # type: ignore[attr-defined]
    table = slide("みなと計画の予算").shapes.add_table(3, 2, Inches(1), Inches(2), Inches(6), Inches(2)).table  # type: ignore[attr-defined]
    for r, row in enumerate((("年度", "予算額"), ("令和6年度", "9億円"), ("令和7年度", "12億円"))):
        for c, value in enumerate(row):
            table.cell(r, c).text = value
    presentation.save(str(path))
    return path


@pytest.fixture(scope="module")
def presented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalogue, DocumentRecord]]:
    folder = tmp_path_factory.mktemp("presented")
    with WritableLibrary.open_for_writing(folder / "home", "lengths") as library:
        assert not ingest([deck(folder / "deck.pptx")], library, LengthEmbeddings()).has_failures
    catalogue = Catalogue.open(folder / "home")
    yield catalogue, catalogue.documents()[0]
    catalogue.close()


def stand_in(folder: Path, does: str) -> str:
    """A program in the place of LibreOffice: `out` is the folder that it is to write to, `source` what it converts."""
    script = folder / "office"
    script.write_text(
        f"#!{sys.executable}\nimport os, socket, subprocess, sys, time\nfrom pathlib import Path\n"
        "out, source = Path(sys.argv[-2]), Path(sys.argv[-1])\nout.mkdir()\n" + does,
        encoding="utf-8",
    )
    script.chmod(0o755)
    return str(script)


def made(images: PageImages, record: DocumentRecord, number: int = 1) -> Path | None:
    """The image once it is there, or None once it is sure that there is none."""
    path = images.image(record, number)
    until = time.monotonic() + 100
    while path is None and images.is_being_made(record):
        assert time.monotonic() < until
        time.sleep(0.05)
        path = None if images.is_being_made(record) else images.image(record, number)
    return path


def converted(record: DocumentRecord, program: str, folder: Path) -> Path:
    return OfficeConverter(program, folder).convert(Path(record.path), record.sha256, lambda _: None)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., PageImages]]:
    found: list[PageImages] = []

    def open_images(office: str, seconds: float = 100.0, clock: Callable[[], float] = time.monotonic) -> PageImages:
        found.append(PageImages(tmp_path / "home", office, seconds, clock))
        return found[-1]

    yield open_images
    for images in found:
        images.close()


@needs_office
@needs_font
def test_a_slide_is_drawn_and_what_is_quoted_is_boxed_over_its_ink(
    presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages]
) -> None:
    catalogue, record = presented
    images = opened("auto")
    assert images.image(record, 1) is None  # not yet: whoever opens it reads its text meanwhile
    first = made(images, record)
    assert first is not None
    assert first.parent == images.folder  # and the PDF, which is not handed out, lies elsewhere
    assert not list(images.folder.glob("*.pdf"))
    for number, quote, count in ((1, "予算は12億円である", 1), (3, "令和7年度\t12億円", 2)):
        slide = images.marked(open_slide(catalogue, record.doc_id, number, [Quoted(quote)]))
        path = images.image(record, number)
        assert path is not None
        assert slide.unplaced == ()
        assert len(slide.boxes) == count
        with Image.open(path) as image:
            assert all(ink(image, box) > 0.03 for box in slide.boxes)
            # The measure fails where a box is off its line.
            box = slide.boxes[0]
            high = box.bottom - box.top
            assert ink(image, Box(box.left, box.bottom + 0.05 * high, box.right, box.bottom + 0.2 * high)) < 0.02
    # The third slide is the third page, although the second is hidden; and it is converted once.
    assert made(opened("none"), record) is None
    again = opened(str(OFFICE))
    assert again.image(record, 3) is not None


def test_without_the_program_there_is_text(
    presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages], tmp_path: Path
) -> None:
    catalogue, record = presented
    for office in ("none", str(tmp_path / "not-there")):
        images = opened(office)
        assert images.image(record, 1) is None
        assert not images.is_being_made(record)
        slide = images.marked(open_slide(catalogue, record.doc_id, 1, [Quoted("12億円")]))
        assert slide.unplaced == ("12億円",)
        assert [p.text for b in slide.blocks for c in b.cells for p in c if p.is_quoted] == ["12億円"]


@pytest.mark.parametrize(
    "does",
    [
        "sys.exit(3)",
        "(out / 'slides.pdf').write_text('no PDF')",
        "(out / 'slides.pdf').write_bytes(b'%PDF-1.7 cut off')",
        "os.kill(os.getpid(), 9)",
        "(out / 'other.pdf').write_bytes(b'%PDF-')",
    ],
)
def test_a_program_that_fails_leaves_the_text_and_is_tried_again_after_a_while(
    does: str, presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages], tmp_path: Path
) -> None:
    _, record = presented
    now = [0.0]
    program = stand_in(tmp_path, f"with open({str(tmp_path / 'calls')!r}, 'a') as f: f.write('x')\n{does}")
    images = opened(program, clock=lambda: now[0])
    assert made(images, record) is None
    now[0] = AGAIN_SECONDS - 1
    assert made(images, record, 2) is None
    assert (tmp_path / "calls").read_text() == "x"
    now[0] = AGAIN_SECONDS
    assert made(images, record) is None
    now[0] = 2 * AGAIN_SECONDS - 1
    assert made(images, record) is None
    assert (tmp_path / "calls").read_text() == "xx"
    assert not list((tmp_path / "home").rglob("*.pdf"))


@needs_font
def test_what_failed_once_is_shown_when_it_succeeds(
    presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages], tmp_path: Path
) -> None:
    _, record = presented
    sheet = Sheet()
    sheet.put(100, 200, "頁", size=20)
    three, one = pypdfium2.PdfDocument.new(), pypdfium2.PdfDocument(sheet.content())
    for _ in range(record.pages):
        three.import_pages(one)
    three.save(tmp_path / "good.pdf")
    good, mended = str(tmp_path / "good.pdf"), str(tmp_path / "mended")
    does = f"if Path({mended!r}).exists():\n"
    does += f"    (out / 'slides.pdf').write_bytes(Path({good!r}).read_bytes() + b'%' + str(time.time_ns()).encode())\n"
    now = [0.0]
    images = opened(stand_in(tmp_path, does), clock=lambda: now[0])
    assert made(images, record) is None
    (tmp_path / "mended").touch()
    assert made(images, record) is None
    now[0] = AGAIN_SECONDS
    path = made(images, record)
    assert path is not None
    # The PDF is made anew where it was removed to make room.
    for kept in (tmp_path / "home").rglob("*.pdf"):
        kept.unlink()
    path.unlink()
    assert made(images, record) is not None


def test_other_pages_than_slides_are_not_shown_as_these(
    presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages], tmp_path: Path
) -> None:
    """Where a program leaves slides out, nobody knows which page is which."""
    _, record = presented
    sheet = Sheet()
    sheet.put(100, 200, "一頁だけ", size=20)
    (tmp_path / "one.pdf").write_bytes(sheet.content())
    images = opened(
        stand_in(tmp_path, f"import shutil; shutil.copy({str(tmp_path / 'one.pdf')!r}, out / 'slides.pdf')")
    )
    assert made(images, record) is None
    assert not list((tmp_path / "home").rglob("*.pdf"))


def test_a_program_that_hangs_is_ended_with_what_it_started(
    presented: tuple[Catalogue, DocumentRecord], opened: Callable[..., PageImages], tmp_path: Path
) -> None:
    _, record = presented
    note = tmp_path / "child"
    does = f"child = subprocess.Popen(['sleep', '300'])\nPath({str(note)!r}).write_text(str(child.pid))\nchild.wait()\n"
    images = opened(stand_in(tmp_path, does), 2.0)
    started = time.monotonic()
    assert made(images, record) is None
    assert time.monotonic() - started < 60  # what it started sleeps for 300
    child = Path("/proc") / note.read_text()
    assert not child.exists() or "Z" in (child / "stat").read_text().rpartition(")")[2][:3]


def test_it_gets_a_copy_a_profile_of_its_own_and_no_secrets(
    presented: tuple[Catalogue, DocumentRecord], tmp_path: Path
) -> None:
    _, record = presented
    os.environ["LSQA_TEST_SECRET"] = "geheim"
    try:
        does = (
            f"seen = Path({str(tmp_path / 'seen')!r})\n"
            "profile = next(a for a in sys.argv if a.startswith('-env:UserInst')).partition('file://')[2]\n"
            "says = (Path(profile) / 'user' / 'registrymodifications.xcu').read_text()\n"
            "secret, home = os.environ.get('LSQA_TEST_SECRET', ''), os.environ['HOME']\n"
            "seen.write_text('\\n'.join([str(source), secret, home, says]))\n"
        )
        with pytest.raises(DocumentError, match="made no PDF"):
            converted(record, stand_in(tmp_path, does), tmp_path / "kept")
    finally:
        del os.environ["LSQA_TEST_SECRET"]
    source, secret, home, says = (tmp_path / "seen").read_text().split("\n", 3)
    assert Path(source).name == "slides.pptx"
    assert Path(source) != Path(record.path)
    assert secret == ""
    assert home == str(Path(source).parent)
    assert not Path(home).exists()  # nothing is left
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true' in says


@pytest.mark.skipif(shutil.which("unshare") is None, reason="the system has no unshare")
def test_it_reaches_no_network(presented: tuple[Catalogue, DocumentRecord], tmp_path: Path) -> None:
    from lsqa.slides.office import _confinement

    if "unshare" not in _confinement():
        pytest.skip("this machine lets nobody make networks of their own")
    _, record = presented
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 5).close()  # it can be reached from here
        does = (
            f"try: socket.create_connection(('127.0.0.1', {port}), 5); said = 'reached'\n"
            "except OSError as error: said = 'not reached'\n"
            f"Path({str(tmp_path / 'said')!r}).write_text(said)\n"
        )
        with pytest.raises(DocumentError):
            converted(record, stand_in(tmp_path, does), tmp_path / "kept")
    assert (tmp_path / "said").read_text() == "not reached"


def test_a_file_that_has_changed_is_not_converted(presented: tuple[Catalogue, DocumentRecord], tmp_path: Path) -> None:
    _, record = presented
    other = tmp_path / "other.pptx"
    other.write_bytes(b"other")
    converter = OfficeConverter(stand_in(tmp_path, "sys.exit(0)"), tmp_path / "kept")
    with pytest.raises(DocumentError, match="changed since"):
        converter.convert(other, record.sha256, lambda _: None)
    with pytest.raises(DocumentError, match="made no PDF"):
        converter.convert(other, hashlib.sha256(b"other").hexdigest(), lambda _: None)


def lined(*lines: str) -> Page:
    """A page of lines, one under the other, each with its box."""
    boxes, at = [], 0
    for number, line in enumerate(lines):
        box = Box(0.0, number / 10, 1.0, number / 10 + 0.05)
        boxes.append(TextBox(at, at + len(line), box, tuple(i / len(line) for i in range(len(line) + 1))))
        at += len(line) + 1
    return Page(1, "\n".join(lines), (), tuple(boxes))


def test_the_second_of_two_equal_quotes_is_the_second() -> None:
    page = lined("予算は12億円", "前年も12億円")
    at = page.text.rindex("12億円")
    (wanted,) = wanted_of(page, [(at, at + 4)])
    assert wanted == Wanted("12億円", 1, 2)
    assert [box.top for box in place(page, wanted)] == [0.1]


def test_a_quote_that_stands_more_often_in_the_image_is_not_guessed() -> None:
    assert place(lined("予算は12億円", "前年も12億円"), Wanted("12億円", 0, 1)) == ()
    assert place(lined("予算は12億円"), Wanted("13億円", 0, 1)) == ()


def test_cells_that_the_image_has_apart_are_boxed_each() -> None:
    page = lined("令和7年度", "計画の額", "12億円")
    assert [box.top for box in place(page, Wanted("令和7年度\t12億円", 0, 1))] == [0.0, 0.2]
    # Not where one of them might be another's.
    assert place(lined("令和7年度", "計画", "12億円", "12億円"), Wanted("令和7年度\t12億円", 0, 1)) == ()
    assert place(lined("令和7年度", "計画の額"), Wanted("令和7年度\t12億円", 0, 1)) == ()
