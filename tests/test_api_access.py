"""Who may do what over the network: tokens and their scopes, rates, other sites' pages."""

import json
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from tests.api_server import ALL, ASK, HASHED, ORIGIN, PLAIN, READ, TOKENS, paged, serving
from tests.conftest import Ingested
from tests.test_api import QUESTION, problem

from lsqa.api.access import Access
from lsqa.api.binding import is_loopback, require_tokens
from lsqa.api.problems import ProblemError
from lsqa.api.rates import RateLimit, network_of
from lsqa.api.tokens import ANYONE, Tokens
from lsqa.errors import SettingsError, UsageError
from lsqa.ui.access import login


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def client(api_with_tokens: httpx.Client) -> httpx.Client:
    return api_with_tokens


REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "read": ("POST", "/v1/retrieve", {"json": {"query": "予算", "k": 1}}),
    "ask": ("POST", "/v1/ask", {"json": {"question": QUESTION}}),
    "check": ("POST", "/v1/check", {"json": {"text": "予算は12億円である。"}}),
    "list": ("GET", "/v1/documents", {}),
    "metrics": ("GET", "/metrics", {}),
    "description": ("GET", "/openapi.json", {}),
    "ingest": ("DELETE", "/v1/documents/kaiju", {}),
}


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("token", ["", "nobody-knows-this-token", READ + "x", READ[:-1]])
def test_without_a_known_token_nothing_is_done(client: httpx.Client, what: str, token: str) -> None:
    method, path, more = REQUESTS[what]
    response = client.request(method, path, headers=bearer(token) if token else {}, **more)
    problem(response, 401, "token")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("token", "allowed"),
    [(ALL, set(REQUESTS)), (READ, {"read", "list", "metrics", "description"}), (HASHED, set(REQUESTS) - {"ingest"})],
)
def test_a_token_does_what_its_scopes_allow(client: httpx.Client, token: str, allowed: set[str]) -> None:
    for what, (method, path, more) in REQUESTS.items():
        response = client.request(method, path, headers=bearer(token), **more)
        if what in allowed:
            assert response.status_code == (404 if what == "ingest" else 200)
        else:
            problem(response, 403, "scope")


@pytest.mark.parametrize(
    "header", [ALL, f"Basic {ALL}", f"Bearer{ALL}", "Bearer", f"Bearer {ALL} x", f"Bearer sha256:{'0' * 64}"]
)
def test_only_a_bearer_token_is_one(client: httpx.Client, header: str) -> None:
    problem(client.get("/v1/documents", headers={"authorization": header}), 401, "token")


def test_health_needs_no_token(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_no_error_repeats_a_token(client: httpx.Client) -> None:
    for token in (READ, "nobody-knows-this-token"):
        assert token not in client.delete("/v1/documents/x", headers=bearer(token)).text


def test_tokens_are_only_kept_as_hashes() -> None:
    tokens = Tokens(TOKENS)
    assert ALL not in repr(vars(tokens))
    assert tokens.bearer(f"bearer {HASHED}") == tokens.bearer(f"BEARER  {HASHED} ")
    assert Tokens("").bearer("") is ANYONE
    assert not Tokens(" , ").are_set


@pytest.mark.parametrize("written", ["", " , ", "\n", "\t,\r\n"])
def test_nothing_but_blanks_is_no_token(written: str, tmp_path: Path) -> None:
    settings = replace(PLAIN, home=tmp_path, api_tokens=written)
    with pytest.raises(UsageError, match="LSQA_API_TOKENS"):
        require_tokens("0.0.0.0", settings)
    require_tokens("127.0.0.1", settings)
    require_tokens("0.0.0.0", replace(settings, api_tokens=f"{written},{ALL}"))
    with paged(tmp_path, api_tokens=written) as client:  # nobody has to log in, so it knows its own name only
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "written",
    [
        "short",
        "read:short",
        "sha256:abc",
        "with a blank in it 123",
        "鍵" * 20,
        "read+ask:",
        "read+ask+ingest:",  # a shell's empty variable after it: else a token of 16 characters
        f"{ALL}, read+ask+ingest: ",
        f"read+aks:{READ}",
    ],
)
def test_a_weak_token_is_refused(written: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Tokens(written)
    assert written not in refused.value.message
    assert READ not in str(refused.value)


def test_how_long_a_comparison_takes_tells_nothing_of_the_token() -> None:
    known = [f"{n:03d}-{ALL}" for n in range(200)]
    tokens = Tokens(",".join(known))
    asked = {"first": known[0], "last": known[-1], "almost": known[0][:-1] + "x", "other": "x" * len(known[0])}
    fastest = dict.fromkeys(asked, float("inf"))
    # In turns, and the fastest of each: whatever else runs on the machine only ever adds.
    for _ in range(500):
        for which, token in asked.items():
            started = time.perf_counter_ns()
            tokens.bearer(f"Bearer {token}")
            fastest[which] = min(fastest[which], time.perf_counter_ns() - started)
    assert max(fastest.values()) < 1.5 * min(fastest.values()), fastest


# Pages of other sites


def test_a_page_of_another_site_is_kept_out(client: httpx.Client) -> None:
    host = client.base_url.netloc.decode()
    for origin in ("https://evil.example", "null", f"https://{host}.evil.example"):
        response = client.get("/v1/documents", headers={**bearer(ALL), "origin": origin})
        problem(response, 403, "origin")
        assert "access-control-allow-origin" not in response.headers
    assert client.get("/v1/documents", headers={**bearer(ALL), "origin": f"http://{host}"}).status_code == 200


def test_an_origin_that_is_set_may_call(client: httpx.Client) -> None:
    asked = {"origin": "https://front.example", "access-control-request-method": "POST"}
    allowed = client.options("/v1/ask", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == "https://front.example"
    response = client.get("/v1/documents", headers={**bearer(ALL), "origin": "https://front.example"})
    assert response.headers["access-control-allow-origin"] == "https://front.example"


def test_without_tokens_only_this_machine_is_answered(api: httpx.Client) -> None:
    port = api.base_url.port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST"):
        assert api.get("/v1/documents", headers={"host": host}).status_code == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example"):
        problem(api.get("/v1/documents", headers={"host": host}), 403, "host")


# Rates


def test_who_asks_too_often_is_told_when_to_come_back(corpus_library: Ingested) -> None:
    with serving(corpus_library.home, api_rate=30) as client:  # five at once, then one every two seconds
        responses = [client.get("/v1/documents") for _ in range(8)]
        assert [r.status_code for r in responses[:5]] == [200] * 5
        problem(responses[-1], 429, "rate")
        assert 1 <= int(responses[-1].headers["retry-after"]) <= 2
        spoofed = client.get("/v1/documents", headers={"x-forwarded-for": "192.0.2.7", "forwarded": "for=192.0.2.7"})
        assert spoofed.status_code == 429


NO_JSON: dict[str, Any] = {"content": b"{", "headers": {"content-type": "application/json"}}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/retrieve", "/v1/chat/completions", "/v1/nothing", "/mcp"])
def test_who_has_no_token_is_told_so_whatever_is_sent(client: httpx.Client, path: str) -> None:
    told = problem(client.post(path, **NO_JSON), 401, "token")
    assert ("error" in told) == path.startswith("/v1/chat")
    form: dict[str, Any] = {"content": b"no form", "headers": {"content-type": "multipart/form-data"}}
    problem(client.post("/v1/documents", **form), 401, "token")
    problem(client.get("/v1/documents/a/pages/none"), 401, "token")


def sent_too_long(client: httpx.Client, path: str, **more: str) -> tuple[int, Any]:
    """Status and problem of a request whose head says that its body is too long, and that sends none of it."""
    fields = {"host": "localhost", "content-length": "99999999999", "content-type": "application/json", **more}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=30) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while not answer.endswith(b"}"):
            piece = raw.recv(65536)
            assert piece, answer
            answer += piece
    first, _, rest = answer.partition(b"\r\n\r\n")
    return int(first.split()[1]), json.loads(rest)["type"].rpartition(":")[2]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/documents", "/mcp"])
def test_a_body_that_is_too_long_is_told_to_those_who_are_let_in(client: httpx.Client, path: str) -> None:
    """To others nothing is told of what the server takes."""
    assert sent_too_long(client, path) == (401, "token")
    assert sent_too_long(client, path, **bearer(ALL)) == (413, "too-large")


def test_bodies_that_are_too_long_count_as_well(corpus_library: Ingested) -> None:
    with serving(corpus_library.home, api_rate=30) as client:
        told = [sent_too_long(client, "/v1/ask") for _ in range(8)]
    assert told[:5] == [(413, "too-large")] * 5
    assert told[-1] == (429, "rate")


@pytest.mark.parametrize("path", ["/metrics", "/openapi.json"])
def test_what_is_for_programs_is_kept_from_pages_of_others(api: httpx.Client, path: str) -> None:
    """A page that reaches this machine by a name of its own learns nothing of the library."""
    assert api.get(path).status_code == 200
    problem(api.get(path, headers={"host": "evil.example"}), 403, "host")
    problem(api.get(path, headers={"origin": "https://evil.example"}), 403, "origin")


def test_there_is_no_page_that_describes_the_interface(client: httpx.Client) -> None:
    """It would take its scripts from elsewhere."""
    for path in ("/docs", "/redoc"):
        assert client.get(path).status_code == 404


def test_a_page_that_may_call_may_read_why_it_is_not_let_in(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={}, headers={"origin": ORIGIN})
    problem(response, 401, "token")
    assert response.headers["access-control-allow-origin"] == ORIGIN


def test_what_is_malformed_counts_as_well(corpus_library: Ingested) -> None:
    with serving(corpus_library.home, api_rate=30) as client:
        responses = [client.post("/v1/ask", **NO_JSON) for _ in range(8)]
        assert [r.status_code for r in responses[:5]] == [400] * 5
        problem(responses[-1], 429, "rate")


def test_a_token_has_its_rate_from_wherever_it_comes(tmp_path: Path) -> None:
    access = Access(replace(PLAIN, home=tmp_path, api_tokens=TOKENS, api_rate=30))  # five at once
    come = [Headers(bearer(token)) for token in (ASK, READ)]
    for number in range(5):
        assert access.admit(come[0], f"192.0.2.{number}").scopes == {"read", "ask"}
    with pytest.raises(ProblemError) as refused:
        access.admit(come[0], "192.0.2.99")
    assert (refused.value.status_code, refused.value.kind) == (429, "rate")
    assert access.admit(come[1], "192.0.2.100").scopes == {"read"}


def test_the_addresses_of_one_network_have_one_rate(tmp_path: Path) -> None:
    """Whoever has an IPv6 address has 2^64 of them."""
    access = Access(replace(PLAIN, home=tmp_path, api_rate=30))
    for number in range(5):
        access.admit(Headers(), f"2001:db8:1:2::{number}")
    with pytest.raises(ProblemError):
        access.admit(Headers(), "2001:db8:1:2:ffff::9")
    access.admit(Headers(), "2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("unix") == "unix"


def test_a_request_is_counted_once(corpus_library: Ingested) -> None:
    with serving(corpus_library.home, api_rate=30, api_tokens=TOKENS) as client:
        statuses = [client.get("/v1/documents", headers=bearer(ALL)).status_code for _ in range(5)]
    assert statuses == [200] * 5


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    limit = RateLimit(60, lambda: now[0])  # ten at once
    assert [limit.wait("a") for _ in range(10)] == [0.0] * 10
    assert limit.wait("a") == pytest.approx(1.0)
    assert limit.wait("b") == 0.0
    now[0] = 0.5
    assert limit.wait("a") == pytest.approx(0.5)
    now[0] = 1.5
    assert limit.wait("a") == 0.0
    assert limit.wait("a") > 0
    assert RateLimit(0).wait("a") == 0.0


def test_many_addresses_do_not_fill_the_memory() -> None:
    limit = RateLimit(60)
    for number in range(20_000):
        limit.wait(str(number))
    assert len(limit._buckets) == 10_000


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "localhost.example.org", ""])
def test_everything_else_is_reached_by_others(host: str) -> None:
    assert not is_loopback(host)


def test_only_a_token_that_allows_everything_opens_the_page() -> None:
    admits = login(replace(PLAIN, api_tokens=TOKENS, ui_users="hana:secret-of-hana"))
    assert admits is not None
    assert admits("anyone", ALL)
    assert admits("hana", "secret-of-hana")
    hashed = TOKENS.rpartition(":")[2]
    for password in (READ, f"read:{READ}", HASHED, hashed, f"sha256:{hashed}", f"read+ask:sha256:{hashed}", "", "hana"):
        assert not admits("hana", password)
    assert login(PLAIN) is None
