"""A server that is killed while it answers and reads files in: what it acknowledged is there, once, after a restart."""

import threading
from pathlib import Path

import httpx
from tests.served import ServerProcess, served
from tests.test_api import DECK, upload

PAUSES = (0.05, 0.4, 1.2)


def write_until_killed(
    client: httpx.Client, process: ServerProcess, first: int, pause: float
) -> tuple[dict[str, int], set[int]]:
    """What was acknowledged of many uploads when the server was killed in their middle, and how questions ended
    meanwhile. Seconds of `pause` after the second upload."""
    acknowledged: dict[str, int] = {}
    gone = threading.Event()
    statuses: set[int] = set()

    def write() -> None:
        try:
            for number in range(first, first + 40):
                answer = upload(client, (f"plan-{number}.md", DECK.format(number).encode()))
                assert answer.status_code == 200, answer.text
                (file,) = answer.json()["files"]
                acknowledged[file["doc_id"]] = number
        except httpx.HTTPError:  # a clear end
            pass
        finally:
            gone.set()

    def ask() -> None:
        while not gone.is_set():
            try:
                statuses.add(client.post("/v1/ask", json={"question": "かささぎ計画の予算は？"}).status_code)
            except httpx.HTTPError:  # a clear end
                return

    threads = [threading.Thread(target=work) for work in (write, ask)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 2:
        assert not gone.wait(0.01)
    threading.Event().wait(pause)  # in the middle of the next
    process.end()
    for thread in threads:
        thread.join(30)
    assert gone.is_set()
    return acknowledged, statuses


def check_all_is_there(client: httpx.Client, acknowledged: dict[str, int]) -> None:
    listed = [d["doc_id"] for d in client.get("/v1/documents").json()["documents"]]
    for doc_id, number in acknowledged.items():
        assert listed.count(doc_id) == 1
        where = {"documents": [doc_id]}
        hits = client.post("/v1/retrieve", json={"query": "かささぎ計画の予算", "where": where}).json()["hits"]
        assert f"{number}億円" in hits[0]["text"]
        assert hits[0]["vector_rank"]
        assert hits[0]["keyword_rank"]


def test_what_was_acknowledged_survives_kills(own_home: Path) -> None:
    """Killed three times, at other moments of an upload; each server goes on with what the one before it left."""
    acknowledged: dict[str, int] = {}
    for turn, pause in enumerate(PAUSES):
        with served(own_home) as (client, process):
            check_all_is_there(client, acknowledged)
            more, statuses = write_until_killed(client, process, 300 + 100 * turn, pause)
            assert len(more) >= 2
            assert statuses <= {200}
            acknowledged |= more
    with served(own_home) as (client, _):
        check_all_is_there(client, acknowledged)
        (file,) = upload(client, ("plan-999.md", DECK.format(999).encode())).json()["files"]  # no lock was left
        assert file["status"] == "indexed"
