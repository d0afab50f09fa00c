"""What the chat page takes: `python -m benchmarks.page`. Needs Chromium at /usr/bin/chromium.

Over a library of `corpus/` alone, on a server of its own (`lsqa ui`): until the page can be used, until the first
status and the answer are seen, an image cold and cached, twenty people at once, and memory over 500 questions.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.page_crowd import USERS, ask_over_the_wire, at_the_desk, others_beside, over_the_wire
from benchmarks.page_figures import PROJECT, p95, questions, told
from benchmarks.serving_page import started
from playwright.sync_api import Browser, Page, sync_playwright

from lsqa.catalogue import Catalogue
from lsqa.slides import PageImages

CHROMIUM = "/usr/bin/chromium"
DECK = "mext-life-science-2025"


def usable(page: Page, address: str) -> float:
    started = perf_counter()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    page.wait_for_selector(".welcome li button")
    return perf_counter() - started


def asked(page: Page, question: str) -> tuple[float, float]:
    """Seconds until the first status, and until the answer is shown."""
    before = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.evaluate(
        """before => { window.seen = new Promise((resolve) => {
        let started = 0, first = 0;
        document.addEventListener('keydown', () => { started = performance.now(); }, {once: true, capture: true});
        const look = () => { const turns = document.querySelectorAll('.turn');
          if (document.querySelector('#conversation .stage') && !first) first = performance.now() - started;
          const isOver = turns.length > before && !document.querySelector('.turn.pending');
          if (isOver) resolve([first, performance.now() - started]);
          else setTimeout(look, 4); };
        look(); }); }""",
        before,
    )
    page.press("#question textarea", "Enter")
    first, whole = page.evaluate("window.seen")
    return first / 1000, whole / 1000


def in_browser(address: str, count: int) -> None:
    """The page alone with one user, then with the others beside."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = []
        for _ in range(5):
            context = browser.new_context(locale="ja-JP")
            page = context.new_page()
            page.set_default_timeout(120_000)
            opened.append(usable(page, address))
            context.close()
        told("page usable, nothing cached", opened)
        own, others = questions(2 * count), questions(10**3)[2 * count :]
        alone = _asked_in_turn(browser, address, own[:count])
        told("first status after Enter", [first for first, _ in alone])
        told("answer shown, one user, in the browser", [whole for _, whole in alone])
        with others_beside(address, others):
            beside = _asked_in_turn(browser, address, own[count:])
        told(f"the same beside {USERS - 1} others, first status", [first for first, _ in beside])
        told(f"the same beside {USERS - 1} others, answer", [whole for _, whole in beside])
        ratio = p95([whole for _, whole in beside]) / p95([whole for _, whole in alone])
        print(f"{'p95 by that of one, in the browser':<58} {ratio:6.1f} ×")
        browser.close()


def _asked_in_turn(browser: Browser, address: str, asked_of: list[str]) -> list[tuple[float, float]]:
    """`asked` for each, a conversation of eight at a time."""
    page = browser.new_context(locale="ja-JP").new_page()
    page.set_default_timeout(120_000)
    usable(page, address)
    times = []
    for number, question in enumerate(asked_of):
        if number % 8 == 0:
            page.click("#new")
            page.wait_for_selector(".welcome li button")
        times.append(asked(page, question))
    page.context.close()
    return times


def images(home: str) -> None:
    catalogue = Catalogue.open(Path(home))
    record = catalogue.record(DECK)
    catalogue.close()
    assert record is not None
    with tempfile.TemporaryDirectory() as folder:
        made = PageImages(Path(folder))
        made.image(record, 1)  # the process is started with the page
        cold: list[float] = []
        cached: list[float] = []
        for number in range(2, record.pages + 1):
            for times in (cold, cached):
                started = perf_counter()
                made.image(record, number)
                times.append(perf_counter() - started)
        made.close()
    told("page image, cold", cold)
    told("page image, cached", cached)


def memory(address: str, count: int) -> None:
    """Resident memory of the server after the first hundred questions over the page's protocol, and after `count`
    more, each twenty of them by somebody new."""
    server = _child("lsqa", "ui")
    asked_of = questions(count + 100)
    ask_over_the_wire(address, asked_of[:100])
    before = _resident(server)
    ask_over_the_wire(address, asked_of[100:])
    after = _resident(server)
    name = f"memory of the server over {count} questions"
    print(f"{name:<46} {before:.0f} to {after:.0f} MB ({after / before - 1:+.1%})")


def _child(*words: str) -> str:
    """The one child of this process that was started with these words."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    commands = {child: Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in children}
    (found,) = (child for child, command in commands.items() if set(words) <= set(command))
    return found


def _resident(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    line = next(x for x in status if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--questions", type=int, default=40, help="asked in the browser")
    parser.add_argument("--memory", type=int, default=500, help="asked while memory is watched; 0 leaves it out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "lsqa", "ingest", str(PROJECT / "corpus"), "--home", home]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        images(home)
        with started(home) as address:
            in_browser(address, options.questions)
            over_the_wire(address)
        at_the_desk(home)
        if options.memory:
            with started(home) as address:
                memory(address, options.memory)


if __name__ == "__main__":
    main()
