"""Every view at the width of a phone and of a desk, in light and dark: nothing cut off, everything readable."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize
from tests.ui.conftest import NARROW, WIDE, Open, Visit, needs_chromium
from tests.ui.looks import cut_off, faint

pytestmark = needs_chromium

SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"
BUDGET = "B-cureの2025年度の予算はいくらですか？"
DIFFERENCE = "B-cureの2024年度と2025年度の予算の差は？"
REFUSED = "SCARDAのセンター長の名前を教えてください。"
DRAFT = "B-cureの令和7年度予算額は43億円である。B-cureの令和7年度予算額は99億円である。来年度は新しい庁舎を建てる。"


def views(found: Visit) -> Iterator[str]:
    """Go through the views of the page, and say which one is in sight."""
    page = found.page
    yield "first screen"
    for question in (SHARE, BUDGET, DIFFERENCE, REFUSED):
        found.ask(question)
    page.locator("[data-act=vote]").first.click()
    page.wait_for_selector(".comment input:visible")
    yield "answers"
    yield from _scope(page)
    yield from _slides(page)
    found.tab("documents")
    page.wait_for_selector("#documents table:visible")
    yield "documents"
    found.tab("check")
    page.fill("#check-text textarea", DRAFT)
    page.click("#check-start")
    page.wait_for_function("document.querySelectorAll('#checked .sentence').length === 3")
    yield "check"
    found.tab("evaluation")
    page.wait_for_selector("#run-show:visible")
    page.click("#run-show")
    page.wait_for_selector("#report [role=alert], #report .note")
    yield "evaluation"


def _scope(page: Page) -> Iterator[str]:
    page.click("#scope button")
    page.click("#history button")
    page.click("#filter-documents input")
    page.locator("#filter-documents [role=option]", has_text="B-cure").first.click()
    page.wait_for_function("document.querySelector('#in-force').innerText.includes('B-cure')")
    yield "choices of documents"
    page.keyboard.press("Escape")
    yield "filters"


def _slides(page: Page) -> Iterator[str]:
    page.locator(".turn").first.locator("button.cite").first.click()
    page.wait_for_selector("#slide .page img")
    page.locator("#slide summary").click()
    yield "slide with its text"
    page.keyboard.press("Escape")
    page.locator(".turn").nth(1).locator("button.cite").first.click()
    page.wait_for_function("document.querySelector('#slide .text mark') && !document.querySelector('#slide img')")
    yield "slide without an image"
    page.keyboard.press("Escape")


def told(found: Visit, look: Callable[[Page], list[str]]) -> str:
    return "\n".join(f"{view}: {fault}" for view in views(found) for fault in look(found.page))


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
def test_nothing_is_cut_off(visit: Open, viewport: ViewportSize, locale: str) -> None:
    assert told(visit(viewport=viewport, locale=locale), cut_off) == ""


@pytest.mark.parametrize("look", ["light", "dark"])
def test_everything_can_be_read(visit: Open, look: str) -> None:
    assert told(visit(color_scheme=look), faint) == ""
