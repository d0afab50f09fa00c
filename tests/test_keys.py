"""Keys of language models, in the environment or in the address of a server, are told to nobody."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.api_server import serving
from tests.conftest import Ingested, Invoke
from tests.model_server import Fails, Says, serve

from lsqa import tracing

# In no form that a mask could know by its look.
KEY = "Zq9hidden0123456789abcdef"
PASSWORD = "Pw7hiddenpassword"
SECRETS = (KEY, PASSWORD)
QUESTION = "B-cureの2025年度の予算はいくらですか"
ECHO = f"wrong key {KEY} at http://user:{PASSWORD}@host/v1?api_key={PASSWORD}"
ADDRESSES = ("http://user:{0}@{1}", "http://{0}@{1}", "http://{1}?api_key={0}")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, KEY)


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that is logged, as the handlers of the program see it, of whatever library."""
    caplog.set_level(logging.INFO)
    return caplog


def address(pattern: str, url: str) -> str:
    parts = urlsplit(url)
    return pattern.format(PASSWORD, parts.netloc + parts.path)


@contextmanager
def asked_of(url: str, monkeypatch: pytest.MonkeyPatch, home: Path, llm: str = "openai:m") -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name, value in {"HOME": str(home), "LLM": llm, "LLM_BASE_URL": url, "LLM_RETRIES": "0"}.items():
            patch.setenv(f"LSQA_{name}", value)
        yield


def leaks(*texts: str) -> list[str]:
    return [text for text in texts if any(secret in text for secret in SECRETS)]


@pytest.mark.parametrize("pattern", ["http://{1}", *ADDRESSES])
@pytest.mark.parametrize("status", [401, 400, 500])
def test_a_server_that_repeats_keys(
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    corpus_library: Ingested,
    tmp_path: Path,
    pattern: str,
    status: int,
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("B-cureの予算は大きい。", encoding="utf-8")
    with serve(Fails(status, ECHO)) as server:
        with asked_of(address(pattern, server.url), monkeypatch, corpus_library.home):
            asked = invoke("ask", QUESTION)
            fallen = invoke("ask", QUESTION, "--fallback", "quote", "--json")
            checked = invoke("check", text, "--json")
        assert server.requests
    assert (asked.code, fallen.code, checked.code) == (1, 0, 0)
    assert leaks(*(said for done in (asked, fallen, checked) for said in (done.out, done.err))) == []


@pytest.mark.parametrize("pattern", ADDRESSES)
@pytest.mark.parametrize("llm", ["openai:m", "opnai:m", "anthropic:m", "google_genai:m"])
def test_a_server_that_is_not_there_and_a_provider_that_is_not(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, corpus_library: Ingested, pattern: str, llm: str
) -> None:
    with serve() as server:
        pass
    with asked_of(address(pattern, server.url), monkeypatch, corpus_library.home, llm):
        done = invoke("ask", QUESTION)
    assert done.code == 1
    assert leaks(done.out, done.err) == []


@pytest.mark.parametrize("pattern", [*ADDRESSES, "user:{0}@{1}", "http://user:{0}@[{1}"])
def test_settings_are_shown_without_them(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    monkeypatch.setenv("LSQA_LLM_BASE_URL", address(pattern, "http://host.example/v1"))
    for option in ((), ("--json",)):
        done = invoke("settings", *option)
        assert leaks(done.out, done.err) == []
        assert done.code in (0, 2)


@pytest.mark.parametrize("pattern", ["http://{1}", *ADDRESSES])
@pytest.mark.parametrize("step", [Fails(401, ECHO), Says("no JSON")])
def test_the_server_keeps_them_from_clients_log_and_traces(
    corpus_library: Ingested,
    everything: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    pattern: str,
    step: Fails | Says,
) -> None:
    end = tracing.start("console", "0")
    try:
        with serve(step) as server:
            settings: dict[str, Any] = {
                "llm": "openai:m",
                "llm_base_url": address(pattern, server.url),
                "llm_retries": 0,
            }
            with serving(corpus_library.home, **settings) as client:
                answer = client.post("/v1/ask", json={"question": QUESTION})
                checked = client.post("/v1/check", json={"text": "B-cureの予算は大きい。"})
                metrics = client.get("/metrics")
            assert server.requests
    finally:
        end()
    said = capfd.readouterr()
    assert (answer.is_error, checked.status_code) == (True, 200)
    assert '"model"' in said.err  # it was traced
    assert leaks(answer.text, checked.text, metrics.text, said.out, said.err) == []
    assert leaks(*(record.getMessage() for record in everything.records)) == []


@pytest.mark.parametrize("told", [False, True], ids=["kept", "told"])
@pytest.mark.parametrize("pattern", ["http://{1}", ADDRESSES[0], ADDRESSES[2]])
@pytest.mark.parametrize("step", [Fails(401, ECHO), Says("no JSON")], ids=["refused", "answered"])
def test_traces_that_are_sent_away_name_no_key_and_no_question_unless_a_setting_says_so(
    monkeypatch: pytest.MonkeyPatch, corpus_library: Ingested, pattern: str, step: Fails | Says, told: bool
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs lsqa[otel] to send traces")
    from tests.trace_receiver import receiving

    text = "B-cureの予算は大きい。"
    with receiving(monkeypatch) as received:
        end = tracing.start("otlp", "0")
        try:
            with serve(step) as server:
                settings: dict[str, Any] = {
                    "llm": "openai:m",
                    "llm_base_url": address(pattern, server.url),
                    "llm_retries": 0,
                    "log_questions": told,
                }
                with serving(corpus_library.home, **settings) as client:
                    client.post("/v1/ask", json={"question": QUESTION})
                    client.post("/v1/check", json={"text": text}).raise_for_status()
                assert server.requests
        finally:
            end()
    assert {"POST /v1/ask", "lsqa.ask", "model", "lsqa.check"} <= {span.name for span in received.spans}
    assert [secret for secret in SECRETS if secret.encode() in received.raw] == []
    assert (QUESTION.encode() in received.raw) == told
    assert text.encode() not in received.raw


def test_the_trace_of_an_answer_names_no_key(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, corpus_library: Ingested
) -> None:
    with (
        serve(Says('{"claims": []}')) as server,
        asked_of(address(ADDRESSES[0], server.url), monkeypatch, corpus_library.home),
    ):
        done = invoke("ask", QUESTION, "--json")
        assert server.requests
    assert done.code == 0
    assert done.json["models"]["llm"] == "openai:m"
    assert leaks(done.out, done.err) == []
