"""The load test's own client: what it counts is what a server said."""

import asyncio
import json
from itertools import islice

import httpx
from benchmarks.loopback import Connection, encoded
from benchmarks.serving import distinct


async def test_a_kept_connection_gives_reply_after_reply(api: httpx.Client) -> None:
    url = str(api.base_url).rstrip("/")
    with Connection(url) as connection:
        for query in ("予算", "あけぼの計画"):
            reply = await connection.post(encoded(url, "/v1/retrieve", {"query": query, "k": 1}))
            assert (reply.status, json.loads(reply.body)["query"]) == (200, query)
        refused = await connection.post(encoded(url, "/v1/retrieve", {"query": ""}))
        assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")


async def test_a_server_that_is_gone_is_an_error() -> None:
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with Connection(f"http://127.0.0.1:{port}") as connection:
        try:
            await connection.post(b"POST / HTTP/1.1\r\n\r\n")
        except (OSError, EOFError):
            pass
        else:
            raise AssertionError("nothing was said")
    listening.close()


def test_no_question_is_asked_twice() -> None:
    asked = list(islice(distinct(["a", "b"]), 6))
    assert asked[:2] == ["a", "b"]
    assert len(set(asked)) == 6
