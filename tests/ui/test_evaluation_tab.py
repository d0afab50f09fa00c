"""Stored runs on the page: shown in a frame that may do nothing, and held against each other."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from benchmarks.serving_page import served
from playwright.sync_api import Browser, Page
from tests.conftest import Ingested
from tests.ui.conftest import NARROW, needs_chromium, visiting
from tests.ui.looks import cut_off, faint, faults

from lsqa.evaluation.runs import stored_runs
from lsqa.settings import load_settings
from lsqa.ui.desk import Desk
from lsqa.ui.evaluation_tab import EvaluationTab
from lsqa.ui.parts import Parts

CASES = (
    {"id": "a", "question": "B-cureの令和7年度予算額は？", "language": "ja", "kind": "number", "gold": [["43億円"]]},
    {"id": "b", "question": "<script>x</script>の予算は？", "language": "ja", "kind": "number", "gold": [["9億円"]]},
)


@pytest.fixture(scope="module")
def home(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with two runs: of the cases, and of the same questions with another figure for gold, which fails."""
    folder = tmp_path_factory.mktemp("runs")
    home = folder / "home"
    shutil.copytree(corpus_library.home, home, ignore=shutil.ignore_patterns("models"))
    (home / "models").symlink_to(corpus_library.home / "models")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    for gold in ("43億円", "四十四億円"):
        path = folder / "cases.jsonl"
        cases = ({**CASES[0], "gold": [[gold]]}, CASES[1])
        path.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
        command = [sys.executable, "-m", "lsqa", "eval", str(path), "--home", str(home)]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, env=clean)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The page over it."""
    with served(Desk(load_settings(home=str(home))[0])) as address:
        yield address


@pytest.fixture
def tab(home: Path, clean_settings: Path) -> Iterator[EvaluationTab]:
    desk = Desk(load_settings(home=str(home))[0])
    yield EvaluationTab(Parts(desk))
    desk.close()


def test_runs_are_shown_and_compared(tab: EvaluationTab, home: Path) -> None:
    names = [folder.name for folder in stored_runs(home / "runs")]
    assert len(names) == 2
    page = tab._report((names[0],), "ja")
    assert page.startswith('<iframe class="report" sandbox="" ')
    assert "<script" not in page
    assert "事実の再現率（FactRecall）" in page
    assert "問いの種類別" in page
    english = tab._report((names[0],), "en")
    assert "事実" not in english
    assert "By kind of question" in english
    compared = tab._report((names[0], names[0]), "en")
    assert "FactRecall" in compared
    assert "+0.000" in compared


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", None, "latest", ""])
def test_a_run_that_is_not_listed_is_no_path(tab: EvaluationTab, name: str | None) -> None:
    assert 'role="alert"' in tab._report((name,), "ja")


@needs_chromium
def test_two_runs_in_a_browser(home: Path, address: str, browser: Browser) -> None:
    """Shown with plots and the case that went wrong, in a frame whose scripts are off; and held against each other."""
    oldest, newest = [folder.name for folder in stored_runs(home / "runs")]
    with visiting(browser, address) as visit:
        found = visit(viewport=NARROW)
        page = found.page
        found.tab("evaluation")
        assert page.input_value("#run input") == newest
        choose(page, "#run-other", oldest)
        page.click("#run-show")
        report = page.frame_locator("#report iframe")
        report.locator("text=FactRecall").first.wait_for()
        plot = report.locator("svg, img").first
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box is not None
        assert box["width"] > 100
        wrong = report.locator("details", has_text="B-cureの令和7年度予算額は？")
        assert not wrong.get_by_text("四十四億円").is_visible()
        wrong.locator("summary").click()
        assert wrong.get_by_text("四十四億円").is_visible()  # what it should have said
        assert report.locator("script").count() == 0
        page.click("#run-compare")
        page.wait_for_selector("#report .listing table")
        assert page.locator("#report iframe").count() == 0
        row = page.locator("#report tr", has_text="FactRecall").inner_text().split()
        assert row[0] == "事実の再現率（FactRecall）"
        assert row[1:4] == ["0.500", "0.000", "-0.500"]
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@needs_chromium
@pytest.mark.parametrize("look", ["light", "dark"])
def test_runs_can_be_read_by_everyone(
    home: Path, address: str, browser: Browser, look: Literal["light", "dark"]
) -> None:
    """The tab, and the report on its own: no script runs in its frame, axe-core's neither."""
    oldest, _ = [folder.name for folder in stored_runs(home / "runs")]
    with visiting(browser, address) as visit:
        found = visit(viewport=NARROW, color_scheme=look)
        page = found.page
        found.tab("evaluation")
        choose(page, "#run-other", oldest)
        page.click("#run-show")
        page.frame_locator("#report iframe").locator("text=FactRecall").first.wait_for()
        shown = faults(page) + cut_off(page) + faint(page)
        report = str(page.get_attribute("#report iframe", "srcdoc"))
        page.click("#run-compare")
        page.wait_for_selector("#report .listing table")
        shown += faults(page) + cut_off(page) + faint(page)
    alone = browser.new_context(viewport=NARROW, color_scheme=look)
    opened = alone.new_page()
    opened.set_content(report)
    shown += faults(opened)
    alone.close()
    assert shown == []


def choose(page: Page, dropdown: str, value: str) -> None:
    page.click(f"{dropdown} input")
    page.locator(f"{dropdown} [role=option]", has_text=value).click()
