"""What somebody may try who means harm: names, bombs, headers, other people's conversations."""

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.api_server import serving
from tests.conftest import Ingested, copied
from tests.test_api import DECK, QUESTION, problem, upload

from lsqa.api.uploads import Upload, UploadFolder, shown_name

NAMES = (
    "../../../etc/cron.d/evil.md",
    "..\\..\\windows\\evil.md",
    "/etc/evil.md",
    "~/.bashrc",
    ".htaccess",
    "a/../../b.md",
    "nul\0byte.md",
    "line\nbreak.md",
    "%2e%2e%2fevil.md",
    "x" * 5000 + ".md",
    "資" * 300 + ".pdf",
    "\u202egpj.md",
    "..",
    "",
    "$(id).md",
)


@pytest.fixture(scope="module")
def home(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that may be changed, alone in its folder."""
    return copied(corpus_library, tmp_path_factory.mktemp("hostile") / "home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    with serving(home, max_upload_mb=2, max_upload_files=3) as one:
        yield one


def uploaded(home: Path) -> set[str]:
    """What is kept of uploads."""
    return {str(path) for path in (home / "uploads").rglob("*") if path.is_file()}


# Uploads


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_no_name_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    folder = UploadFolder(home, 1000)
    placed = folder.place(Upload(name, io.BytesIO(DECK.format(1).encode())))
    assert folder.keep(placed)
    kept = placed.path
    assert kept.resolve().parent.parent == (home / "uploads").resolve()
    assert kept.stem.replace("-", "").replace("_", "").isalnum()
    assert len(kept.name.encode()) < 255
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [kept]
    assert "/" not in shown_name(name)
    assert shown_name(name).isprintable()


def test_uploads_with_such_names_answer_like_any(client: httpx.Client, home: Path) -> None:
    before = {p for p in home.parent.rglob("*") if p.is_file()}
    report = upload(client, ("../../../../tmp/kasasagi.md", DECK.format(43).encode())).json()
    assert [(f["path"], f["status"]) for f in report["files"]] == [("kasasagi.md", "indexed")]
    new = {p for p in home.parent.rglob("*") if p.is_file()} - before
    own = {"uploads", "chroma", "chroma.lock", "catalogue.sqlite3-wal", "catalogue.sqlite3-shm"}
    assert {p.relative_to(home).parts[0] for p in new} <= own


def bomb(part: bytes, *, repeat: int = 1) -> bytes:
    """A DOCX whose main part is `part`, over and over."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/'
        'document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        "</Types>"
    )
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        with archive.open("word/document.xml", "w") as stream:
            for _ in range(repeat):
                stream.write(part)
    return package.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d ['
    + b'<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><d>&a11;</d>"
)


@pytest.mark.parametrize(
    "content",
    [bomb(b"\0" * 1024**2, repeat=200), bomb(LAUGHS), b"%PDF-1.7\n" + b"[" * 500_000, b"PK\x03\x04" + b"\0" * 1000],
    ids=["zip bomb", "entities", "brackets", "no package"],
)
def test_a_bomb_does_no_harm(client: httpx.Client, home: Path, content: bytes) -> None:
    before, started = uploaded(home), time.monotonic()
    response = upload(client, ("bomb.docx", content))
    assert time.monotonic() - started < 60
    if response.status_code == 200:
        assert [file["status"] for file in response.json()["files"]] not in (["indexed"], ["unchanged"])
    else:
        problem(response, 415, "unsupported")
    assert client.post("/v1/retrieve", json={"query": "予算", "k": 1}).status_code == 200
    assert uploaded(home) == before


def test_uploads_have_limits(client: httpx.Client, home: Path) -> None:
    before = uploaded(home)
    problem(upload(client, ("large.md", b"a" * (2 * 1024**2 + 1))), 413, "too-large")
    small = DECK.format(44).encode()
    response = upload(client, *((f"{n}.md", small) for n in range(4)))
    assert response.status_code == 400
    problem(upload(client, ("program.exe", b"MZ\x90\0\x03" + b"\0" * 200)), 415, "unsupported")
    mixed = upload(client, ("program.exe", b"MZ\x90\0\x03" + b"\0" * 200), ("kasasagi.md", small)).json()["files"]
    assert [(file["path"], file["status"]) for file in mixed] == [
        ("kasasagi.md", "indexed"),
        ("program.exe", "unsupported"),
    ]
    problem(client.post("/v1/documents", data={"files": "no file"}, files={"x": b""}), 422, "no-files")
    problem(client.post("/v1/documents", json={"files": []}), 415, "multipart")
    head = b"POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    assert exchange(client, head + b"Content-Length: 1000000000000\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert [Path(p).name for p in uploaded(home) - before] == ["kasasagi.md"]


def test_passages_take_no_other_documents_place(client: httpx.Client) -> None:
    line = b'{"id": "note-b-cure", "title": "x", "text": "B-cure has no budget at all."}\n'
    report = upload(client, ("passages.jsonl", line)).json()
    assert report["files"][0]["doc_id"] != "note-b-cure"
    assert client.get("/v1/documents/note-b-cure").json()["title"] != "x"


# Addresses and headers


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/../../../../etc/passwd",
        "/v1/documents/..%2f..%2f..%2fetc%2fpasswd",
        "/v1/documents/%2e%2e/%2e%2e/etc/passwd/pages/1",
        "/v1/documents//etc/passwd",
        "/v1/documents/%00",
        "/v1/documents/'%20OR%201=1--",
        "/..%2f..%2fetc/passwd",
        "/docs/../../etc/passwd",
    ],
)
def test_no_address_leads_to_a_file(client: httpx.Client, path: str) -> None:
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=10) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.split()[1] in (b"404", b"422")
    assert b"root:" not in answer


def exchange(client: httpx.Client, request: bytes) -> bytes:
    """What a server says to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=5) as raw:
        raw.sendall(request)
        answer = b""
        try:
            while block := raw.recv(65536):
                answer += block
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 70\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_body_of_two_lengths_is_no_request(client: httpx.Client, lengths: bytes) -> None:
    """Two servers in a row could see two ends of it, and the second a request that the first did not."""
    hidden = b"DELETE /v1/documents/note-b-cure HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = exchange(client, head + lengths + b"\r\n0\r\n\r\n" + hidden)
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b" 200 " not in answer
    assert client.get("/v1/documents/note-b-cure").status_code == 200


def test_headers_do_not_change_what_a_request_is(client: httpx.Client) -> None:
    for header in ("x-http-method-override", "x-method-override", "x-http-method"):
        client.post("/v1/documents/note-b-cure", headers={header: "DELETE"})
    assert client.get("/v1/documents/note-b-cure").status_code == 200
    told = client.get("/healthz", headers={"x-request-id": "a\tb", "x-forwarded-host": "evil.example"})
    assert "evil" not in str(told.headers)
    large = exchange(client, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 300_000 + b"\r\n\r\n")
    assert b" 200 " not in large.split(b"\r\n")[0]
    assert client.get("/healthz").status_code == 200


# Other people's conversations


def test_conversations_do_not_mix(api: httpx.Client) -> None:
    """Many ask follow-ups at once; each is understood by its own history, and who brings none gets none."""
    akebono = [{"question": "あけぼの計画の予算はいくらですか", "answer": "12億円"}]
    b_cure = [{"question": "B-cureの2025年度の予算はいくらですか？", "answer": "43億円"}]

    def ask(history: list[dict[str, str]]) -> str:
        body = {"question": "担当課はどこですか", "history": history}
        return str(api.post("/v1/ask", json=body).json()["trace"]["resolved_question"])

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(ask, [akebono, b_cure, []] * 4))
    assert all("あけぼの計画" in resolved and "B-cure" not in resolved for resolved in found[::3])
    assert all("B-cure" in resolved and "あけぼの" not in resolved for resolved in found[1::3])
    assert set(found[2::3]) == {"担当課はどこですか"}


def test_what_one_asks_stands_in_nobody_elses_answer(api: httpx.Client) -> None:
    secret = "極秘のひまわり作戦"
    api.post("/v1/ask", json={"question": f"{secret}の予算は？"})
    api.post("/v1/ask", json={"question": "予算は？", "history": [{"question": secret, "answer": secret}]})
    later = [api.post("/v1/ask", json={"question": q}).text for q in (QUESTION, "それはいくらですか")]
    assert not any(secret in text for text in (*later, api.get("/metrics").text))
