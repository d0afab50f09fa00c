"""What clients of the page may keep open, and how long: over plain sockets."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from benchmarks.serving_page import started
from tests.api_server import Running
from tests.conftest import Ingested
from tests.test_api import problem
from tests.test_api_slow import BODY_SECONDS, UPLOAD_SECONDS, head, told

from lsqa.api.body_limits import body_limits
from lsqa.api.connections import MOST
from lsqa.settings import load_settings
from lsqa.ui.desk import Desk
from lsqa.ui.serving import page_app

JOIN, UPLOAD = "/gradio_api/queue/join", "/gradio_api/upload"


@pytest.fixture(scope="module")
def client(corpus_library: Ingested) -> Iterator[httpx.Client]:
    """A client of the page alone, as `lsqa ui` serves it, that waits less long and takes a megabyte."""
    settings = load_settings(home=str(corpus_library.home), max_upload_mb="1", max_upload_files="1")[0]
    desk = Desk(settings)
    server = Running(page_app(desk, limits=body_limits(settings, BODY_SECONDS, UPLOAD_SECONDS)))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.ready.wait(30)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client
    server.should_exit = True
    thread.join(30)
    desk.close()


def connected(client: httpx.Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=30)


@pytest.mark.parametrize(
    ("path", "kind", "seconds"),
    [(JOIN, "application/json", BODY_SECONDS), (UPLOAD, "multipart/form-data; boundary=x", UPLOAD_SECONDS)],
)
def test_half_a_body_ends_in_its_time(client: httpx.Client, path: str, kind: str, seconds: float) -> None:
    with connected(client) as raw:
        started_at = time.monotonic()
        raw.sendall(head(path, 1_000, kind) + b"--x\r\n")
        first, _ = told(raw)
    assert time.monotonic() - started_at > seconds - 0.1
    assert b" 408 " in first.split(b"\r\n")[0]


def test_a_body_that_is_too_long_is_refused_before_it_comes(client: httpx.Client) -> None:
    with connected(client) as raw:
        raw.sendall(head(UPLOAD, 10_000_000, "multipart/form-data; boundary=x"))
        first, rest = told(raw)
    assert b" 413 " in first.split(b"\r\n")[0]
    assert b"bytes" in rest


def test_a_whole_body_is_taken(client: httpx.Client) -> None:
    answer = client.post(JOIN, json={"data": [], "fn_index": 0, "session_hash": "a"})
    assert answer.status_code not in (408, 413)
    uploaded = client.post(UPLOAD, files={"files": ("a.md", b"# a")})
    assert (uploaded.status_code, len(json.loads(uploaded.text))) == (200, 1)


def test_connections_of_the_page_are_bounded(corpus_library: Ingested) -> None:
    with started(corpus_library.home) as address, ExitStack() as idle:
        port = httpx.URL(address).port or 0
        for _ in range(MOST):
            idle.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        beyond = httpx.get(address, timeout=60)
        assert problem(beyond, 503, "busy")["detail"]
        assert int(beyond.headers["retry-after"]) >= 1
        idle.close()
        until = time.monotonic() + 60
        while (status := httpx.get(address, timeout=60).status_code) == 503 and time.monotonic() < until:
            time.sleep(0.1)
        assert status == 200
