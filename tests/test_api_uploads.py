"""What becomes of files that come over the network when something fails, and when they come again."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.api_server import serving
from tests.conftest import Ingested
from tests.test_api import DECK, problem, upload

from lsqa.library import exclusively

QUESTION = {"question": "かささぎ計画の令和7年度の予算はいくらですか"}


@pytest.fixture
def home(tmp_path: Path, corpus_library: Ingested) -> Path:
    """An empty library, with the encoder."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "models").symlink_to(corpus_library.home / "models")
    return folder


@pytest.fixture
def client(home: Path) -> Iterator[httpx.Client]:
    with serving(home) as one:
        yield one


def kept(home: Path) -> dict[Path, bytes]:
    """What is there of uploads, half ones too."""
    return {path: path.read_bytes() for path in (home / "uploads").rglob("*") if path.is_file()}


def deck(amount: int) -> tuple[str, bytes]:
    return "plan.md", DECK.format(amount).encode()


def test_while_another_process_writes_an_upload_waits_and_leaves_what_is_there(
    home: Path, client: httpx.Client
) -> None:
    upload(client, deck(41)).raise_for_status()
    before = kept(home)
    assert len(before) == 1
    with exclusively(home):
        for amount in (41, 42):
            response = upload(client, deck(amount))
            told = problem(response, 503, "locked")
            assert int(response.headers["retry-after"]) >= 1
            assert str(home) not in str(told)
            assert kept(home) == before
        document = client.get("/v1/documents").json()["documents"][0]["doc_id"]
        problem(client.delete(f"/v1/documents/{document}"), 503, "locked")
    assert kept(home) == before
    assert upload(client, deck(41)).json()["files"][0]["status"] == "unchanged"


def test_a_file_that_was_damaged_is_whole_after_it_came_again(home: Path, client: httpx.Client) -> None:
    upload(client, deck(41)).raise_for_status()
    ((path, content),) = kept(home).items()
    path.write_bytes(content[:10])
    assert upload(client, deck(41)).json()["files"][0]["status"] in ("indexed", "unchanged")
    assert kept(home) == {path: content}


def test_where_uploads_cannot_be_kept_the_library_is_to_blame(home: Path, client: httpx.Client) -> None:
    (home / "uploads").write_text("a file in the place of the folder")
    told = problem(upload(client, deck(41)), 503, "library")
    assert str(home) not in str(told)
    assert client.get("/v1/documents").json() == {"documents": []}


FULL = """
import io, resource, sys
from pathlib import Path
from lsqa.api.uploads import Upload, UploadFolder
from lsqa.errors import HomeError
folder = UploadFolder(Path(sys.argv[1]), 10**7)
placed = folder.place(Upload("large.md", io.BytesIO(b"a" * 1_000_000)))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    folder.keep(placed)
except HomeError as error:
    print("told")
"""


def test_without_room_no_half_of_a_file_is_left(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("told\n", 0), done.stderr
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_form_that_finds_no_room_is_a_problem(home: Path, client: httpx.Client) -> None:
    """Large files are laid on the disk while they come."""
    large = ("large.md", b"a" * 3 * 1024**2)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024**2, before[1]))
    try:
        response = upload(client, large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    problem(response, 503, "library")
    assert kept(home) == {}


def test_the_next_version_takes_the_place_of_a_document(home: Path, client: httpx.Client) -> None:
    first = upload(client, deck(41)).json()["files"][0]["doc_id"]
    for amount in (42, 43, 43, 41):
        (file,) = upload(client, ("plan-new.md", deck(amount)[1]), replaces=first).json()["files"]
        assert file["doc_id"] == first
        answer = client.post("/v1/ask", json=QUESTION).json()
        assert f"{amount}億円" in answer["text"]
        assert {e["doc_id"] for e in answer["evidence"]} == {first}
        assert list(kept(home).values()) == [deck(amount)[1]]
    assert client.delete(f"/v1/documents/{first}").status_code == 200
    assert kept(home) == {}


def test_without_a_word_of_it_nothing_is_replaced(home: Path, client: httpx.Client) -> None:
    """Two people may both have a plan.md."""
    ids = {upload(client, deck(amount)).json()["files"][0]["doc_id"] for amount in (41, 42)}
    assert {d["doc_id"] for d in client.get("/v1/documents").json()["documents"]} == ids
    assert len(ids) == 2


def test_a_version_with_the_content_of_another_document_leaves_that_one(home: Path, client: httpx.Client) -> None:
    first, second = (upload(client, deck(amount)).json()["files"][0]["doc_id"] for amount in (41, 42))
    (file,) = upload(client, deck(41), replaces=second).json()["files"]
    assert file["doc_id"] == second
    assert {d["doc_id"] for d in client.get("/v1/documents").json()["documents"]} == {first, second}
    assert client.delete(f"/v1/documents/{second}").status_code == 200
    assert list(kept(home).values()) == [deck(41)[1]]


def test_what_cannot_take_a_documents_place_leaves_it(home: Path, client: httpx.Client) -> None:
    first = upload(client, deck(41)).json()["files"][0]["doc_id"]
    before = kept(home)
    problem(upload(client, deck(42), replaces="kaiju"), 404, "unknown-document")
    problem(upload(client, deck(42), deck(43), replaces=first), 422, "replaces")
    problem(upload(client, deck(42), replaces="x" * 600), 422, "replaces")
    (file,) = upload(client, ("empty.md", b"\n\n"), replaces=first).json()["files"]
    assert file["status"] == "empty"
    with exclusively(home):
        problem(upload(client, deck(42), replaces=first), 503, "locked")
    assert kept(home) == before
    assert "41億円" in client.post("/v1/ask", json=QUESTION).json()["text"]
