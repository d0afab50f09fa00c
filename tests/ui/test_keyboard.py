"""The page with Tab, Enter, Space, Escape and the arrows alone, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.scripted_model import ScriptedModel, drafted
from tests.ui.conftest import NARROW, WIDE, Open, Visit, in_process, needs_chromium, visiting

pytestmark = needs_chromium

SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"
LEADER = "UTOPIAを率いるのは誰ですか？"
DRAFT = "B-cureの令和7年度予算額は43億円である。来年度は新しい庁舎を建てる。"
_STOPS = 90
"""More than any tab of the page has."""


def focus_is_in(page: Page, selector: str) -> bool:
    inside: bool = page.evaluate("(s) => document.activeElement.closest(s) !== null", selector)
    return inside


def focus_comes_to(page: Page, selector: str) -> None:
    """Wait for it: what the server says is shown before the focus is set."""
    page.wait_for_function("(s) => document.activeElement.closest(s) !== null", arg=selector)


def go(page: Page, selector: str, key: str = "Tab") -> None:
    """Press `key` until what is wanted has the focus, as a reader does."""
    passed: list[str] = []
    for _ in range(_STOPS):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press(key)
        passed.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    raise AssertionError(f"{selector} never has the focus; it went to\n" + "\n".join(passed))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def in_force(page: Page, *said: str) -> None:
    """Wait until the line under the question says it."""
    page.wait_for_function(
        "(said) => said.every((words) => document.querySelector('#in-force').innerText.includes(words))", arg=list(said)
    )


def choose(page: Page, wanted: str) -> None:
    """In the list of choices that has the focus: arrow down to a choice, take it, close the list. No key is pressed
    before the list shows what the last one did, as a reader looks first."""
    page.wait_for_selector("[role=option]:visible")
    field = page.evaluate_handle("document.activeElement")
    pointed = "field => field.getAttribute('aria-activedescendant') || ''"
    before = ""
    for _ in range(20):
        press(page, "ArrowDown")
        page.wait_for_function(f"([field, before]) => ({pointed})(field) !== before", arg=[field, before])
        before = page.evaluate(pointed, field)
        if wanted in page.evaluate("id => document.getElementById(id).innerText", before):
            press(page, "Enter")
            page.wait_for_function(
                """([field, wanted]) => field.value.includes(wanted)
                || [...field.closest('.block').querySelectorAll('.token')].some(t => t.innerText.includes(wanted))""",
                arg=[field, wanted],
            )
            press(page, "Escape")
            return
    raise AssertionError(f"no arrow leads to {wanted}")


def to_tab(page: Page, name: str) -> None:
    """By the arrows, from wherever the focus is."""
    go(page, "[role=tab]", "Shift+Tab")
    go(page, f"#tab-{name}-button", "ArrowRight")
    page.wait_for_selector(f"#tab-{name}-button[aria-selected=true]")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_slide_is_opened_leafed_and_left(visit: Open, viewport: dict[str, int]) -> None:
    """The focus goes to the slide, and Escape takes it back to the number."""
    found = visit(viewport=viewport)
    page = found.page
    go(page, "#question textarea")
    page.keyboard.type(SHARE)
    press(page, "Enter")
    found.ended()
    go(page, "button.cite", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_function("document.activeElement.closest('#slide') !== null")
    assert page.locator("#slide-column").is_visible()
    page.wait_for_selector("#slide .page img")
    go(page, "#slide .turn-page[aria-label='次のスライド']")
    press(page, "Enter")
    page.wait_for_function("document.querySelector('#slide .number').innerText.startsWith('6 /')")
    press(page, "Space")
    page.wait_for_function("document.querySelector('#slide .number').innerText.startsWith('7 /')")
    go(page, "#slide summary")
    press(page, "Enter")
    assert page.locator("#slide .text").is_visible()
    press(page, "Escape")
    assert focus_is_in(page, ".turn button.cite")
    assert page.locator("#slide-column").is_visible() == (viewport == WIDE)


def test_filters_and_strictness(visit: Open) -> None:
    found = visit()
    page = found.page
    go(page, "#scope button")
    press(page, "Space")
    page.wait_for_selector("#strictness label:visible")
    go(page, "#filter-documents input")
    choose(page, "B-cure")
    in_force(page, "1件の文書", "B-cure")
    go(page, "#filter-documents .token .token-remove", "Shift+Tab")
    assert "B-cure" in str(page.evaluate("document.activeElement.ariaLabel"))
    press(page, "Space")
    page.wait_for_selector("#filter-documents .token", state="detached")
    page.wait_for_function("document.activeElement.closest('#filter-documents') !== null")
    go(page, "#filter-publishers input")
    choose(page, "文部科学省")
    in_force(page, "文部科学省")
    go(page, "#filter-publishers .remove-all")
    press(page, "Enter")
    page.wait_for_selector("#filter-publishers .token", state="detached")
    page.wait_for_function("document.activeElement.matches('#filter-publishers input')")
    press(page, "Escape")
    go(page, "#since textarea, #since input")
    page.keyboard.type("2025-06")
    press(page, "Tab")
    in_force(page, "2025-06")
    go(page, "#strictness input")
    assert page.evaluate("document.activeElement.value") == "standard"  # the one that is chosen
    press(page, "ArrowRight")
    in_force(page, "厳しめ")
    press(page, "Tab")
    assert not focus_is_in(page, "#strictness")  # one stop, as everywhere


def test_every_tab_and_the_language(visit: Open) -> None:
    found = visit()
    page = found.page
    to_tab(page, "documents")
    go(page, "#documents button.near")
    press(page, "Enter")
    page.wait_for_function("document.activeElement.closest('#slide') !== null")
    press(page, "Escape")
    assert focus_is_in(page, "#documents button.near")
    to_tab(page, "check")
    go(page, "#check-text textarea")
    page.keyboard.type(DRAFT)
    go(page, "#check-start")
    press(page, "Enter")
    page.wait_for_function("document.querySelectorAll('#checked .sentence').length === 2")
    focus_comes_to(page, "#check-start")
    go(page, "#checked button.cite")
    press(page, "Enter")
    page.wait_for_function("document.activeElement.closest('#slide') !== null")
    press(page, "Escape")
    assert focus_is_in(page, "#checked button.cite")
    to_tab(page, "evaluation")
    go(page, "#run-show")
    press(page, "Enter")
    page.wait_for_selector("#report [role=alert], #report .note")
    press(page, "Shift+Tab")
    go(page, "[role=tab]", "Shift+Tab")
    press(page, "End")
    assert page.get_attribute("#tab-evaluation-button", "aria-selected") == "true"
    press(page, "ArrowRight")  # round to the first
    page.wait_for_selector("#tab-ask-button[aria-selected=true]")
    go(page, "#language", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_function("document.querySelector('#ask').innerText === 'Ask'")
    focus_comes_to(page, "#language")


def test_a_document_is_uploaded_and_removed(visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "つばめ計画.md"
    path.write_text("# つばめ計画\n\nつばめ計画の予算は8億円である。\n", encoding="utf-8")
    found = visit()
    page = found.page
    page.on("dialog", lambda dialog: dialog.accept())
    # Listened for from the start: a browser takes a moment to hand its file choosers over.
    page.on("filechooser", lambda chooser: chooser.set_files(path))
    to_tab(page, "documents")
    page.wait_for_selector("#documents button.near:visible")
    go(page, "#upload-files button.upload-container")
    press(page, "Enter")
    page.wait_for_selector("#upload-files .file-preview")
    page.wait_for_function("document.activeElement.id === 'upload-start'")
    press(page, "Enter")
    page.wait_for_function("document.querySelector('#documents').innerText.includes('つばめ計画')")
    go(page, "#choose-document input")
    choose(page, "つばめ計画")
    go(page, "#remove")
    press(page, "Enter")
    page.wait_for_function("!document.querySelector('#documents').innerText.includes('つばめ計画')")
    focus_comes_to(page, "#remove")


def test_the_focus_is_not_lost_with_what_is_written_anew(visit: Open) -> None:
    found = visit()
    page = found.page
    go(page, ".welcome li button", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_selector(".turn")
    found.ended()
    focus_comes_to(page, "#question")
    first = page.locator(".turn").get_attribute("data-turn")
    go(page, "[data-act=retry]", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_function(f"document.querySelector('.turn.done:not([data-turn=\"{first}\"])')")
    focus_comes_to(page, "#question")
    page.keyboard.type(LEADER)
    go(page, "#ask")
    press(page, "Enter")
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 2")
    focus_comes_to(page, "#question")


def test_what_is_read_keeps_the_focus_while_the_next_answer_comes(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    go(page, ".turn button.cite", "Shift+Tab")
    page.evaluate("document.querySelector('#question textarea').focus()")
    page.keyboard.type(LEADER)
    press(page, "Enter")
    go(page, ".turn button.cite", "Shift+Tab")
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 2")
    assert focus_is_in(page, ".turn button.cite")


def test_escape_gives_editing_up(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    go(page, "[data-act=edit]", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_selector("#editing .editing")
    page.wait_for_function("document.activeElement.closest('#question') !== null")
    press(page, "Escape")
    page.wait_for_selector("#editing .editing", state="detached")
    focus_comes_to(page, "#question")


def test_a_tap_brings_up_no_keyboard(visit: Open) -> None:
    """The focus follows those who use keys: that of a finger would cover half of a phone's screen."""
    found: Visit = visit(viewport=NARROW, has_touch=True)
    page = found.page
    page.evaluate("document.activeElement.blur()")
    page.locator(".welcome li button").first.tap()
    page.wait_for_selector(".turn")
    found.ended()
    assert not focus_is_in(page, "#question")


@pytest.fixture
def with_model(browser: Browser, served_home: Path, clean_settings: Path) -> Iterator[Open]:
    quote = "新世代感染症センター\tUTOPIA"
    model = ScriptedModel(replies=[drafted(("UTOPIAは新世代感染症センターの略称である。", [(1, quote)]))])
    with in_process(served_home, model) as address, visiting(browser, address) as visit:
        yield visit


def test_the_model_is_switched_off(with_model: Open) -> None:
    page = with_model().page
    in_force(page, "言語モデル：")
    go(page, "#scope button")
    press(page, "Enter")
    page.wait_for_selector("#use-model input:visible")
    go(page, "#use-model input")
    press(page, "Space")
    in_force(page, "言語モデルなし")
