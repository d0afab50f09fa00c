"""What `lsqa serve` logs: objects of JSON, from the process that serves and from workers alike."""

import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.served import served
from tests.test_ingest import HashEmbeddings

from lsqa.api.log_lines import JsonLines, request_id_of_task
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"


def record(message: str, *arguments: object, exception: bool = False) -> logging.LogRecord:
    return logging.LogRecord(
        "lsqa.api", logging.WARNING, __file__, 1, message, arguments, sys.exc_info() if exception else None
    )


def formatted(one: logging.LogRecord) -> dict[str, Any]:
    line = JsonLines().format(one)
    assert "\n" not in line
    told: dict[str, Any] = json.loads(line)
    return told


def test_a_line_says_when_how_grave_who_and_what() -> None:
    line = formatted(record("two\nlines of %s", "予算"))
    assert list(line) == ["time", "level", "logger", "message"]
    assert (line["level"], line["logger"], line["message"]) == ("warning", "lsqa.api", "two\nlines of 予算")
    assert line["time"].endswith("Z")
    assert abs(datetime.fromisoformat(line["time"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_line_within_a_request_has_its_id() -> None:
    token = request_id_of_task.set("abc")
    try:
        assert formatted(record("x"))["id"] == "abc"
    finally:
        request_id_of_task.reset(token)


def test_an_exception_is_told_without_its_words() -> None:
    def fail() -> None:
        try:
            int("極秘のひまわり")
        except ValueError as error:
            raise RuntimeError("極秘のひまわり作戦") from error

    try:
        fail()
    except RuntimeError:
        line = formatted(record("failed", exception=True))
    assert [e["type"] for e in line["exception"]] == ["RuntimeError", "ValueError"]
    assert line["exception"][0]["frames"][-1].startswith(f"{__file__}:")
    assert line["exception"][0]["frames"][-1].endswith(" fail")
    assert "ひまわり" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "workers"])
def test_every_line_of_a_server_is_json(own_home: Path, options: tuple[str, ...]) -> None:
    """Those of requests, and those of what goes wrong: here an index that was made anew by another encoder."""
    with served(own_home, *options) as (client, process):
        asked = client.post("/v1/ask", json={"question": QUESTION}, headers={"x-request-id": "asked"})
        assert asked.json()["status"] == "answered"
        with WritableLibrary.open_for_writing(own_home, "other", rebuild=True) as library:
            ingest([], library, HashEmbeddings(24), rebuild=True)
        failed = client.post("/v1/ask", json={"question": QUESTION}, headers={"x-request-id": "failed"})
        assert failed.status_code == 503
        until = time.monotonic() + 30  # the answer is there before its line
        while process.said.count('"failed"') < 2 and time.monotonic() < until:
            time.sleep(0.05)
    plain = [line for line in process.said.splitlines() if not line.startswith("{")]
    assert all(line.startswith("lsqa: ") for line in plain), plain
    lines = [json.loads(line) for line in process.said.splitlines() if line.startswith("{")]
    (access,) = [line for line in lines if line.get("id") == "asked"]
    assert (access["logger"], access["route"], access["status"]) == ("lsqa.access", "/v1/ask", 200)
    assert access["stages_ms"] == asked.json()["timings_ms"]
    told = [line for line in lines if line.get("id") == "failed"]
    assert [(line["logger"], line["level"]) for line in told] == [("lsqa.api", "warning"), ("lsqa.access", "info")]
    assert QUESTION not in process.said
