"""REST over a real server: the JSON of the contract, problems, limits, and what happens beyond capacity."""

import asyncio
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import PrivateAttr
from tests.api_server import serving
from tests.conftest import Ingested, Invoke, copied
from tests.scripted_model import ScriptedModel

from lsqa.api.bodies import LONGEST_QUESTION
from lsqa.api.capacity import BusyError, Capacity
from lsqa.api.log_lines import JsonLines

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"


@pytest.fixture
def client(api: httpx.Client) -> httpx.Client:
    return api


@pytest.fixture(scope="module")
def own(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """A client of a server over a library that may be changed, and where that is. What is added is removed again."""
    home = copied(corpus_library, tmp_path_factory.mktemp("changed") / "home")
    with serving(home) as one:
        yield one, home


def problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem that a response tells of, which has to be of this status and kind."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    told: dict[str, Any] = response.json()
    assert (response.status_code, told["status"], told["type"]) == (status, status, f"urn:lsqa:problem:{kind}")
    assert told["title"]
    assert told["request_id"] == response.headers["x-request-id"]
    return told


def events(body: str) -> list[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    blocks = [block.split("\n") for block in body.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


# What the contract says


def test_retrieve_is_what_the_command_prints(client: httpx.Client, invoke: Invoke, corpus_library: Ingested) -> None:
    told = client.post("/v1/retrieve", json={"query": QUESTION, "k": 3}).json()
    home = corpus_library.home
    printed = invoke("retrieve", QUESTION, "-k", "3", "--home", home, "--no-reader", "--json").json
    assert told["hits"] == printed["hits"]
    assert (told.keys(), told["query"]) == (printed.keys(), QUESTION)
    assert told["timings_ms"].keys() == {"retrieve", "total"}


def test_ask_is_what_the_command_prints(client: httpx.Client, invoke: Invoke, corpus_library: Ingested) -> None:
    told = client.post("/v1/ask", json={"question": QUESTION}).json()
    (Path.cwd() / "lsqa.toml").write_text('reranker = "none"\n', encoding="utf-8")
    printed = invoke("ask", QUESTION, "--home", corpus_library.home, "--json").json
    assert {**told, "timings_ms": {}} == {**printed, "timings_ms": {}}
    assert "12億円" in told["text"]


def test_a_follow_up_is_asked_with_its_history(client: httpx.Client) -> None:
    history = [{"question": "あけぼの計画の予算はいくらですか", "answer": "12億円"}]
    told = client.post("/v1/ask", json={"question": "担当課はどこですか", "history": history}).json()
    assert "星間物質研究課" in told["text"]
    alone = client.post("/v1/ask", json={"question": "担当課はどこですか"}).json()
    assert alone["trace"]["resolved_question"] == "担当課はどこですか"


@pytest.mark.parametrize("how", ["body", "header"])
def test_an_answer_is_streamed_when_asked_to(client: httpx.Client, how: str) -> None:
    body = {"question": QUESTION, "stream": how == "body"}
    headers = {"accept": "text/event-stream"} if how == "header" else {}
    response = client.post("/v1/ask", json=body, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    ((name, answer),) = events(response.text)  # quotes come with the answer
    assert name == "answer"
    whole = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert {**answer, "timings_ms": {}} == {**whole, "timings_ms": {}}


def test_a_refusal_is_an_answer(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "木星の衛星の重力とは"})
    assert (response.status_code, response.json()["status"]) == (200, "refused")


def test_a_text_is_checked(client: httpx.Client) -> None:
    text = "あけぼの計画の令和7年度の予算は12億円である。あけぼの計画の令和7年度の予算は99億円である。"
    told = client.post("/v1/check", json={"text": text}).json()
    assert [sentence["verdict"] for sentence in told["sentences"]] == ["supported", "contradicted"]
    assert told["sentences"][0].keys() >= {"text", "verdict", "citations", "why"}


def test_documents_are_searched_by_what_they_are(client: httpx.Client) -> None:
    hits = client.post("/v1/retrieve", json={"query": "予算", "where": {"kinds": ["pdf"]}}).json()["hits"]
    kinds = {d["doc_id"]: d["kind"] for d in client.get("/v1/documents").json()["documents"]}
    assert {kinds[hit["doc_id"]] for hit in hits} == {"pdf"}
    body = {"query": "予算", "where": {"documents": ["kaiju"]}}
    assert "kaiju" in problem(client.post("/v1/retrieve", json=body), 404, "unknown-document")["detail"]


# Documents


def test_documents_tell_nothing_of_this_machine(client: httpx.Client, corpus_library: Ingested) -> None:
    listed = client.get("/v1/documents")
    assert len(listed.json()["documents"]) == corpus_library.report["totals"]["documents"]
    assert str(corpus_library.home.parent) not in listed.text
    assert str(Path(__file__).parent.parent) not in listed.text
    one = listed.json()["documents"][0]
    assert client.get(f"/v1/documents/{one['doc_id']}").json() == one


def test_a_citation_points_into_the_page(client: httpx.Client) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    cited = [c for claim in answer["claims"] for c in claim["citations"]]
    for c in cited:
        page = client.get(f"/v1/documents/{c['doc_id']}/pages/{c['page']}").json()
        assert page["text"][c["start"] : c["end"]] == c["quote"]
    problem(client.get(f"/v1/documents/{cited[0]['doc_id']}/pages/999"), 404, "unknown-document")


DECK = "# かささぎ計画の概要\n\n## 予算\n\nかささぎ計画の令和7年度の予算は{}億円である。\n"


def upload(client: httpx.Client, *files: tuple[str, bytes], replaces: str = "") -> httpx.Response:
    data = {"replaces": replaces} if replaces else {}
    return client.post("/v1/documents", data=data, files=[("files", file) for file in files])


def test_an_uploaded_document_answers_until_it_is_removed(own: tuple[httpx.Client, Path]) -> None:
    client, home = own
    question = {"question": "かささぎ計画の令和7年度の予算はいくらですか"}
    assert client.post("/v1/ask", json=question).json()["status"] == "refused"
    (file,) = upload(client, ("かささぎ.md", DECK.format(41).encode())).json()["files"]
    assert (file["path"], file["status"], file["pages"]) == ("かささぎ.md", "indexed", 1)
    assert "41億円" in client.post("/v1/ask", json=question).json()["text"]
    again = upload(client, ("かささぎ.md", DECK.format(41).encode())).json()
    assert again["files"][0]["status"] == "unchanged"
    assert client.delete(f"/v1/documents/{file['doc_id']}").json() == {"removed": file["doc_id"]}
    assert client.post("/v1/ask", json=question).json()["status"] == "refused"
    problem(client.delete(f"/v1/documents/{file['doc_id']}"), 404, "unknown-document")
    assert [p for p in (home / "uploads").rglob("*") if p.is_file()] == []


def test_who_asks_while_documents_come_and_go_gets_whole_answers(own: tuple[httpx.Client, Path]) -> None:
    """One process reads and writes: every answer is of a version that was there, and none is an error."""
    client, _ = own
    question = {"question": "かささぎ計画の令和7年度の予算はいくらですか"}
    ended = threading.Event()

    def ask() -> list[tuple[int, str]]:
        told = []
        while not ended.is_set():
            response = client.post("/v1/ask", json=question)
            told.append((response.status_code, response.json().get("text", response.text)))
        return told

    with ThreadPoolExecutor(4) as threads:
        (lasting,) = upload(client, ("kasasagi.md", DECK.format(200).encode())).json()["files"]
        assert lasting["status"] == "indexed"
        askers = [threads.submit(ask) for _ in range(4)]
        try:
            doc_ids = []
            for version in range(201, 206):
                (file,) = upload(client, (f"kasasagi-{version}.md", DECK.format(version).encode())).json()["files"]
                assert file["status"] == "indexed"
                doc_ids.append(file["doc_id"])
            for doc_id in doc_ids:
                client.delete(f"/v1/documents/{doc_id}").raise_for_status()
        finally:
            ended.set()
        told = [answer for asker in askers for answer in asker.result()]
    after = client.post("/v1/ask", json=question).json()
    client.delete(f"/v1/documents/{lasting['doc_id']}").raise_for_status()
    assert {status for status, _ in told} == {200}
    assert len(told) > 8
    assert all(re.search("20[0-5]億円", text) for _, text in told)
    assert "200億円" in after["text"]
    assert not re.search("20[1-5]億円", after["text"])


def test_a_document_that_is_no_upload_keeps_its_file(own: tuple[httpx.Client, Path], corpus_library: Ingested) -> None:
    client, _ = own
    (akebono,) = [
        d["doc_id"] for d in client.get("/v1/documents").json()["documents"] if d["doc_id"].startswith("akebono")
    ]
    client.delete(f"/v1/documents/{akebono}").raise_for_status()
    assert corpus_library.paths[1].is_file()


def test_a_server_may_begin_without_documents(tmp_path: Path, corpus_library: Ingested) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    with serving(home) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        problem(client.get("/readyz"), 503, "empty-library")
        told = problem(client.post("/v1/ask", json={"question": QUESTION}), 503, "empty-library")
        assert str(home) not in str(told)
        assert client.get("/v1/documents").json() == {"documents": []}
        assert upload(client, ("a.md", DECK.format(41).encode())).json()["files"][0]["status"] == "indexed"
        assert client.get("/readyz").json() == {"status": "ready", "documents": 1}
        assert "41億円" in client.post("/v1/ask", json={"question": "かささぎ計画の予算は？"}).json()["text"]


# Problems and limits


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/v1/ask", {"question": ""}, "/question"),
        ("/v1/ask", {"question": "あ" * (LONGEST_QUESTION + 1)}, "/question"),
        ("/v1/ask", {"question": "a", "k": 0}, "/k"),
        ("/v1/ask", {"question": "a", "k": 101}, "/k"),
        ("/v1/ask", {"question": "a", "hist": []}, "/hist"),
        ("/v1/ask", {"question": "a", "history": [{"question": "b"}] * 51}, "/history"),
        ("/v1/ask", {"question": 5}, "/question"),
        ("/v1/retrieve", {"query": "a", "where": {"since": "yesterday"}}, "/where/since"),
        ("/v1/retrieve", {"query": "a", "where": {"since": "2025-13"}}, "/where/since"),
        ("/v1/retrieve", {"query": "a", "where": {"until": "２０２５"}}, "/where/until"),
        ("/v1/check", {"text": ""}, "/text"),
        ("/v1/check", {"text": "あ" * 200_001}, "/text"),
    ],
)
def test_what_does_not_fit_is_named(client: httpx.Client, path: str, body: dict[str, Any], place: str) -> None:
    told = problem(client.post(path, json=body), 422, "invalid")
    assert [error["pointer"] for error in told["errors"]] == [place]


def test_a_question_in_a_language_that_is_not_read_is_refused(client: httpx.Client) -> None:
    asked = {"question": "B-cure의 2025년도 예산은?"}
    answer = client.post("/v1/ask", json=asked).json()
    assert (answer["status"], answer["refusal"]["code"]) == ("refused", "language_not_read")
    ((name, last),) = events(client.post("/v1/ask", json={**asked, "stream": True}).text)
    assert (name, last["refusal"]) == ("answer", answer["refusal"])


def test_a_day_that_no_calendar_has_is_told(client: httpx.Client) -> None:
    for path, asked in (("/v1/retrieve", {"query": "a"}), ("/v1/ask", {"question": "a"})):
        told = problem(client.post(path, json={**asked, "where": {"since": "2025-02-30"}}), 422, "question")
        assert "2025-02-30" not in told["title"]


@pytest.mark.parametrize(
    "body", [b"{", b'{"k": ', b"[" * 100_000, b"\xff", b'{"k": ' + b"9" * 5_000 + b"}"], ids=lambda body: repr(body[:8])
)
def test_what_is_no_json_is_a_problem(client: httpx.Client, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert "no JSON" in problem(response, 400, "json")["detail"]


@pytest.mark.parametrize("body", [b"", b'{"question": "\\ud800"}', b"null", b"NaN", b"[1]"])
def test_what_is_no_request_is_a_problem(client: httpx.Client, body: bytes) -> None:
    problem(client.post("/v1/ask", content=body, headers={"content-type": "application/json"}), 422, "invalid")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
@pytest.mark.parametrize("path", ["/v1/retrieve", "/v1/ask", "/v1/check", "/v1/chat/completions"])
def test_what_is_not_said_to_be_json_is_told_so(client: httpx.Client, path: str, kind: str | None) -> None:
    headers = {"content-type": kind} if kind else {}
    told = problem(client.post(path, content=b'{"query": "a"}', headers=headers), 415, "content-type")
    assert "application/json" in told["detail"]


@pytest.mark.parametrize("path", ["/v1/retrieve", "/v1/documents"])
def test_what_is_packed_is_not_unpacked(client: httpx.Client, path: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    response = client.post(path, content=gzip.compress(b'{"query": "a"}'), headers=headers)
    problem(response, 415, "content-encoding")


@pytest.mark.parametrize("question", [" ", "　\n", "\u200b"])
def test_a_question_of_nothing_is_a_problem(client: httpx.Client, question: str) -> None:
    response = client.post("/v1/ask", json={"question": question})
    assert response.status_code in (200, 422)
    if response.status_code == 422:
        problem(response, 422, "question")


def test_a_large_body_is_not_read(client: httpx.Client) -> None:
    large = json.dumps({"question": "あ", "x": "a" * 1024**2}).encode()
    problem(client.post("/v1/ask", content=large, headers={"content-type": "application/json"}), 413, "too-large")

    def in_pieces() -> Iterator[bytes]:  # without a length to be refused by
        for at in range(0, len(large), 65536):
            yield large[at : at + 65536]

    response = client.post("/v1/ask", content=in_pieces(), headers={"content-type": "application/json"})
    problem(response, 413, "too-large")


def test_requests_have_ids(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    for given in (b"a" * 65, b"x y", "日本".encode(), b""):
        made = client.get("/healthz", headers={b"x-request-id": given}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{16}", made)
    assert problem(client.get("/nothing", headers={"x-request-id": "mine"}), 404, "http")["request_id"] == "mine"


def test_the_description_has_examples_and_every_problem(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["paths"].keys() >= {"/v1/ask", "/v1/retrieve", "/v1/check", "/v1/documents", "/healthz"}
    for name in ("AskBody", "RetrieveBody", "CheckBody"):
        assert described["components"]["schemas"][name]["examples"]
    responses = described["paths"]["/v1/ask"]["post"]["responses"]
    assert responses.keys() >= {"200", "401", "403", "413", "422", "429", "503", "504"}
    assert client.get("/docs").status_code == 404  # its scripts would come from another host


def test_prometheus_reads_measures(client: httpx.Client) -> None:
    client.post("/v1/ask", json={"question": QUESTION})
    client.get("/v1/whatever/it/is")
    told = client.get("/metrics").text
    assert re.search(r'lsqa_answers_total\{mode="quote",status="answered"\} [1-9]', told)
    assert 'route="/v1/ask"' in told
    assert 'route="other"' in told
    assert "whatever" not in told
    assert "あけぼの" not in told


def test_the_log_tells_nothing_of_the_question(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="lsqa.access"):
        client.post("/v1/ask", json={"question": QUESTION}, headers={"x-request-id": "logged"})
        until = time.monotonic() + 30
        found: list[dict[str, Any]] = []
        while not found and time.monotonic() < until:  # the answer is there before its line
            time.sleep(0.01)
            lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name == "lsqa.access"]
            found = [line for line in lines if line["id"] == "logged"]  # what others left may end now
    (line,) = found
    assert line.keys() == {"time", "level", "logger", "message", "id", "route", "method", "status", "ms", "stages_ms"}
    assert set(line["stages_ms"]) == {"retrieve", "answer", "check", "total"}


# Beyond capacity, out of time, left alone


class BlockedModel(ScriptedModel):
    """Says nothing until it is let go, then nothing of use. `began` counts the replies that were begun."""

    is_endless: bool = False

    _go: threading.Event = PrivateAttr(default_factory=threading.Event)
    _began: threading.Semaphore = PrivateAttr(default_factory=lambda: threading.Semaphore(0))
    _left: threading.Event = PrivateAttr(default_factory=threading.Event)

    def _stream(self, *args: Any, **kwargs: Any) -> Any:
        self._began.release()
        self._go.wait(120)
        try:
            yield from ScriptedModel(replies=['{"claims": []'])._stream([])
            while self.is_endless:
                yield from ScriptedModel(replies=[" "])._stream([])
                time.sleep(0.02)
            yield from ScriptedModel(replies=["}"])._stream([])
        finally:
            self._left.set()


def test_beyond_capacity_there_is_an_answer_at_once(corpus_library: Ingested) -> None:
    model = BlockedModel(replies=[])
    with (
        serving(corpus_library.home, model, api_waiting=2, llm_seconds=120.0) as client,
        ThreadPoolExecutor(40) as threads,
    ):

        def ask() -> httpx.Response:
            return client.post("/v1/ask", json={"question": QUESTION})

        client.get("/readyz").raise_for_status()
        taken = [threads.submit(ask) for _ in range(18)]
        for _ in range(16):
            assert model._began.acquire(timeout=60)
        deadline = time.monotonic() + 60
        while "lsqa_work_taken 18.0" not in client.get("/metrics").text and time.monotonic() < deadline:
            time.sleep(0.05)
        started = time.perf_counter()
        refused = ask()
        assert time.perf_counter() - started < 20  # the model says nothing for longer
        problem(refused, 503, "busy")
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/healthz").status_code == 200
        model._go.set()
        assert {answer.result().status_code for answer in taken} == {200}
        assert ask().status_code == 200


def asked_and_left(client: httpx.Client, path: str, body: Any, is_begun: Callable[[], bool]) -> None:
    """As a client that hangs up, not before what it asked for `is_begun`: a fixed time may be over earlier."""
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json, text/event-stream\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=60) as raw:
        raw.sendall(head.encode() + content)
        assert is_begun()
        raw.settimeout(0)
        with pytest.raises(BlockingIOError):  # there is no answer yet
            raw.recv(1)


def test_an_answer_that_takes_too_long_is_called_off(corpus_library: Ingested) -> None:
    model = BlockedModel(replies=[], is_endless=True)
    model._go.set()
    with serving(corpus_library.home, model, api_seconds=2.0) as client:
        client.get("/readyz").raise_for_status()
        problem(client.post("/v1/ask", json={"question": QUESTION}), 504, "timeout")
        assert model._left.wait(60)


def test_who_hangs_up_calls_the_answer_off(corpus_library: Ingested) -> None:
    model = BlockedModel(replies=[], is_endless=True)
    model._go.set()
    with serving(corpus_library.home, model) as client:
        client.get("/readyz").raise_for_status()
        asked_and_left(client, "/v1/ask", {"question": QUESTION}, lambda: model._began.acquire(timeout=60))
        assert model._left.wait(60)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": QUESTION, "stream": True}),
        (
            "/v1/chat/completions",
            {"model": "lsqa", "messages": [{"role": "user", "content": QUESTION}], "stream": True},
        ),
    ],
)
def test_a_silence_is_filled_with_comments(slow: tuple[httpx.Client, BlockedModel], path: str, body: Any) -> None:
    client, model = slow
    model._go.clear()
    lines: list[str] = []
    with client.stream("POST", path, json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            lines += [line] if line else []
            if [line[:1] for line in lines[-2:]] == [":", ":"]:
                model._go.set()
    assert model._go.is_set()  # two comments, one after the other, before there was an answer
    comments = [line for line in lines if line.startswith(":")]
    told = [line for line in lines if line.startswith("data: ")]
    assert json.loads(told[-1 if path == "/v1/ask" else -2].removeprefix("data: "))
    assert len(comments) < len(lines)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_who_leaves_a_silent_stream_calls_the_answer_off(
    slow: tuple[httpx.Client, BlockedModel], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, model = slow
    model._go.clear()
    model._left.clear()
    while model._began.acquire(blocking=False):
        pass
    question = {"model": "lsqa", "messages": [{"role": "user", "content": QUESTION}]}
    body = {"stream": True, **(question if path != "/v1/ask" else {"question": QUESTION})}
    with client.stream("POST", path, json=body) as response:
        assert next(line for line in response.iter_lines() if line.startswith(":"))
        assert model._began.acquire(timeout=60)
    model.is_endless = True
    model._go.set()
    try:
        assert model._left.wait(60)
    finally:
        model.is_endless = False
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


def test_what_fails_at_once_is_no_stream(slow: tuple[httpx.Client, BlockedModel]) -> None:
    client, _ = slow
    body = {"question": QUESTION, "stream": True, "where": {"documents": ["kaiju"]}}
    problem(client.post("/v1/ask", json=body), 404, "unknown-document")


@pytest.fixture(scope="module")
def slow(corpus_library: Ingested) -> Iterator[tuple[httpx.Client, BlockedModel]]:
    """A server whose language model waits until it is let go, and that does not bear a silence for long."""
    model = BlockedModel(replies=[])
    with serving(corpus_library.home, model, quiet_seconds=0.15) as client:
        client.get("/readyz").raise_for_status()
        yield client, model


async def test_a_line_is_no_longer_than_anyone_waits() -> None:
    """Work that takes long leaves room for less."""
    capacity = Capacity(1, 100, "test")
    capacity._seconds = 4.0  # as measured
    go = threading.Event()
    try:
        taken = [asyncio.ensure_future(capacity.run(lambda: go.wait(10), 20)) for _ in range(3)]
        await asyncio.sleep(0.05)
        with pytest.raises(BusyError) as busy:  # three before it: twelve seconds
            await capacity.run(lambda: True, 20)
        assert busy.value.retry_after == 10
        go.set()
        assert await asyncio.gather(*taken) == [True] * 3
    finally:
        capacity.close()


async def test_a_place_is_free_again_when_its_work_has_ended() -> None:
    capacity = Capacity(1, 0, "test")
    try:
        for _ in range(3):
            assert await capacity.run(lambda: 1, 5) == 1
        with pytest.raises(ZeroDivisionError):
            await capacity.run(lambda: 1 // 0, 5)
        go = threading.Event()
        with pytest.raises(TimeoutError):
            await capacity.run(lambda: go.wait(10), 0.05)
        with pytest.raises(BusyError):  # its thread is still at it
            await capacity.run(lambda: 1, 5)
        go.set()
        while capacity.taken:
            time.sleep(0.01)
        assert await capacity.run(lambda: 1, 5) == 1
    finally:
        capacity.close()


# The command


def test_the_server_serves_until_it_is_interrupted(corpus_library: Ingested, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lsqa", "serve", "--port", "0", "--home", str(corpus_library.home)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=clean) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert url, line
        told = httpx.post(f"{url[0]}/v1/ask", json={"question": QUESTION}, timeout=60).json()
        assert "12億円" in told["text"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (0, 130, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()


def test_it_does_not_serve_others_without_tokens(invoke: Invoke, corpus_library: Ingested) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "example.org"):
        done = invoke("serve", "--host", host, "--home", corpus_library.home)
        assert (done.code, "LSQA_API_TOKENS" in done.complaint) == (2, True)
