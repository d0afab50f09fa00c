"""A server that is told to end: what it has in hand is answered, nothing of it stays, and that is no failure."""

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from tests.conftest import Ingested
from tests.model_server import Says, serve
from tests.scripted_model import drafted
from tests.served import ServerProcess, served

from lsqa.cli.network import told_to_end

CLIENTS = 3
QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"
REPLY = drafted(("あけぼの計画の令和7年度の予算は12億円である。", [(1, "令和7年度の予算は12億円である。")]))
KINDS = pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "workers"])


def ask(client: httpx.Client) -> int:
    """How a request ends that is in hand until the language model goes on."""
    return client.post("/v1/ask", json={"question": QUESTION}).status_code


def comes_true(holds: Callable[[], bool]) -> bool:
    """Whether something holds within two minutes."""
    until = time.monotonic() + 120
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@KINDS
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_hand_is_answered_and_nothing_stays(
    corpus_library: Ingested, options: tuple[str, ...], told: signal.Signals
) -> None:
    held = threading.Event()
    variables = {"llm": "openai:small", "llm_seconds": "100"}
    with (
        serve(Says(REPLY, held=held)) as model,
        served(corpus_library.home, *options, llm_base_url=model.url, **variables) as (_, process),
        ExitStack() as open_ones,
        ThreadPoolExecutor() as threads,
    ):
        httpx.get(f"{process.url}/readyz", timeout=120).raise_for_status()
        clients = [open_ones.enter_context(httpx.Client(base_url=process.url, timeout=120)) for _ in range(CLIENTS)]
        asked = [threads.submit(ask, client) for client in clients]
        assert comes_true(lambda: len(model.requests) == CLIENTS)
        workers = process.workers()
        assert len(workers) == (2 if options else 0)
        assert not any(one.done() for one in asked)
        # A second after the server was told: it gives ten, and a busy machine needs some of them.
        going_on = threading.Timer(1.0, held.set)
        going_on.start()
        code = process.told(told)
        assert [one.result() for one in asked] == [200] * len(clients)
        going_on.join()
        assert code == 0
        assert all(map(is_gone, workers))
        assert "Traceback" not in process.said
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{process.url}/healthz", timeout=10)


def test_workers_are_replaced_added_and_ended_by_signals_while_questions_are_answered(corpus_library: Ingested) -> None:
    """As gunicorn and uvicorn have it: SIGHUP, SIGTTIN, SIGTTOU."""

    def eventually(is_so: Callable[[set[int]], bool]) -> set[int]:
        until = time.monotonic() + 120
        while not is_so(workers := set(process.workers())):
            assert time.monotonic() < until, workers
            with suppress(httpx.RemoteProtocolError):  # a worker that ended took the connection, and saw no request yet
                answer = httpx.post(f"{process.url}/v1/retrieve", json={"query": "B-cureの予算", "k": 1}, timeout=60)
                assert answer.status_code == 200
        return workers

    with served(corpus_library.home, "--workers", "2") as (_, process):
        before = eventually(lambda workers: len(workers) == 2)
        process.send(signal.SIGHUP)
        after = eventually(lambda workers: len(workers) == 2 and workers.isdisjoint(before))
        process.send(signal.SIGTTIN)
        more = eventually(lambda workers: len(workers) == 3)
        assert after < more
        process.send(signal.SIGTTOU)
        eventually(lambda workers: len(workers) == 2)
        process.send(signal.SIGTTOU)
        eventually(lambda workers: len(workers) == 1)
        process.send(signal.SIGTTOU)
        process.send(signal.SIGHUP)
        eventually(lambda workers: len(workers) == 1 and workers.isdisjoint(more))
        process.send(signal.SIGHUP)
        last = eventually(lambda workers: len(workers) == 2)  # one that ends soon, and one that starts
        assert process.told(signal.SIGTERM) == 0
        assert all(map(is_gone, last))
        assert "Traceback" not in process.said


@KINDS
def test_told_to_end_before_it_serves_it_ends(corpus_library: Ingested, options: tuple[str, ...]) -> None:
    process = ServerProcess(corpus_library.home, *options)
    process.begin()
    try:
        until = time.monotonic() + 60
        while not process.catches(signal.SIGTERM):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert process.told(signal.SIGTERM) == 0
    finally:
        process.end()
    assert process.said == ""


def importing(*, is_told: bool) -> None:
    """As a module in C is imported: whatever is raised meanwhile becomes an ImportError."""
    try:
        if is_told:
            signal.raise_signal(signal.SIGTERM)
    finally:
        raise ImportError("initialization failed")


@pytest.mark.parametrize(("is_told", "ends_with"), [(True, SystemExit), (False, ImportError)])
def test_told_to_end_in_the_middle_of_an_import_it_ends_without_a_complaint(
    is_told: bool, ends_with: type[BaseException]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(ends_with) as end, told_to_end():
            importing(is_told=is_told)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not is_told or end.value.code == 0  # type: ignore[attr-defined]
