"""The font that the page serves to machines without a Japanese one, in browsers that see other fonts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import matplotlib
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from tests.ui.conftest import NARROW, Visit, launched, needs_chromium

from lsqa.japanese_font import japanese_font
from lsqa.ui.fonts import FAMILY, font_address, font_face

LATIN = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # DejaVu, which has no ideographs


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


def browser_with_fonts(playwright: Playwright, folder: Path, fonts: Path) -> Browser:
    """A browser to which `fonts` are all fonts there are."""
    settings = folder / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return launched(playwright, env={**os.environ, "FONTCONFIG_FILE": str(settings)})


def opened(browser: Browser, address: str, locale: str) -> tuple[Page, list[str]]:
    """The page, and the fonts that it has asked for."""
    page = browser.new_context(locale=locale, viewport=NARROW).new_page()
    page.set_default_timeout(60_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if ".ttf" in request.url else None)
    page.goto(address)
    page.wait_for_selector("#conversation .welcome")
    return page, asked


def drawn_with(page: Page, selector: str) -> dict[str, bool]:
    """The families that the text of an element is really drawn with, and whether they came over the network."""
    session: Any = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"]: font["isCustomFont"] for font in found}


@needs_chromium
def test_a_machine_without_a_japanese_font_is_given_one(playwright: Playwright, server: str, tmp_path: Path) -> None:
    browser = browser_with_fonts(playwright, tmp_path, LATIN)
    page, asked = opened(browser, server, "ja-JP")
    page.wait_for_function(f"[...document.fonts].some((f) => f.family.includes({FAMILY!r}) && f.status === 'loaded')")
    assert set(asked) == {server + font_address()}
    assert drawn_with(page, ".welcome p") == {"IPAexGothic": True}
    browser.close()


@needs_chromium
def test_a_machine_with_a_japanese_font_fetches_none(playwright: Playwright, server: str, tmp_path: Path) -> None:
    font = japanese_font()
    assert font is not None
    browser = browser_with_fonts(playwright, tmp_path, font.parent)
    page, asked = opened(browser, server, "ja-JP")
    assert drawn_with(page, ".welcome p") == {"IPAexGothic": False}
    Visit(page, server).ask("博士課程の学生で研究時間が0時間の人は何％ですか？")
    assert asked == []
    browser.close()


@needs_chromium
def test_a_page_without_japanese_fetches_no_font(playwright: Playwright, tmp_path: Path, server: str) -> None:
    """Of Latin text, signs and marks alone, on a machine without a Japanese font."""
    browser = browser_with_fonts(playwright, tmp_path, LATIN)
    page, asked = browser.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url) if ".ttf" in request.url else None)
    head = f"<style>{font_face()} p {{ font-family: sans-serif, {FAMILY} }}</style>"
    shown: str = f"{head}<p>The answer ✓ → “43 %” – ×</p>"
    page.route(server, lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    page.goto(server)
    page.evaluate("document.fonts.ready")
    assert asked == []
    shown = f"{head}<p>予算</p>"
    page.goto(server)
    page.wait_for_function("[...document.fonts][0].status === 'loaded'")
    assert asked == [server + font_address()]
    browser.close()


def test_the_font_is_kept_by_browsers_and_nothing_else_is_readable_beside_it(server: str) -> None:
    font = japanese_font()
    assert font is not None
    address = server + font_address()
    found = httpx.get(address)
    assert found.content == font.read_bytes()
    assert found.headers["content-type"] == "font/ttf"
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["x-content-type-options"] == "nosniff"
    assert httpx.head(address).headers["content-length"] == str(font.stat().st_size)
    part = httpx.get(address, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"\0\1\0\0")
    for other in (
        "fonts/", "fonts/japanese-000000000000.ttf", "fonts/ipaexg.ttf", "fonts/Readme_ipaexg00401.txt",
        "fonts/..%2f__init__.py", "fonts/../__init__.py", font_address() + "/../../__init__.py", font_address() + "%00",
    ):  # fmt: skip
        assert httpx.get(server + other).status_code in (404, 400), other
    assert httpx.post(address).status_code in (404, 405)
