"""REST and the chat page on one server, as `lsqa serve` has them: what is not there is a problem all the same."""

from collections.abc import Iterator

import httpx
import pytest
from tests.api_server import ALL, TOKENS, paged, serving
from tests.conftest import Ingested
from tests.test_api import QUESTION, problem


@pytest.fixture(scope="module")
def paged_client(corpus_library: Ingested) -> Iterator[httpx.Client]:
    with paged(corpus_library.home) as client:
        yield client


@pytest.fixture(params=["with the page", "without"])
def client(request: pytest.FixtureRequest) -> httpx.Client:
    found: httpx.Client = request.getfixturevalue("paged_client" if request.param == "with the page" else "api")
    return found


def test_the_page_stands_at_the_root_and_rest_beside_it(paged_client: httpx.Client) -> None:
    page = paged_client.get("/")
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "gradio" in page.text
    assert "12億円" in paged_client.post("/v1/ask", json={"question": QUESTION}).json()["text"]
    assert paged_client.get("/healthz").json() == {"status": "ok"}


def test_what_is_not_there_is_a_problem(client: httpx.Client) -> None:
    problem(client.get("/v1/nothing"), 404, "http")
    problem(client.post("/v1/chat/nothing", json={}), 404, "http")
    problem(client.get("/v1"), 404, "http")
    problem(client.get("/mcp/nothing"), 404, "http")
    for method, path, allowed in (
        ("PUT", "/v1/ask", "POST"),
        ("GET", "/v1/ask", "POST"),
        ("HEAD", "/v1/ask", "POST"),
        ("PATCH", "/v1/documents", "GET, HEAD, POST"),
        ("POST", "/v1/documents/a", "DELETE, GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/metrics", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
        ("GET", "/mcp", "POST"),
        ("DELETE", "/mcp", "POST"),
    ):
        response = client.request(method, path)
        if method == "HEAD":
            assert (response.status_code, response.content) == (405, b"")
            assert response.headers["allow"] == allowed
            continue
        problem(response, 405, "http")
        assert response.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/documents", "/v1/models", "/openapi.json"])
def test_head_is_answered_as_get_without_the_body(client: httpx.Client, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]


def test_names_of_others_are_a_problem_to_rest_and_not_answered_by_the_page(paged_client: httpx.Client) -> None:
    evil = {"host": "evil.example"}
    problem(paged_client.get("/v1/documents", headers=evil), 403, "host")
    problem(paged_client.post("/mcp", json={}, headers=evil), 403, "host")
    assert paged_client.get("/", headers=evil).status_code == 421


def test_with_tokens_the_page_asks_who_comes_and_any_name_will_do(corpus_library: Ingested) -> None:
    with paged(corpus_library.home, api_tokens=TOKENS) as client:
        problem(client.get("/v1/nothing"), 401, "token")
        known = {"authorization": f"Bearer {ALL}", "host": "lsqa.example"}
        problem(client.get("/v1/nothing", headers=known), 404, "http")
        assert client.get("/v1/documents", headers=known).status_code == 200
        assert "auth_required" in client.get("/").text


def test_measures_name_no_path_that_was_made_up(corpus_library: Ingested) -> None:
    with serving(corpus_library.home, api_tokens=TOKENS) as client:
        client.get("/v1/made-up")
        client.post("/v1/ask", json={})
        told = client.get("/metrics", headers={"authorization": f"Bearer {ALL}"}).text
    assert 'lsqa_requests_total{method="POST",route="/v1/ask",status="401"} 1.0' in told
    assert "made-up" not in told
