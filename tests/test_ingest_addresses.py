"""Addresses as what is ingested: downloaded, read like files, cited by where they came from."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.conftest import Invoke
from tests.test_ingest import HashEmbeddings

from lsqa.ingest import DownloadLimits, FileResult, Progress, ingest
from lsqa.library import WritableLibrary

PAGE = "<html><body><h1>あけぼの計画</h1><p>令和7年度の予算は12億円である。</p></body></html>"
OPEN = DownloadLimits(allow_private=True, retries=0)


class Site:
    """A web server on this machine. `pages` by path; `asked` are the paths that were asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                kind, content = site.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.pages["/plan"] = ("text/html; charset=utf-8", PAGE.encode())
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[WritableLibrary]:
    with WritableLibrary.open_for_writing(tmp_path / "home", "hash") as library:
        yield library


def take(library: WritableLibrary, *paths: str, downloads: DownloadLimits = OPEN) -> list[FileResult]:
    return list(ingest(paths, library, HashEmbeddings(), downloads=downloads).files)


def test_a_page_is_a_document_with_its_address(library: WritableLibrary, site: Site) -> None:
    address = site.address("/plan")
    (result,) = take(library, address)
    assert (result.status, result.path, result.pages) == ("indexed", address, 1)
    (record,) = library.catalogue.documents()
    assert (record.url, record.kind, record.title) == (address, "html", "あけぼの計画")
    assert "12億円" in library.catalogue.page(record.doc_id, 1).text


def test_an_unchanged_page_costs_a_request_and_a_changed_one_is_replaced(library: WritableLibrary, site: Site) -> None:
    address = site.address("/plan")
    take(library, address)
    (again,) = take(library, address)
    assert (again.status, site.asked) == ("unchanged", ["/plan", "/plan"])
    site.pages["/plan"] = ("text/html; charset=utf-8", PAGE.replace("12", "13").encode())
    (changed,) = take(library, address)
    assert (changed.status, changed.doc_id) == ("indexed", again.doc_id)
    assert "13億円" in library.catalogue.page(changed.doc_id, 1).text


def test_what_the_content_is_counts_and_not_what_the_server_calls_it(library: WritableLibrary, site: Site) -> None:
    briefing = Path(__file__).parent.parent / "corpus" / "briefing.pdf"
    site.pages["/data.txt"] = ("text/plain", briefing.read_bytes())
    site.pages["/table"] = ("text/csv", "年度,予算\n令和7年度,12億円\n".encode())
    results = take(library, site.address("/data.txt"), site.address("/table"))
    kinds = {library.catalogue.document(result.doc_id).kind for result in results}
    assert ([r.status for r in results], kinds) == (["indexed", "indexed"], {"pdf", "csv"})


@pytest.mark.parametrize(
    ("path", "downloads", "reason"),
    [
        ("/plan", DownloadLimits(), "allow_private_addresses"),
        ("/plan", DownloadLimits(max_bytes=20, allow_private=True), "max_download_mb"),
        ("/missing", OPEN, "404"),
    ],
)
def test_an_address_that_gives_nothing_fails_alone(
    library: WritableLibrary, site: Site, tmp_path: Path, path: str, downloads: DownloadLimits, reason: str
) -> None:
    (tmp_path / "a.md").write_text("# 計画\n\n予算は53億円である。\n")
    results = take(library, site.address(path), str(tmp_path / "a.md"), downloads=downloads)
    assert [(r.path, r.status) for r in results] == [
        (site.address(path), "failed"),
        (str(tmp_path / "a.md"), "indexed"),
    ]
    assert reason in results[0].reason


def test_an_address_that_fails_later_leaves_its_document(library: WritableLibrary, site: Site) -> None:
    take(library, site.address("/plan"))
    del site.pages["/plan"]
    (result,) = ingest([site.address("/plan")], library, HashEmbeddings(), prune=True, downloads=OPEN).files
    assert result.status == "failed"
    assert library.catalogue.document_count == 1


def test_a_download_is_told_on_the_way(library: WritableLibrary, site: Site) -> None:
    told: list[Progress] = []
    ingest([site.address("/plan")], library, HashEmbeddings(), downloads=OPEN, progress=told.append)
    assert (told[0].file, told[0].bytes) == (site.address("/plan"), len(PAGE.encode()))


def test_the_command_asks_private_machines_only_where_it_may(
    invoke: Invoke, own_home: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = invoke("ingest", site.address("/plan"), "--home", own_home)
    assert refused.code == 1
    assert "not on the public network" in refused.err
    assert site.asked == []
    monkeypatch.setenv("LSQA_ALLOW_PRIVATE_ADDRESSES", "yes")
    done = invoke("ingest", site.address("/plan"), "--home", own_home, "--json")
    assert [f["status"] for f in done.json["files"]] == ["indexed"]
    answer = invoke("ask", "あけぼの計画の令和7年度の予算は？", "--home", own_home, "--json").json
    assert "12億円" in answer["text"]
