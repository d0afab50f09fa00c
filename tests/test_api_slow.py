"""Clients that send the half of something and wait, over plain sockets."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.api_server import serving
from tests.conftest import PROJECT, Ingested

from lsqa.api.connections import MOST

BODY_SECONDS, UPLOAD_SECONDS = 0.5, 3.0
BODY = json.dumps({"query": "あけぼの計画の予算", "k": 1}).encode()
BOUNDED = 30.0  # seconds that a test waits for what should come at once


@pytest.fixture(scope="module")
def client(corpus_library: Ingested) -> Iterator[httpx.Client]:
    with serving(corpus_library.home, body_seconds=BODY_SECONDS, upload_seconds=UPLOAD_SECONDS) as client:
        yield client


def head(path: str, length: int, kind: str = "application/json") -> bytes:
    written = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    return (written + "Accept: application/json, text/event-stream\r\n\r\n").encode()


def told(raw: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of what a server says until it closes the connection."""
    raw.settimeout(BOUNDED)
    answer = b"".join(iter(lambda: raw.recv(65536), b""))
    first, _, rest = answer.partition(b"\r\n\r\n")
    return first, rest


def connected(client: httpx.Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=BOUNDED)


@pytest.mark.parametrize("path", ["/v1/retrieve", "/v1/chat/completions", "/mcp"])
@pytest.mark.parametrize("sent", [0, 10])
def test_half_a_body_ends_with_a_problem_and_the_connection(client: httpx.Client, path: str, sent: int) -> None:
    with connected(client) as raw:
        raw.sendall(head(path, len(BODY)) + BODY[:sent])
        first, rest = told(raw)
    assert b" 408 " in first.split(b"\r\n")[0]
    assert re.search(rb"(?im)^connection: close\r?$", first)
    assert b"application/problem+json" in first
    problem = json.loads(rest)
    assert (problem["status"], problem["type"]) == (408, "urn:lsqa:problem:slow-body")
    assert "0.5 s" in problem["detail"]


def test_a_body_that_never_ends_is_ended_too(client: httpx.Client) -> None:
    """A byte now and then keeps no connection open: the time is that of the whole body."""
    with connected(client) as raw:
        raw.sendall(head("/v1/retrieve", 1_000_000))
        until = time.monotonic() + BOUNDED
        raw.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() < until:
            with suppress(ConnectionError):  # it has been closed meanwhile; what was said before can still be read
                raw.sendall(b" ")
            try:
                answer = raw.recv(65536)
            except TimeoutError:
                continue
    assert b" 408 " in answer.split(b"\r\n")[0]


def test_an_upload_has_longer(client: httpx.Client) -> None:
    with connected(client) as raw:
        raw.sendall(head("/v1/documents", 1_000, "multipart/form-data; boundary=x") + b"--x\r\n")
        started = time.monotonic()
        first, rest = told(raw)
    assert time.monotonic() - started > UPLOAD_SECONDS - 0.5
    assert b" 408 " in first.split(b"\r\n")[0]
    assert "3 s" in json.loads(rest)["detail"]


def test_a_body_in_two_pieces_is_answered(corpus_library: Ingested) -> None:
    """On a server that gives it more time than a busy machine takes from one piece to the next."""
    with serving(corpus_library.home, body_seconds=BOUNDED) as client, connected(client) as raw:
        raw.sendall(head("/v1/retrieve", len(BODY)) + BODY[:10])
        time.sleep(0.05)
        raw.sendall(BODY[10:])
        assert b" 200 " in raw.recv(65536).split(b"\r\n")[0]


def test_what_waits_after_its_body_is_not_ended(client: httpx.Client) -> None:
    """Between two requests, and while an answer is made, nothing is owed."""
    body = json.loads(BODY)
    assert client.post("/v1/retrieve", json=body).status_code == 200
    time.sleep(2 * BODY_SECONDS)
    assert client.post("/v1/retrieve", json=body).status_code == 200


def test_connections_are_bounded() -> None:
    """`tests/ui/test_bounds.py` opens so many."""
    assert 0 < MOST < 1_024


def test_what_is_no_http_is_a_problem(client: httpx.Client) -> None:
    with connected(client) as raw:
        raw.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n")
        first, rest = told(raw)
    assert first.split(b"\r\n")[0] == b"HTTP/1.1 400 Bad Request"
    assert b"application/problem+json" in first
    assert json.loads(rest)["status"] == 400


def test_proxies_bound_what_the_server_cannot() -> None:
    """uvicorn has no time limit of a request's head."""
    deploy: Path = PROJECT / "deploy"
    assert re.search(r"^\s*client_header_timeout \d+s;", (deploy / "nginx.conf").read_text(), re.M)
    assert re.search(r"^\s*read_header \d+s", (deploy / "Caddyfile").read_text(), re.M)
