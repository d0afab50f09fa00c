"""The page over a language model that takes its time: streaming, stopping, reloading in the middle."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from playwright.sync_api import Browser
from tests.scripted_model import ScriptedModel, drafted
from tests.ui.conftest import Open, in_process, needs_chromium, visiting

from lsqa.assistant import STAGES
from lsqa.text import Language
from lsqa.ui.texts import text

pytestmark = needs_chromium

QUESTION = "UTOPIAを率いるのは誰ですか？"
PROVEN = "UTOPIAは新世代感染症センターの略称である。"
QUOTE = "新世代感染症センター\tUTOPIA"
INVENTED = "UTOPIAを率いるのは架空太郎である。"
_PATIENCE = 120.0  # seconds that the model waits in the middle of its answer


class PatientModel(ScriptedModel):
    """Says its piece, and where `gates` are closed, waits in the middle of it."""

    gate: Any = None

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for number, chunk in enumerate(super()._stream(messages, stop, run_manager, **kwargs)):
            if number == self.replies_before_the_gate:
                self.gate.wait(_PATIENCE)
            yield chunk

    @property
    def replies_before_the_gate(self) -> int:
        """The pieces that the first claim fills, and a little more."""
        return (len(drafted((PROVEN, [(1, QUOTE)]))) + 20) // self.piece


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def visit(browser: Browser, served_home: Path, gate: threading.Event, clean_settings: Path) -> Iterator[Open]:
    reply = drafted((PROVEN, [(1, QUOTE)]), (INVENTED, [(1, "架空太郎")]))
    model = PatientModel(replies=[reply], gate=gate)
    with in_process(served_home, model) as address:
        try:
            with visiting(browser, address) as visit:
                yield visit
        finally:
            gate.set()


def test_a_proven_statement_is_shown_while_the_rest_is_written(visit: Open, gate: threading.Event) -> None:
    found = visit()
    page = found.page
    assert "scripted" in page.inner_text("#in-force") or "chat model" in page.inner_text("#in-force")
    found.ask(QUESTION, wait=False)
    page.wait_for_selector(".turn.pending .claim")
    assert PROVEN in page.inner_text(".turn.pending")
    assert page.locator(".turn.pending .stage").count() == 1
    gate.set()
    found.ended()
    assert page.locator(".turn .claim").count() == 1
    assert page.locator(".turn .proven").count() == 1
    assert "一致" not in page.inner_text(".turn .proven")  # its quotes stand in the document, not the sentence itself
    assert "言語モデルの文" in str(page.get_attribute(".turn .proven", "title"))
    assert "1文" in page.inner_text(".turn .withheld")
    assert "架空太郎" not in page.inner_text("#conversation")


def test_nothing_is_sent_while_an_answer_is_under_way(visit: Open, gate: threading.Event) -> None:
    """What is written meanwhile stays in the box, and is not sent by itself when the answer has ended."""
    found = visit()
    page = found.page
    page.fill("#question textarea", QUESTION)
    page.dblclick("#ask")
    page.wait_for_selector(".turn.pending .claim")
    page.fill("#question textarea", "UTOPIAの予算")
    page.press("#question textarea", "Enter")
    gate.set()
    found.ended()
    page.wait_for_timeout(1_000)
    assert page.locator(".turn").count() == 1
    assert page.input_value("#question textarea") == "UTOPIAの予算"
    page.press("#question textarea", "Enter")
    page.wait_for_function("document.querySelectorAll('.turn.done').length === 2")


def test_every_stage_of_an_answer_has_its_words() -> None:
    """A model may take seconds over any of them, a follow-up question too."""
    assert all(text(f"stage-{stage}", language) for stage in ("start", *STAGES) for language in get_args(Language))


class SlowModel(ScriptedModel):
    """Takes half a second over everything, so that every stage of an answer is shown."""

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        time.sleep(0.5)
        yield from super()._stream(*args, **kwargs)


def test_a_question_that_the_model_reads_with_the_one_before_is_answered(browser: Browser, served_home: Path) -> None:
    reply = drafted((PROVEN, [(1, QUOTE)]))
    with in_process(served_home, SlowModel(replies=[reply])) as address, visiting(browser, address) as visit:
        found = visit()
        found.ask(QUESTION)
        found.ask("UTOPIAの予算")
        assert found.page.locator(".turn.done").count() == 2


def test_an_answer_is_stopped_in_the_middle(visit: Open) -> None:
    found = visit()
    page = found.page
    found.ask(QUESTION, wait=False)
    page.wait_for_selector(".turn.pending .claim")
    started = time.monotonic()
    page.click("#stop")
    page.wait_for_selector(".turn.stopped")
    assert time.monotonic() - started < 30  # the model waits for longer
    assert "中止しました" in page.inner_text(".turn .note")
    assert page.locator("#ask").is_visible()
    assert page.locator(".turn.stopped [data-act=retry]").is_visible()
    with page.expect_download() as download:
        page.click("#save-markdown")
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert f"{PROVEN} [^" in saved  # what was shown is saved, with its source
    assert "中止しました" in saved


def test_a_page_that_is_loaded_again_in_the_middle_tells_and_asks_again(visit: Open, gate: threading.Event) -> None:
    found = visit()
    page = found.page
    found.ask(QUESTION, wait=False)
    page.wait_for_selector(".turn.pending .claim")
    page.reload()
    page.wait_for_selector(".turn.interrupted")
    assert QUESTION in page.inner_text(".turn")
    gate.set()
    page.click(".turn [data-act=retry]")
    page.wait_for_selector(".turn.done")
    assert page.locator(".turn").count() == 1


def test_without_the_model_the_same_page_quotes(visit: Open) -> None:
    found = visit()
    page = found.page
    page.click("#scope button")
    page.click("#use-model input")
    page.wait_for_function("document.querySelector('#in-force').innerText.includes('言語モデルなし')")
    found.ask(QUESTION)
    assert "引用による回答" in page.inner_text(".turn .about")
    assert "河岡" in page.inner_text(".turn")
