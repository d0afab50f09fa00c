"""Traces by OpenTelemetry: sent over HTTP to a receiver that understands OTLP, and nothing of a question in them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from benchmarks.serving_page import started
from gradio_client import Client
from tests.api_server import serving
from tests.conftest import Ingested, Invoke
from tests.scripted_model import ScriptedModel, drafted
from tests.served import served
from tests.test_api import QUESTION
from tests.trace_receiver import Receiver, receiving

from lsqa import tracing
from lsqa.api.log_lines import JsonLines
from lsqa.errors import SettingsError
from lsqa.settings import trace_exporter


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving(monkeypatch) as got:
        yield got


@contextmanager
def traced() -> Iterator[None]:
    end = tracing.start(trace_exporter(), "1.0")
    try:
        yield
    finally:
        end()


def below(span: Any, spans: list[Any]) -> list[str]:
    """The names of the spans right under one, in the order in which they began."""
    found = [s for s in spans if s.parent_span_id == span.span_id]
    return [s.name for s in sorted(found, key=lambda s: int(s.start_time_unix_nano))]


def test_a_question_is_one_trace_with_its_stages(
    corpus_library: Ingested, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with (
        traced(),
        serving(corpus_library.home) as client,
        caplog.at_level("INFO", logger="lsqa.access"),
    ):
        headers = {"x-request-id": "asked-here", "traceparent": caller}
        response = client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
        timings = response.json()["timings_ms"]
    (request,) = receiver.named("POST /v1/ask")
    told = receiver.attributes(request)
    assert told["lsqa.request_id"] == "asked-here"
    assert (told["http.route"], told["http.response.status_code"]) == ("/v1/ask", 200)
    assert request.trace_id.hex() == caller.split("-")[1]
    assert request.parent_span_id.hex() == caller.split("-")[2]
    (ask,) = receiver.named("lsqa.ask")
    assert below(request, receiver.spans) == ["lsqa.ask"]
    assert below(ask, receiver.spans) == ["retrieve", "answer", "check"]
    (retrieve,) = receiver.named("retrieve")
    assert below(retrieve, receiver.spans) == ["encode", "search"]
    assert receiver.attributes(ask) == {"lsqa.status": "answered", "lsqa.mode": "quote"}
    assert {span.trace_id for span in receiver.spans} == {request.trace_id}
    assert receiver.services == {"lsqa"}
    took = (retrieve.end_time_unix_nano - retrieve.start_time_unix_nano) / 1e6
    assert took == pytest.approx(timings["retrieve"], abs=50)
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "lsqa.access"]
    assert [line["trace"] for line in lines if line["id"] == "asked-here"] == [request.trace_id.hex()]


def test_a_trace_tells_nothing_of_what_was_asked(corpus_library: Ingested, receiver: Receiver) -> None:
    secret = "極秘のひまわり作戦"
    with traced(), serving(corpus_library.home) as client:
        client.post("/v1/ask", json={"question": f"{secret}の予算は？"})
        client.post("/v1/retrieve", json={"query": secret, "where": {"documents": [secret]}})
        client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert len(receiver.named("lsqa.ask")) == 2
    (failed,) = receiver.named("lsqa.retrieve")
    assert failed.status.message == "UnknownDocumentError"
    assert secret.encode() not in receiver.raw
    assert "あけぼの".encode() not in receiver.raw


def test_questions_are_told_where_a_setting_says_so(
    corpus_library: Ingested, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        traced(),
        serving(corpus_library.home, log_questions=True) as client,
        caplog.at_level("INFO", logger="lsqa.access"),
    ):
        client.post("/v1/retrieve", json={"query": QUESTION}, headers={"x-request-id": "told"})
    (request,) = receiver.named("POST /v1/retrieve")
    assert receiver.attributes(request)["lsqa.question"] == QUESTION
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "lsqa.access"]
    assert [line["question"] for line in lines if line["id"] == "told"] == [QUESTION]


def test_a_language_model_is_a_span_of_its_own(corpus_library: Ingested, receiver: Receiver) -> None:
    quote = "令和7年度の予算は12億円である。"
    model = ScriptedModel(replies=[drafted(("令和7年度の予算は12億円です。", [(1, quote)]))])
    with traced(), serving(corpus_library.home, model) as client:
        client.post("/v1/ask", json={"question": QUESTION}).raise_for_status()
    (call,) = receiver.named("model")
    assert "gen_ai.request.model" in receiver.attributes(call)
    (ask,) = receiver.named("lsqa.ask")
    assert call.trace_id == ask.trace_id
    stages = {span.span_id: span.name for span in receiver.spans}
    assert stages[call.parent_span_id] == "answer"


def test_a_text_that_is_checked_is_one_trace_with_its_sentences(
    corpus_library: Ingested, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    text = "あけぼの計画の令和7年度の予算は12億円である。ひまわり作戦は極秘である。"
    with traced(), serving(corpus_library.home) as client, caplog.at_level("INFO", logger="lsqa.access"):
        client.post("/v1/check", json={"text": text}, headers={"x-request-id": "checked"}).raise_for_status()
    (request,) = receiver.named("POST /v1/check")
    assert below(request, receiver.spans) == ["lsqa.check"]
    (check,) = receiver.named("lsqa.check")
    assert receiver.attributes(check) == {"lsqa.sentences": 2}
    assert below(check, receiver.spans) == ["lsqa.check_sentence"] * 2
    sentences = receiver.named("lsqa.check_sentence")
    assert [below(sentence, receiver.spans) for sentence in sentences] == [["retrieve", "judge"]] * 2
    assert "ひまわり".encode() not in receiver.raw
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "lsqa.access"]
    (line,) = [line for line in lines if line["id"] == "checked"]
    assert set(line["stages_ms"]) == {"retrieve", "judge", "total"}


def test_the_page_traces_too(corpus_library: Ingested, receiver: Receiver) -> None:
    """`lsqa ui` as a process of its own, asked by Gradio's client."""
    sent = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with started(corpus_library.home, **sent) as address:
        client = Client(address, verbose=False, analytics_enabled=False)
        assert client.predict(question=QUESTION, api_name="/ask")["status"] == "answered"
        client.close()
        until = time.monotonic() + 30
        while not receiver.named("lsqa.ask") and time.monotonic() < until:
            time.sleep(0.1)
    (ask,) = receiver.named("lsqa.ask")
    assert below(ask, receiver.spans) == ["retrieve", "answer", "check"]


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "workers"])
def test_a_server_that_is_told_to_end_sends_what_it_has(
    corpus_library: Ingested, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    with served(corpus_library.home, *options) as (client, process):
        client.post("/v1/ask", json={"question": QUESTION}).raise_for_status()
        assert not receiver.named("lsqa.ask")
        assert process.told(signal.SIGTERM) == 0
    assert len(receiver.named("lsqa.ask")) == 1


def test_nothing_is_traced_where_no_variable_asks_for_it(api: httpx.Client, receiver: Receiver) -> None:
    api.post("/v1/retrieve", json={"query": QUESTION}).raise_for_status()
    assert not receiver.raw


@pytest.mark.parametrize(
    ("variables", "exporter"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, ""),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, ""),
    ],
)
def test_the_standard_variables_decide(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], exporter: str
) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert trace_exporter() == exporter


def test_an_exporter_that_is_not_known_is_refused(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="zipkin"):
        tracing.start("zipkin", "1.0")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    assert "OTEL_TRACES_EXPORTER" in invoke("serve").complaint


def test_without_it_nothing_is_imported() -> None:
    program = (
        "import sys, lsqa.assistant, lsqa.tracing\n"
        "with lsqa.tracing.span('x'), lsqa.tracing.request_span({}, 'id'): lsqa.tracing.note(a=1)\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
