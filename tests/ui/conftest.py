"""The page in a real browser: Debian's Chromium, driven over a server that was started as anyone starts it."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from benchmarks.serving_page import served, started
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, sync_playwright
from tests.conftest import Ingested

from lsqa.settings import load_settings
from lsqa.ui.desk import Desk

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM.is_file(), reason="chromium is not installed at /usr/bin/chromium (`make test` installs it as root)"
)
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
_SECONDS = 60_000
# What Playwright switches off, for a second list takes the place of its own; and two hidden pages of the address line,
# which each window has and nobody sees here: almost half of the processor time that opening a window takes.
_SWITCHED_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip


@dataclass(slots=True)
class Visit:
    """A browser's window on the page. `outside` lists requests to any other host, `problems` errors of scripts."""

    page: Page
    address: str
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def ask(self, question: str, *, wait: bool = True) -> None:
        before = self.page.locator(".turn").count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        self.page.wait_for_function(f"document.querySelectorAll('.turn').length > {before}")
        if wait:
            self.ended()

    def ended(self) -> None:
        self.page.wait_for_selector("#ask:visible")
        self.page.wait_for_function(
            "document.querySelector('.turn') && !document.querySelector('#conversation .turn.pending')"
        )

    def ask_again(self) -> None:
        """The only question once more; its turn gives way to another one."""
        first = self.page.locator(".turn").get_attribute("data-turn")
        self.page.locator("[data-act=retry]").click()
        self.page.wait_for_function(
            f"document.querySelector('.turn.done') && !document.querySelector('[data-turn=\"{first}\"]')"
        )

    def tab(self, name: str) -> None:
        """Go to a tab by its place: ask, documents, check, evaluation."""
        place = ["ask", "documents", "check", "evaluation"].index(name)
        self.page.locator("#main button[role=tab]").nth(place).click()


Open = Callable[..., Visit]


def launched(playwright: Playwright, **options: Any) -> Browser:
    switches = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(_SWITCHED_OFF)}"]
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=switches, **options)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its module: as long as Playwright is there, the thread has a running event loop, and no other test
    could start one."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served_home(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the server's own."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(corpus_library.home, home, ignore=shutil.ignore_patterns("models"))
    (home / "models").symlink_to(corpus_library.home / "models")
    return home


@pytest.fixture(scope="session")
def server(served_home: Path) -> Iterator[str]:
    with started(served_home) as address:
        yield address


@contextlib.contextmanager
def in_process(home: Path, chat_model: Any, **overrides: str) -> Iterator[str]:
    """The page over a chat model that a test makes, on a server in this process."""
    settings, _ = load_settings(home=str(home), **overrides)
    with served(Desk(settings, chat_model=chat_model)) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Open]:
    """Opens the page in a browser of its own: nothing kept, a language, a size."""
    with visiting(browser, server) as visit:
        yield visit


@contextlib.contextmanager
def visiting(browser: Browser, server: str) -> Iterator[Open]:
    contexts = []
    visits: list[Visit] = []

    def visit(locale: str = "ja-JP", viewport: ViewportSize = WIDE, address: str = server, **options: Any) -> Visit:
        context = browser.new_context(locale=locale, viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_SECONDS)
        found = Visit(page, address)
        visits.append(found)
        local = (address, "data:", "blob:")
        page.on("request", lambda r: found.outside.append(r.url) if not r.url.startswith(local) else None)
        page.on("pageerror", lambda error: found.problems.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#conversation .welcome, #conversation .turn")
        return found

    try:
        yield visit
    finally:
        for context in contexts:
            context.close()
    assert [url for found in visits for url in found.outside] == []
    assert [problem for found in visits for problem in found.problems] == []
