"""What a reader has chosen or written stays when the language changes, and when the server gave the page's state up."""

import contextlib
from pathlib import Path

from benchmarks.serving_page import started
from playwright.sync_api import Browser, Page
from tests.ui.conftest import NARROW, Open, needs_chromium, visiting

pytestmark = needs_chromium

DRAFT = "B-cureの令和7年度予算額は43億円である。"
BUDGET = "B-cureの2025年度の予算はいくらですか？"


def choose(page: Page, dropdown: str, name: str) -> str:
    page.click(f"{dropdown} input")
    option = page.locator(f"{dropdown} [role=option]", has_text=name).first
    said = option.inner_text().strip(" ✓\n")
    option.click()
    page.keyboard.press("Escape")
    return said


def switch(page: Page, language: str) -> None:
    page.click("#language")
    page.wait_for_function(f"document.querySelector('#language').innerText.trim() === {language!r}")
    page.wait_for_timeout(300)  # the other parts come with it


def test_what_was_chosen_and_written_stays_when_the_language_changes(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    choose(page, "#filter-documents", "B-cure")
    page.fill("#since input, #since textarea", "2025")
    page.locator("#strictness label", has_text="厳しめ").click()
    page.fill("#question textarea", BUDGET)
    found.tab("documents")
    document = choose(page, "#choose-document", "B-cure")
    found.tab("check")
    page.fill("#check-text textarea", DRAFT)
    switch(page, "日本語")
    assert page.input_value("#check-text textarea") == DRAFT
    found.tab("documents")
    assert page.input_value("#choose-document input") == document
    found.tab("ask")
    assert "B-cure" in page.locator("#filter-documents .token").inner_text()
    assert page.input_value("#since input, #since textarea") == "2025"
    assert page.locator("#strictness label", has_text="Strict").locator("input").is_checked()
    assert page.input_value("#question textarea") == BUDGET
    page.wait_for_function("document.querySelector('#in-force').innerText.includes('Strict')")
    assert "B-cure" in page.inner_text("#in-force")


def test_every_label_is_in_the_language_of_the_page(visit: Open) -> None:
    """Of dropdowns too, whose choices come with their label."""
    page = visit(locale="en-US", viewport=NARROW).page
    page.click("#history button")
    page.wait_for_selector("#history-choice:visible")
    for said in ("Earlier conversations", "Kept in this browser only."):
        page.wait_for_function("said => document.querySelector('#history-choice').innerText.includes(said)", arg=said)


def test_the_conversation_chosen_from_earlier_ones_stays_too(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(BUDGET)
    page.click("#new")
    page.wait_for_selector(".welcome")
    page.click("#history button")
    title = choose(page, "#history-choice", "B-cure")
    switch(page, "日本語")
    assert page.input_value("#history-choice input") == title


def test_a_page_goes_on_when_the_server_was_started_anew(browser: Browser, served_home: Path) -> None:
    """Nothing is known of it there: what it has chosen holds, and its conversation goes on."""
    with contextlib.ExitStack() as first:
        address = first.enter_context(started(served_home))
        with visiting(browser, address) as visit:
            found = visit()
            page = found.page
            page.click("#scope button")
            choose(page, "#filter-documents", "B-cure")
            page.wait_for_function("document.querySelector('#in-force').innerText.includes('B-cure')")
            found.ask(BUDGET)
            first.close()
            with started(served_home, "--port", address.rstrip("/").rpartition(":")[2]):
                found.ask(BUDGET)
                assert page.locator(".turn").count() == 2
                assert page.locator(".turn.answered .about", has_text="1件の文書").count() == 2
