"""A clock that jumps by a day and back while a server runs: libfaketime tells the process another time."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.served import ServerProcess

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed (Debian's package is faketime)")
DAY = 86_400
TOKEN = "a-token-that-may-do-everything"
QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"
IMAGE = "/v1/documents/mext-life-science-2025/pages/{}/image"


@pytest.fixture
def jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the clock of what is started from here by so many seconds beside the machine's."""
    offset = tmp_path / "offset"

    def set_to(seconds: int) -> None:
        offset.write_text(f"{seconds:+d}s\n")

    set_to(0)
    # As on a machine whose clock is set: what counts seconds since its start does not jump.
    variables = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return set_to


def told_time(client: httpx.Client) -> int:
    """What the server takes the time for."""
    message = {"role": "user", "content": QUESTION}
    body = client.post("/v1/chat/completions", json={"model": "lsqa", "messages": [message]}).json()
    return int(body["created"])


def uploaded(client: httpx.Client, number: int) -> Any:
    text = f"# 計画{number}\n\n第{number}期の担当は第{number}課である。\n"
    return client.post("/v1/documents", files={"files": (f"plan{number}.md", text.encode())})


def test_a_server_goes_on_when_its_clock_jumps(own_home: Path, jump: Callable[[int], None]) -> None:
    server = ServerProcess(own_home, api_tokens=TOKEN, api_seconds="60")
    server.start()
    known = {"authorization": f"Bearer {TOKEN}"}
    try:
        with httpx.Client(base_url=server.url, headers=known, timeout=120) as client:
            images = []
            for number, offset in enumerate((0, DAY, 0, -DAY, 0)):
                jump(offset)
                assert abs(told_time(client) - time.time() - offset) < DAY / 2  # it has jumped
                found = client.post("/v1/retrieve", json={"query": QUESTION, "k": 1}).json()["hits"]
                assert found[0]["doc_id"].startswith("akebono")
                assert "12億円" in client.post("/v1/ask", json={"question": QUESTION}).json()["text"]
                assert client.get("/readyz").json()["status"] == "ready"
                images.append(client.get(IMAGE.format(1)).content)
                assert client.get(IMAGE.format(2 + number)).headers["content-type"] == "image/png"
                assert [f["status"] for f in uploaded(client, number).json()["files"]] == ["indexed"]
                assert [f["status"] for f in uploaded(client, 0).json()["files"]] == ["unchanged"]
                assert client.get("/v1/documents", headers={"authorization": "Bearer nobody"}).status_code == 401
            assert len(set(images)) == 1
    finally:
        server.kill()


def test_a_jump_of_the_clock_neither_gives_nor_takes_requests(own_home: Path, jump: Callable[[int], None]) -> None:
    server = ServerProcess(own_home, api_rate="6")  # one at once, then one in ten seconds
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=120) as client:
            assert client.get("/v1/documents").status_code == 200
            for offset in (DAY, -DAY, 0):
                jump(offset)
                refused = client.get("/v1/documents")
                assert refused.status_code == 429
                assert int(refused.headers["retry-after"]) <= 10
            time.sleep(int(refused.headers["retry-after"]) + 0.5)
            jump(-DAY)
            assert client.get("/v1/documents").status_code == 200
    finally:
        server.kill()
