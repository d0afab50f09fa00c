"""Agents use the library by MCP: the SDK's own client on stdio, over HTTP and in memory."""

import base64
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from tests.api_server import ASK, READ
from tests.conftest import Ingested
from tests.test_ingest import HashEmbeddings

from lsqa.agent_tools import LISTED
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"


@asynccontextmanager
async def on_stdio(home: Path, mode: str = "auto") -> AsyncIterator[Client]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "lsqa", "mcp", "--home", str(home)], env={**clean, "LSQA_RERANKER": "none"}
    )
    async with Client(stdio_client(command), mode=mode) as client:
        yield client


def text_of(result: Any) -> str:
    return "\n".join(part.text for part in result.content)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_works_with_the_library_on_stdio(corpus_library: Ingested, mode: str) -> None:
    async with on_stdio(corpus_library.home, mode) as client:
        tools = (await client.list_tools()).tools
        assert {t.name for t in tools} == {"search_documents", "ask_documents", "check_text", "list_documents"}
        assert all(t.description and t.annotations and t.annotations.read_only_hint for t in tools)

        listed = await client.call_tool("list_documents", {})
        (akebono,) = [d for d in listed.structured_content["documents"] if d["doc_id"].startswith("akebono")]
        assert akebono["title"] in text_of(listed)

        found = await client.call_tool("search_documents", {"query": QUESTION, "k": 2})
        assert found.structured_content["hits"][0]["doc_id"] == akebono["doc_id"]
        assert len(found.structured_content["hits"]) == 2

        answer = await client.call_tool("ask_documents", {"question": QUESTION, "document": akebono["doc_id"]})
        assert "12億円" in text_of(answer)
        assert "[1] あけぼの計画の概要, p. 1" in text_of(answer)
        assert answer.structured_content["status"] == "answered"

        checked = await client.call_tool("check_text", {"text": "あけぼの計画の令和7年度の予算は99億円である。"})
        assert text_of(checked).startswith("contradicted: ")

        place = answer.structured_content["claims"][0]["citations"][-1]
        page: Any = await client.read_resource(f"lsqa://documents/{place['doc_id']}/pages/{place['page']}")
        text = page.contents[0].text
        assert text[place["start"] : place["end"]] == place["quote"]

        resources = (await client.list_resources()).resources
        uri = next(str(r.uri) for r in resources if r.title == akebono["title"])
        read: Any = await client.read_resource(uri)
        document = json.loads(read.contents[0].text)
        assert document["doc_id"] == akebono["doc_id"]
        assert [p["page"] for p in document["pages"]] == [1, 2]


IMAGE = "lsqa://documents/mext-life-science-2025/pages/2/image"


async def image_of(client: Client) -> bytes:
    read: Any = await client.read_resource(IMAGE)
    (content,) = read.contents
    assert content.mime_type == "image/png"
    return base64.b64decode(content.blob)


async def test_an_agent_sees_a_page_as_rest_shows_it(api: httpx.Client, corpus_library: Ingested) -> None:
    kept = corpus_library.home / "slides"
    async with over_http(str(api.base_url)) as client:
        templates = (await client.list_resource_templates()).resource_templates
        assert ("lsqa://documents/{doc_id}/pages/{number}/image", "image/png") in [
            (t.uri_template, t.mime_type) for t in templates
        ]
        seen = await image_of(client)
        drawn = len(list(kept.iterdir()))
        assert seen == api.get("/v1/documents/mext-life-science-2025/pages/2/image").content
        assert len(list(kept.iterdir())) == drawn  # one image for both
    assert seen.startswith(b"\x89PNG")


async def test_an_agent_sees_a_page_on_stdio(corpus_library: Ingested) -> None:
    async with on_stdio(corpus_library.home) as client:
        assert (await image_of(client)).startswith(b"\x89PNG")


async def test_a_page_without_an_image_says_so(api: httpx.Client) -> None:
    async with over_http(str(api.base_url)) as client:
        documents = (await client.call_tool("list_documents", {})).structured_content["documents"]
        (text, *_) = [d["doc_id"] for d in documents if d["kind"] == "markdown"]
        with pytest.raises(MCPError, match="there is no image of it"):
            await client.read_resource(f"lsqa://documents/{text}/pages/1/image")
        for place in ("mext-life-science-2025/pages/999", "kaiju/pages/1"):
            with pytest.raises(MCPError, match="there is no"):
                await client.read_resource(f"lsqa://documents/{place}/image")


async def listed(client: Client) -> list[list[str]]:
    """The names of the resources, a list for each call."""
    pages, cursor = [], None
    while True:
        result = await client.list_resources(cursor=cursor)
        pages.append([resource.name for resource in result.resources])
        cursor = result.next_cursor
        if cursor is None:
            return pages


async def test_a_large_library_is_listed_piece_by_piece(tmp_path: Path) -> None:
    count = 2 * LISTED
    lines = [json.dumps({"id": f"文書-{n:03}", "title": f"題{n}", "text": f"期間は{n}年。"}) for n in range(count)]
    (tmp_path / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    home = tmp_path / "home"
    with WritableLibrary.open_for_writing(home, embedder_fingerprint("bundled")) as library:
        ingest([tmp_path / "many.jsonl"], library, HashEmbeddings())  # nothing is searched here
        assert library.catalogue.document_count == count
    async with on_stdio(home) as client:
        pages = await listed(client)
        assert [len(page) for page in pages] == [LISTED, LISTED]  # and no empty one
        names = [name for page in pages for name in page]
        assert names == sorted(names)
        assert len(set(names)) == count
        first = await client.list_resources()
        assert first.next_cursor == first.resources[-1].name


async def test_a_listing_goes_on_after_a_document_that_was_removed(api: httpx.Client) -> None:
    async with over_http(str(api.base_url)) as client:
        (names,) = await listed(client)
        (rest,) = [(await client.list_resources(cursor=names[-2])).resources]
        assert [resource.name for resource in rest] == names[-1:]
        gone = await client.list_resources(cursor=names[0] + "-which-was-removed")
        assert [resource.name for resource in gone.resources] == names[1:]
        assert (await client.list_resources(cursor="\U0010ffff")).resources == []


async def test_what_goes_wrong_is_told_to_the_agent(api: httpx.Client) -> None:
    async with over_http(str(api.base_url)) as client:
        unknown = await client.call_tool("ask_documents", {"question": QUESTION, "document": "kaiju"})
        assert unknown.is_error
        assert "kaiju" in text_of(unknown)
        assert (await client.call_tool("ask_documents", {"question": ""})).is_error
        assert (await client.call_tool("search_documents", {"query": "a", "k": 1000})).is_error
        for uri in (
            "lsqa://documents/kaiju",
            "lsqa://documents/kaiju/pages/1",
            "lsqa://documents/..%2F..%2Fetc/pages/1",
        ):
            with pytest.raises(MCPError):
                await client.read_resource(uri)


async def test_an_empty_library_says_so(tmp_path: Path) -> None:
    async with on_stdio(tmp_path) as client:
        assert "no documents" in text_of(await client.call_tool("list_documents", {}))
        asked = await client.call_tool("ask_documents", {"question": QUESTION})
        assert (asked.is_error, str(tmp_path) in text_of(asked)) == (True, False)


@asynccontextmanager
async def over_http(url: str, token: str = "") -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        yield client


async def test_an_agent_works_with_the_library_over_http(api: httpx.Client) -> None:
    async with over_http(str(api.base_url)) as client:
        answer = await client.call_tool("ask_documents", {"question": QUESTION})
        assert "12億円" in text_of(answer)


async def test_over_http_a_token_is_needed(api_with_tokens: httpx.Client) -> None:
    async with over_http(str(api_with_tokens.base_url), ASK) as client:
        assert "12億円" in text_of(await client.call_tool("ask_documents", {"question": QUESTION}))
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"accept": "application/json, text/event-stream"}
    assert api_with_tokens.post("/mcp", json=call, headers=accept).status_code == 401
    reading = {**accept, "authorization": f"Bearer {READ}"}
    assert api_with_tokens.post("/mcp", json=call, headers=reading).status_code == 403
    evil = {**accept, "authorization": f"Bearer {ASK}", "origin": "https://evil.example"}
    assert api_with_tokens.post("/mcp", json=call, headers=evil).status_code == 403
