"""What neither clients nor the log are told: this machine's folders and servers, and what was asked."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api_server import PLAIN, serving
from tests.conftest import Ingested
from tests.scripted_model import ScriptedModel
from tests.test_agent_tools import over_http, text_of
from tests.test_api import events, problem

from lsqa.agent_tools import AgentTools
from lsqa.errors import LibraryError, ModelUnavailableError, trace_for_log
from lsqa.ui.desk import Asked, Desk, Failed
from lsqa.ui.problems import told

SECRET = "ひみつの"
QUESTION = f"{SECRET}あけぼの計画の令和7年度の予算はいくらですか"
PASSWORD = "a-password-of-a-server"


class _Echo(BaseHTTPRequestHandler):
    """A model server that refuses every request and repeats what it was sent."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        lines = "\n".join(str(message["content"]) for message in sent["messages"]).split("\n")
        said = "invalid input: " + " ".join(line[:60] for line in lines if SECRET in line or "12億円" in line)
        body = json.dumps({"error": {"message": said, "type": "invalid_request_error"}}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@contextmanager
def asked_of(home: Path, url: str, **settings: Any) -> Iterator[httpx.Client]:
    model: dict[str, Any] = {"llm": "openai:some-model", "llm_base_url": url, "llm_retries": 0, "llm_seconds": 5.0}
    with serving(home, **model, **settings) as client:
        yield client


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of lsqa's own, with tracebacks."""
    handler = logging.Formatter()
    return "\n".join(handler.format(r) for r in caplog.records if r.name.startswith("lsqa"))


def ways(client: httpx.Client) -> Iterator[str]:
    """The question, asked in every way of REST; what came back."""
    chat = {"model": "lsqa", "messages": [{"role": "user", "content": QUESTION}]}
    for path, body in (("/v1/ask", {"question": QUESTION}), ("/v1/chat/completions", chat)):
        for stream in (False, True):
            yield client.post(path, json={**body, "stream": stream}).text


@pytest.mark.parametrize("fallback", ["none", "quote"])
async def test_a_model_server_that_repeats_the_prompt_is_not_repeated(
    corpus_library: Ingested,
    echo: str,
    fallback: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with caplog.at_level(logging.INFO, "lsqa"), asked_of(corpus_library.home, echo, fallback=fallback) as client:
        replies = list(ways(client))
        async with over_http(str(client.base_url)) as agent:
            result = await agent.call_tool("ask_documents", {"question": QUESTION})
        replies.append(text_of(result) + json.dumps(result.structured_content, ensure_ascii=False))
    lines = logged(caplog)
    assert SECRET not in lines
    assert "12億円" not in lines  # of the passages
    assert lines.count("ModelUnavailableError") == 5
    assert ("BadRequestError 400" in lines) == (fallback == "none")
    for reply in replies:
        assert "invalid input" not in reply
        assert "127.0.0.1" not in reply
        assert "A model cannot serve" in reply


async def test_with_the_questions_the_log_tells_all(
    corpus_library: Ingested, echo: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with asked_of(corpus_library.home, echo, log_questions=True) as client:
        problem(client.post("/v1/ask", json={"question": QUESTION}), 502, "model")
    assert SECRET in logged(caplog)


def test_a_model_server_that_is_gone_is_a_problem(corpus_library: Ingested, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with asked_of(corpus_library.home, "http://127.0.0.1:9/v1") as client:
        response = client.post("/v1/ask", json={"question": QUESTION})
        problem(response, 502, "model")
        assert ":9" not in response.text
        streamed = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
        problem(streamed, 502, "model")


def test_a_model_that_is_too_slow_is_a_problem(corpus_library: Ingested) -> None:
    class Slow(ScriptedModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            threading.Event().wait(3)
            yield from super()._stream(*args, **kwargs)

    with serving(corpus_library.home, Slow(replies=['{"claims": []}']), llm_seconds=1.0) as client:
        problem(client.post("/v1/ask", json={"question": QUESTION}), 504, "model-timeout")


def test_what_fails_in_a_stream_that_has_begun_is_told_in_it(corpus_library: Ingested) -> None:
    class Slow(ScriptedModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            threading.Event().wait(1)
            raise ModelUnavailableError(f"no http://u:{PASSWORD}@10.0.0.1", hint="start it")
            yield

    with serving(corpus_library.home, Slow(replies=[]), llm_retries=0, quiet_seconds=0.2) as client:
        reply = client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
    ((name, members),) = events(reply.replace(": still at it\n\n", ""))
    assert (name, members["status"]) == ("error", 502)
    assert PASSWORD not in reply


def _fails() -> Any:
    raise LibraryError("cannot read /srv/secret/home/chroma", hint=f"start http://u:{PASSWORD}@10.0.0.1:8000")


async def test_an_agent_on_this_machine_is_told_all() -> None:
    from mcp import Client

    async with Client(AgentTools(_fails, _fails)) as client:
        result = await client.call_tool("ask_documents", {"question": "a"})
    assert result.is_error
    assert "/srv/secret" in text_of(result)


async def test_an_agent_elsewhere_is_told_what_rest_tells(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A library that cannot be opened: its folder is a file."""
    home = tmp_path / "secret-folder"
    home.write_text("no folder")
    with serving(home) as client:
        problem(client.post("/v1/ask", json={"question": "a"}), 503, "library")
        async with over_http(str(client.base_url)) as agent:
            for tool, given in (("ask_documents", {"question": "a"}), ("search_documents", {"query": "a"}),
                                ("check_text", {"text": "a"}), ("list_documents", {})):  # fmt: skip
                result = await agent.call_tool(tool, given)
                assert result.is_error
                assert "The library cannot serve" in text_of(result)
                assert "secret-folder" not in text_of(result)
            with pytest.raises(Exception) as refused:  # noqa: PT011 — whatever it is
                await agent.read_resource("lsqa://documents/a")
            assert "secret-folder" not in str(refused.value)
    assert "secret-folder" in logged(caplog)


async def test_the_page_logs_nothing_of_a_question(corpus_library: Ingested, caplog: pytest.LogCaptureFixture) -> None:
    from dataclasses import replace

    def unforeseen(message: str) -> Exception:
        return ZeroDivisionError(message)

    reasons = [ModelUnavailableError(QUESTION, hint="look"), unforeseen(QUESTION)]
    for reason in reasons:
        desk = Desk(replace(PLAIN, home=corpus_library.home), chat_model=ScriptedModel(replies=[reason]))
        try:
            *_, last = [event async for event in desk.ask("x", Asked(QUESTION))]
            assert isinstance(last, Failed)
            told(last.error, "en")
        finally:
            desk.close()
    assert SECRET not in logged(caplog)
    assert "ModelUnavailableError" in logged(caplog)


def test_a_trace_for_the_log_names_places_and_kinds_without_words() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError as error:
        told_so = trace_for_log(error)
    assert SECRET not in told_so
    assert "KeyError" in told_so
    assert told_so.endswith("ValueError")
    assert "test_a_trace_for_the_log" in told_so
