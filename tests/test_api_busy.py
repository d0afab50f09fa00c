"""Beyond capacity every way in says so at once, and whoever hangs up leaves no work behind."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
from tests.api_server import serving
from tests.conftest import Ingested
from tests.test_api import QUESTION, BlockedModel, asked_and_left, problem

CHAT: dict[str, Any] = {"model": "lsqa", "messages": [{"role": "user", "content": QUESTION}]}
CALL: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask_documents", "arguments": {"question": QUESTION}},
}
AGENT = {"accept": "application/json, text/event-stream"}


def taken(client: httpx.Client) -> str:
    return next(line for line in client.get("/metrics").text.splitlines() if line.startswith("lsqa_work_taken "))


def waited_for(client: httpx.Client, count: int, seconds: float = 20.0) -> bool:
    """Whether the server comes to do so many pieces of work."""
    until = time.monotonic() + seconds
    while taken(client) != f"lsqa_work_taken {count:.1f}":
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def full(corpus_library: Ingested) -> Iterator[httpx.Client]:
    """A server whose sixteen threads wait for the model, with nobody else let into the line."""
    model = BlockedModel(replies=[])
    with (
        serving(corpus_library.home, model, api_waiting=0, llm_seconds=120.0) as client,
        ThreadPoolExecutor(16) as threads,
    ):
        client.get("/readyz").raise_for_status()
        work = [threads.submit(client.post, "/v1/ask", json={"question": QUESTION}) for _ in range(16)]
        try:
            for _ in work:
                assert model._began.acquire(timeout=60)
            yield client
        finally:
            model._go.set()
        assert {one.result().status_code for one in work} == {200}


def test_every_way_in_says_that_there_is_no_room(corpus_library: Ingested) -> None:
    with full(corpus_library) as client:
        for path, body in (
            ("/v1/ask", {"question": QUESTION}),
            ("/v1/ask", {"question": QUESTION, "stream": True}),
            ("/v1/chat/completions", CHAT),
            ("/v1/chat/completions", {**CHAT, "stream": True}),
            ("/v1/check", {"text": "予算は12億円である。"}),
            ("/v1/retrieve", {"query": "予算"}),
        ):
            response = client.post(path, json=body)
            told = problem(response, 503, "busy")
            assert int(response.headers["retry-after"]) >= 1
            assert ("error" in told) == path.startswith("/v1/chat")
        result = client.post("/mcp", json=CALL, headers=AGENT).json()["result"]
        assert result["isError"]
        assert "try again in" in result["content"][0]["text"]


def test_an_agent_that_hangs_up_calls_the_answer_off(corpus_library: Ingested) -> None:
    model = BlockedModel(replies=[], is_endless=True)
    model._go.set()
    with serving(corpus_library.home, model) as client:
        client.get("/readyz").raise_for_status()
        try:
            asked_and_left(client, "/mcp", CALL, lambda: model._began.acquire(timeout=60))
            assert model._left.wait(60)
        finally:
            model.is_endless = False
        assert waited_for(client, 0)


def test_who_hangs_up_calls_a_check_off(corpus_library: Ingested) -> None:
    """A text that takes minutes."""
    text = "".join(f"あけぼの計画の令和{n}年度の予算は{n}億円である。" for n in range(5_000))
    checking = {**CALL, "params": {"name": "check_text", "arguments": {"text": text[:20_000]}}}
    with serving(corpus_library.home) as client:
        client.get("/readyz").raise_for_status()
        for path, body in (("/v1/check", {"text": text}), ("/mcp", checking)):
            asked_and_left(client, path, body, lambda: waited_for(client, 1))
            assert waited_for(client, 0, 10.0)
