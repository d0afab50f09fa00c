"""Filters and strictness change what is answered, and the page says what is in force, in a real browser."""

import json

from playwright.sync_api import Page
from tests.ui.conftest import Open, needs_chromium

pytestmark = needs_chromium

CENTRE = "SCARDAとは何ですか？"
BUDGET = "B-cureの予算はいくらですか？"
UNSURE = "大学院生の研究時間は十分ですか？"
DECK, NOTE = "mext-life-science-2025", "note-b-cure"


def cited(page: Page) -> set[str]:
    """The documents that the last answer quotes."""
    buttons = page.locator(".turn").last.locator("button.cite").all()
    return {json.loads(str(button.get_attribute("data-place")))["doc_id"] for button in buttons}


def in_force(page: Page, said: str) -> None:
    page.wait_for_function("(said) => document.querySelector('#in-force').innerText.includes(said)", arg=said)


def choose(page: Page, dropdown: str, wanted: str) -> None:
    page.click(f"{dropdown} input")
    page.locator(f"{dropdown} [role=option]", has_text=wanted).first.click()
    page.keyboard.press("Escape")


def test_only_the_chosen_documents_answer(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(BUDGET)
    assert NOTE in cited(page)  # else the filter would change nothing
    page.click("#scope button")
    choose(page, "#filter-documents", "ライフサイエンス政策について")
    in_force(page, "1件の文書")
    found.ask(BUDGET)
    assert cited(page) == {DECK}
    assert "1件の文書 ・ ライフサイエンス政策について" in page.locator(".turn .about").last.inner_text()
    page.locator("#filter-documents .token-remove").first.click()
    page.wait_for_function("!document.querySelector('#in-force').innerText.includes('ライフサイエンス政策')")
    found.ask(BUDGET)
    assert NOTE in cited(page)


def test_only_the_chosen_publisher_answers(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    choose(page, "#filter-publishers", "lsqa")
    in_force(page, "lsqa プロジェクト")
    found.ask(CENTRE)
    assert cited(page)
    assert DECK not in cited(page)
    assert "lsqa プロジェクト" in page.locator(".turn .about").last.inner_text()


def test_only_what_was_published_in_that_time_answers(visit: Open) -> None:
    """The deck is of June 2025; the notes have no date, so no span of time has them. That nothing is left is said."""
    found = visit()
    page = found.page
    page.click("#scope button")
    for field, date in (("since", "2025-06"), ("until", "2025-06-26")):
        page.fill(f"#{field} :is(input, textarea)", date)
        page.press(f"#{field} :is(input, textarea)", "Tab")
        in_force(page, date)
        found.ask(BUDGET)
        assert cited(page) == {DECK}
        assert date in page.locator(".turn .about").last.inner_text()
    page.fill("#until :is(input, textarea)", "2025-06-25")
    page.press("#until :is(input, textarea)", "Tab")
    in_force(page, "0件の文書")
    found.ask(BUDGET)
    assert "当てはまる文書がありません" in page.locator(".turn").last.inner_text()
    assert cited(page) == set()


def test_the_strict_refuse_what_the_lenient_answer(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    for choice, said, look in ((0, "ゆるめ", "answered"), (2, "厳しめ", "refused")):
        page.locator("#strictness label").nth(choice).click()
        in_force(page, f"答える基準: {said}")
        found.ask(UNSURE)
        last = page.locator(".turn").last
        assert look in str(last.get_attribute("class"))
        assert f"答える基準: {said}" in last.inner_text()
