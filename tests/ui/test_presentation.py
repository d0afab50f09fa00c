"""A presentation on the page: its text at once, its image when it is there, without another click."""

import subprocess
import sys
from pathlib import Path

from benchmarks.serving_page import served
from playwright.sync_api import Browser
from pptx import Presentation
from tests.conftest import Ingested
from tests.pdf_pages import Sheet, needs_font
from tests.test_slides_office import stand_in
from tests.ui.conftest import needs_chromium, visiting

from lsqa.settings import load_settings
from lsqa.ui.desk import Desk

pytestmark = [needs_chromium, needs_font]

SAID = "みなと計画の予算は12億円である。"


def presented(folder: Path, models: Path) -> Path:
    """A library of one slide."""
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = SAID
    presentation.save(str(folder / "deck.pptx"))
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    command = [sys.executable, "-m", "lsqa", "ingest", str(folder / "deck.pptx"), "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    return home


def test_the_image_comes_by_itself(corpus_library: Ingested, tmp_path: Path, browser: Browser) -> None:
    home = presented(tmp_path, corpus_library.home / "models")
    sheet = Sheet()
    sheet.put(100, 200, SAID, size=20)
    (tmp_path / "made.pdf").write_bytes(sheet.content())
    gate = tmp_path / "gate"
    does = (
        f"while not Path({str(gate)!r}).exists(): time.sleep(0.05)\n"
        f"(out / 'slides.pdf').write_bytes(Path({str(tmp_path / 'made.pdf')!r}).read_bytes())\n"
    )
    settings, _ = load_settings(home=str(home), office=stand_in(tmp_path, does))
    with served(Desk(settings)) as address, visiting(browser, address) as visit:
        found = visit()
        page = found.page
        found.tab("documents")
        page.locator("#documents button.near").click()
        page.wait_for_selector("#slide .again", state="attached")
        assert SAID in page.inner_text("#slide .text")
        assert "準備しています" in page.inner_text("#slide .note")
        gate.touch()
        page.wait_for_selector("#slide .page img")
        page.wait_for_function("document.querySelector('#slide .page img').naturalWidth > 1000")
        assert page.locator("#slide .again, #slide .note").count() == 0
