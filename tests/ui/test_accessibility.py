"""What axe-core finds on every tab, in a real browser."""

import pytest
from playwright.sync_api import ViewportSize
from tests.ui.conftest import NARROW, WIDE, Open, needs_chromium
from tests.ui.looks import faults

pytestmark = needs_chromium

SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"
REFUSED = "SCARDAのセンター長の名前を教えてください。"
DRAFT = "B-cureの令和7年度予算額は43億円である。B-cureの令和7年度予算額は99億円である。来年度は新しい庁舎を建てる。"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_tab_has_serious_faults(visit: Open, viewport: ViewportSize, look: str) -> None:
    found = visit(viewport=viewport, color_scheme=look)
    page = found.page
    found_faults = {"first": faults(page)}
    found.ask(SHARE)
    found.ask(REFUSED)
    page.locator("[data-act=vote]").first.click()
    page.wait_for_selector("[data-act=vote][aria-pressed=true]")
    page.click("#scope button")
    page.click("#history button")
    page.wait_for_selector("#strictness label:visible")
    found_faults["answers"] = faults(page)
    page.locator("button.cite").first.click()
    page.wait_for_selector("#slide .page img")
    found_faults["slide"] = faults(page)
    page.keyboard.press("Escape")
    found.tab("documents")
    page.wait_for_selector("#documents table:visible")
    found_faults["documents"] = faults(page)
    found.tab("check")
    page.fill("#check-text textarea", DRAFT)
    page.click("#check-start")
    page.wait_for_function("document.querySelectorAll('#checked .sentence').length === 3")
    found_faults["check"] = faults(page)
    found.tab("evaluation")
    page.wait_for_selector("#run-show:visible")
    found_faults["evaluation"] = faults(page)
    told = [f"{view}: {fault}" for view, said in found_faults.items() for fault in said]
    assert not told, "\n".join(told)
