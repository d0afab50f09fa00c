"""The page's views as images: `python -m benchmarks.screenshots docs/images`. Needs Chromium at /usr/bin/chromium.

A library of `corpus/` alone is made in a temporary folder and served on a free port.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving_page import served
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from lsqa.settings import load_settings
from lsqa.ui.desk import Desk

PROJECT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
SHARE = "博士課程の学生で研究時間が0時間の人は何％ですか？"
REFUSED = "SCARDAのセンター長の名前を教えてください。"
DRAFT = (
    "B-cureの令和7年度予算額は43億円である。B-cureの令和7年度予算額は99億円である。"
    "研究時間が0時間の大学院生は6.4%である。来年度は新しい庁舎を建てる。"
)


def ask(page: Page, question: str) -> None:
    before = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.turn.done').length > {before}")
    page.wait_for_timeout(800)


def open_first(page: Page) -> None:
    page.locator("button.cite").first.click()
    page.wait_for_selector("#slide .page img")
    page.wait_for_function("document.querySelector('#slide .page img').complete")
    page.wait_for_timeout(400)


def first_screen(page: Page) -> None:
    page.wait_for_timeout(300)


def answer(page: Page) -> None:
    ask(page, SHARE)
    open_first(page)


def answer_alone(page: Page) -> None:
    ask(page, SHARE)


def english(page: Page) -> None:
    ask(page, "Who leads UTOPIA?")
    open_first(page)


def conversation(page: Page) -> None:
    """Three questions; the slide of the last quote stays beside it."""
    for question in ("B-cureの2025年度の予算はいくらですか？", "UTOPIAを率いるのは誰ですか？", SHARE):
        ask(page, question)
    page.locator("button.cite").last.click()
    page.wait_for_selector("#slide .slide")
    page.wait_for_timeout(800)


def calculation(page: Page) -> None:
    ask(page, "B-cureの2024年度と2025年度の予算の差は？")


def refusal(page: Page) -> None:
    ask(page, REFUSED)
    page.locator("button.near").first.click()
    page.wait_for_selector("#slide .slide")
    page.wait_for_timeout(800)


def scope(page: Page) -> None:
    page.click("#scope button")
    page.wait_for_timeout(500)


def documents(page: Page) -> None:
    page.locator("#main button[role=tab]").nth(1).click()
    page.wait_for_timeout(500)


def check(page: Page) -> None:
    page.locator("#main button[role=tab]").nth(2).click()
    page.fill("#check-text textarea", DRAFT)
    page.click("#check-start")
    page.wait_for_function("document.querySelectorAll('.sentence').length === 4")
    page.locator(".sentence button.cite").first.click()
    page.wait_for_selector("#slide .slide")
    page.wait_for_timeout(800)


VIEWS: tuple[tuple[str, ViewportSize, str, str, Callable[[Page], None]], ...] = (
    ("first-wide-light", WIDE, "light", "ja-JP", first_screen),
    ("first-narrow-light", NARROW, "light", "ja-JP", first_screen),
    ("answer-wide-light", WIDE, "light", "ja-JP", answer),
    ("answer-wide-dark", WIDE, "dark", "ja-JP", answer),
    ("answer-narrow-light", NARROW, "light", "ja-JP", answer_alone),
    ("slide-narrow-light", NARROW, "light", "ja-JP", answer),
    ("slide-narrow-dark", NARROW, "dark", "ja-JP", answer),
    ("english-wide-light", WIDE, "light", "en-US", english),
    ("conversation-wide-light", WIDE, "light", "ja-JP", conversation),
    ("calculation-wide-light", WIDE, "light", "ja-JP", calculation),
    ("refusal-wide-light", WIDE, "light", "ja-JP", refusal),
    ("scope-narrow-dark", NARROW, "dark", "ja-JP", scope),
    ("documents-wide-light", WIDE, "light", "ja-JP", documents),
    ("documents-narrow-light", NARROW, "light", "ja-JP", documents),
    ("check-wide-dark", WIDE, "dark", "ja-JP", check),
    ("check-wide-light", WIDE, "light", "ja-JP", check),
)


@contextmanager
def opened(browser: Browser, address: str, size: ViewportSize, look: str, locale: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport=size, locale=locale, color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector(".welcome li button")
    yield page
    context.close()


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        command = [sys.executable, "-m", "lsqa", "ingest", str(PROJECT / "corpus"), "--home", home]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        desk = Desk(load_settings(home=home)[0])
        desk.warm_up()
        with served(desk) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, size, look, locale, show in VIEWS:
                if not names or name in names:
                    with opened(browser, address, size, look, locale) as page:
                        show(page)
                        page.screenshot(path=folder / f"{name}.png")
                        print(f"{folder / name}.png")
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
