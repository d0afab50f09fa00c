"""What stays in sight and in reach on the page while a conversation grows, in a real browser."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route
from tests.ui.conftest import NARROW, WIDE, Open, Visit, needs_chromium

from lsqa.ui.feedback import FILE_NAME, Feedback
from lsqa.ui.turns import ShownTurn

pytestmark = needs_chromium

SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"
BUDGET = "B-cureの2025年度の予算はいくらですか？"
LEADER = "UTOPIAを率いるのは誰ですか？"


def conversation(found: Visit) -> Page:
    """Three questions, each answered."""
    for question in (SHARE, BUDGET, LEADER):
        found.ask(question)
    return found.page


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Where the first that is found begins and ends, in pixels from the upper edge of the window."""
    box = page.evaluate("(s) => document.querySelector(s).getBoundingClientRect().toJSON()", selector)
    return box["top"], box["bottom"]


def style(page: Page, selector: str, *names: str) -> list[str]:
    shown: list[str] = page.evaluate(
        """([selector, names]) => { const shown = getComputedStyle(document.querySelector(selector));
        return names.map((name) => shown.getPropertyValue(name)); }""",
        [selector, list(names)],
    )
    return shown


def test_the_slide_stays_beside_the_last_answer_of_a_long_conversation(visit: Open) -> None:
    page = conversation(visit())
    page.locator("button.cite").last.click()
    page.wait_for_selector("#slide .slide")
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("window.scrollY") > 300  # else there is nothing to stay against
    top, bottom = edges(page, "#slide-column")
    assert top >= 0
    assert bottom <= WIDE["height"]
    assert edges(page, "#slide .slide header")[0] >= 0
    page.evaluate("window.scrollTo(0, 0)")
    assert edges(page, "#ask-bar")[1] <= WIDE["height"]


def test_the_input_stays_in_sight_on_a_narrow_screen(visit: Open) -> None:
    page = conversation(visit(viewport=NARROW))
    page.evaluate("window.scrollTo(0, 0)")
    assert page.evaluate("document.documentElement.scrollHeight") > 2 * NARROW["height"]
    top, bottom = edges(page, "#ask-bar")
    assert 0 <= top < bottom <= NARROW["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_an_answer_is_brought_into_view_from_its_beginning(visit: Open, viewport: Any) -> None:
    page = conversation(visit(viewport=viewport))
    page.wait_for_function(
        """() => { const turn = document.querySelector('.turn:last-of-type').getBoundingClientRect();
        const bar = document.querySelector('#ask-bar').getBoundingClientRect();
        const end = Math.min(bar.top, window.innerHeight);
        return turn.top >= 0 && (turn.top < 20 || turn.bottom <= end); }""",
        timeout=30_000,
    )


def test_who_scrolls_while_an_answer_is_made_is_left_there(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    found.ask(BUDGET)
    held: list[Route] = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.fill("#question textarea", LEADER)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#conversation .sent")
    page.mouse.move(300, 400)
    page.mouse.wheel(0, -5_000)
    page.wait_for_function("window.scrollY === 0")
    page.unroute("**/queue/join*")
    assert held
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 3")
    page.wait_for_timeout(500)
    assert page.evaluate("window.scrollY") == 0


def archived(page: Page) -> list[str]:
    """The earlier conversations that are offered."""
    if not page.locator("#history-choice input").is_visible():
        page.click("#history button")
    page.click("#history-choice input")
    offered = [option.inner_text().strip() for option in page.locator("#history-choice [role=option]").all()]
    page.keyboard.press("Escape")
    return offered


def test_asking_an_early_question_again_keeps_what_came_after_it(visit: Open) -> None:
    page = conversation(visit())
    page.locator("[data-act=retry]").first.click()
    page.wait_for_function("document.querySelectorAll('.turn').length === 1 && document.querySelector('.turn.done')")
    page.click("#history button")
    page.click("#history-choice input")
    page.locator("#history-choice [role=option]", has_text="博士課程").click()
    page.click("#history-open")
    page.wait_for_function("document.querySelectorAll('.turn').length === 3")
    asked = [turn.inner_text() for turn in page.locator(".turn .asked").all()]
    assert [question in said for question, said in zip((SHARE, BUDGET, LEADER), asked, strict=True)] == [True] * 3


def test_editing_an_early_question_is_shown_and_keeps_what_came_after_it(visit: Open) -> None:
    found = visit()
    page = conversation(found)
    page.locator("[data-act=edit]").nth(1).click()
    page.wait_for_selector("#editing .editing")
    assert BUDGET in page.inner_text("#editing")
    assert "1件" in page.inner_text("#editing")
    page.fill("#question textarea", "B-cureの実施期間は？")
    page.press("#question textarea", "Enter")
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 2")
    assert "実施期間" in page.locator(".turn .asked").last.inner_text()
    assert page.locator("#editing .editing").count() == 0
    assert len(archived(page)) == 1


def test_asking_the_last_question_again_archives_nothing(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    found.ask_again()
    assert archived(page) == []


def test_editing_is_given_up(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    found.ask(BUDGET)
    page.locator("[data-act=edit]").first.click()
    page.wait_for_selector("#editing .editing")
    page.click("#editing .cancel")
    page.wait_for_selector("#editing .editing", state="detached")
    page.fill("#question textarea", LEADER)
    page.press("#question textarea", "Enter")
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 3")
    page.locator("[data-act=edit]").first.click()
    page.wait_for_selector("#editing .editing")
    page.click("#language")
    page.wait_for_function("document.querySelector('#editing').innerText.includes('Editing')")
    page.click("#new")
    page.wait_for_selector("#editing .editing", state="detached")


def test_what_is_quoted_is_still_marked_when_its_page_comes_back(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    page.locator("button.cite").first.click()
    page.wait_for_selector("#slide .mark")
    boxes = page.locator("#slide .mark").count()
    for step, number in ((1, 6), (1, 7), (0, 6)):
        page.locator("#slide .turn-page").nth(step).click()
        page.wait_for_function(f"document.querySelector('#slide .number').innerText.startsWith('{number} /')")
        assert page.locator("#slide .mark").count() == 0
    page.locator("#slide .turn-page").first.click()
    page.wait_for_function("document.querySelector('#slide .number').innerText.startsWith('5 /')")
    assert page.locator("#slide .mark").count() == boxes
    assert page.locator("#conversation button.cite.opened").count() == 1


def within(page: Page, selector: str) -> bool:
    """Whether the focus is in there."""
    inside: bool = page.evaluate("(s) => document.activeElement.closest(s) !== null", selector)
    return inside


def test_the_keyboard_stays_in_the_sheet_until_it_is_closed(visit: Open) -> None:
    found = visit(viewport=NARROW)
    page = found.page
    found.ask(SHARE)
    page.focus("button.cite")
    page.keyboard.press("Enter")
    page.wait_for_selector("#slide .page img")
    page.wait_for_function("document.activeElement.closest('#slide') !== null")
    assert page.get_attribute("#slide-column", "role") == "dialog"
    assert page.get_attribute("#slide-column", "aria-modal") == "true"
    assert page.get_attribute("#slide-column", "aria-label")
    page.keyboard.press("Tab")
    assert within(page, "#slide button.close")
    page.keyboard.press("Shift+Tab")
    for _ in range(14):
        page.keyboard.press("Tab")
        assert not within(page, "#main, #top")
    page.focus("#slide .turn-page >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#slide .number').innerText.startsWith('6 /')")
    page.wait_for_function("document.activeElement.classList.contains('turn-page')")
    page.focus("#slide button.close")
    page.keyboard.press("Enter")
    assert not page.locator("#slide-column").is_visible()
    assert within(page, "button.cite")
    page.keyboard.press("Tab")
    assert within(page, "#main")
    assert page.get_attribute("#slide-column", "role") is None


def test_a_sheet_beside_the_answer_once_the_window_is_wide_covers_nothing(visit: Open) -> None:
    found = visit(viewport=NARROW)
    page = found.page
    found.ask(SHARE)
    page.locator("button.cite").first.click()
    page.wait_for_function("document.querySelector('#main').inert")
    page.wait_for_selector("#slide .mark")
    # Looked at as soon as the page itself was told of the width: what comes later might set it right by the way.
    page.evaluate(
        """() => { const narrow = matchMedia('(max-width: 899px)'); window.narrow = narrow;
        narrow.addEventListener('change', () => { window.covered = document.querySelector('#main').inert; }); }"""
    )
    page.set_viewport_size(WIDE)
    page.wait_for_function("window.covered !== undefined")
    assert page.evaluate("window.covered") is False
    page.fill("#question textarea", "よさん")


def test_lines_and_figures_are_set_alike_everywhere(visit: Open) -> None:
    found = visit()
    page = found.page
    assert float(style(page, ".welcome p", "line-height")[0].removesuffix("px")) >= 1.7 * 16
    found.ask(SHARE)
    page.wait_for_selector("#slide .slide")
    for selector in ("#question textarea", ".turn .table td", ".turn h2.asked", ".claims h3", ".slide header h2"):
        height, size = (float(value.removesuffix("px")) for value in style(page, selector, "line-height", "font-size"))
        assert height / size == pytest.approx(1.7, abs=0.01), selector
    for selector in ("#question textarea", "#ask", "button.cite", "#new", ".comment input", ".turn .table td"):
        assert style(page, selector, "font-variant-numeric") == ["tabular-nums"], selector


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2 of an opaque `rgb(…)`."""
    channels = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_an_input_asks_for_can_be_read(visit: Open, look: str) -> None:
    page = visit(color_scheme=look).page
    ink, opacity, ground = page.evaluate(
        """() => { const input = document.querySelector('#question textarea');
        const hint = getComputedStyle(input, '::placeholder');
        return [hint.color, hint.opacity, getComputedStyle(input).backgroundColor]; }"""
    )
    assert opacity == "1"
    assert ground.startswith("rgb(")
    darker, lighter = sorted((luminance(ink), luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_button_is_as_high_as_the_input(visit: Open) -> None:
    page = visit().page
    assert edges(page, "#ask") == pytest.approx(edges(page, "#question"), abs=0.6)


def test_a_pressed_thumb_and_an_unfinished_comment_stay_with_the_next_question(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    page.locator("[data-act=vote]").first.click()
    page.fill(".comment input", "表がその")
    found.ask(BUDGET)
    votes = page.locator(".turn").first.locator(".vote")
    assert [vote.get_attribute("aria-pressed") for vote in votes.all()] == ["true", "false"]
    assert page.locator(".turn").first.locator(".comment input").input_value() == "表がその"
    assert page.locator(".turn").last.locator(".comment").is_hidden()
    page.locator(".comment [data-act=comment]").first.click()
    page.click("#language")
    page.wait_for_function("document.querySelector('.vote').innerText === 'Helpful'")
    assert votes.first.get_attribute("aria-pressed") == "true"
    page.reload()
    page.wait_for_selector(".turn.done")
    assert votes.first.get_attribute("aria-pressed") == "true"
    assert page.locator(".comment:visible").count() == 0


def test_a_reload_shows_the_thumbs_that_the_server_has(visit: Open, served_home: Path) -> None:
    """Also one that was changed since by another window, and none that it has lost."""
    found = visit()
    page = found.page
    found.ask(SHARE)
    turn = str(page.locator(".turn").get_attribute("data-turn"))
    page.locator("[data-act=vote]").first.click()
    page.wait_for_selector("[data-act=vote][aria-pressed=true]")
    Feedback(served_home).vote(ShownTurn(id=turn, question=SHARE, state="done"), -1)
    page.reload()
    page.wait_for_selector(".turn.done")
    assert [vote.get_attribute("aria-pressed") for vote in page.locator(".vote").all()] == ["false", "true"]
    assert page.locator(".comment input").is_visible()  # no reason was given yet
    with closing(sqlite3.connect(served_home / FILE_NAME)) as connection, connection:
        connection.execute("DELETE FROM feedback WHERE turn = ?", (turn,))
    page.reload()
    page.wait_for_selector(".turn.done")
    assert page.locator(".vote[aria-pressed=true]").count() == 0
    assert page.locator(".comment:visible").count() == 0


def test_the_address_of_an_image_does_not_tell_where_the_data_lie(visit: Open, served_home: Path) -> None:
    found = visit()
    page = found.page
    found.ask(SHARE)
    page.wait_for_function("document.querySelector('#slide .page img')?.naturalWidth > 1000")
    assert str(served_home) not in page.content()
    assert str(served_home) not in str(page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)"))


def test_a_refusal_says_it_once(visit: Open) -> None:
    found = visit()
    found.ask("SCARDAのセンター長の名前を教えてください。")
    said = found.page.inner_text(".turn.refused .help")
    assert said.count("答えられません") == 1
    assert "件の文書を検索しました" in said
