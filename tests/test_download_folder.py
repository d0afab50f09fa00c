"""What is in the folder of an address after crashes, with two at once, and where nothing can be written."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.web_server import Site, Visit, give, give_slowly, one_after_the_other, running_site, self_signed

from lsqa.errors import DocumentError
from lsqa.ingest.download import Download, Downloader, DownloadLimits
from lsqa.ingest.download_folder import DownloadFolder, DownloadRecord

CERTIFICATE = self_signed("a.example")
OPEN = DownloadLimits(allow_private=True, retries=0, total_seconds=60)
DAY = 86_400
FETCH = """
import sys
from pathlib import Path
from lsqa.ingest.download import Downloader, DownloadLimits
Downloader(Path(sys.argv[1]), DownloadLimits(allow_private=True)).fetch(sys.argv[2])
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        site.answers["/plan.txt"] = give(b"whole")
        yield site


@pytest.fixture(autouse=True)
def few_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here is encrypted, and to load all that the world trusts takes longer than most of them."""
    (tmp_path / "certificate.pem").write_bytes(CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


def partials(downloads: Path) -> list[Path]:
    return list(downloads.rglob(".partial-*"))


def wait_until_some(downloads: Path) -> None:
    limit = time.monotonic() + 30
    while not partials(downloads):
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_a_process_that_is_killed_leaves_the_earlier_file(site: Site, downloads: Path) -> None:
    address = site.address("/plan.txt")
    path = Downloader(downloads, OPEN).fetch(address).path
    site.answers["/plan.txt"] = one_after_the_other(
        give_slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"a" * 10_000), give(b"new")
    )
    process = subprocess.Popen([sys.executable, "-c", FETCH, downloads, address])
    try:
        wait_until_some(downloads)
    finally:
        process.kill()
        process.wait()
    assert path.read_bytes() == b"whole"
    assert Downloader(downloads, OPEN).fetch(address).path.read_bytes() == b"new"


def test_what_a_killed_process_left_is_removed_after_a_day(site: Site, downloads: Path) -> None:
    downloads.mkdir()
    for name, age in (("old", 1.1), ("new", 0.9)):
        partial = downloads / f".partial-{name}"
        partial.write_bytes(b"half")
        os.utime(partial, (time.time() - age * DAY,) * 2)
    Downloader(downloads, OPEN).fetch(site.address("/plan.txt"))
    assert [path.name for path in partials(downloads)] == [".partial-new"]


def test_two_at_once_leave_one_whole_file_with_its_record(site: Site, downloads: Path) -> None:
    both = threading.Barrier(2, timeout=50)
    bodies = [b"a" * 500_000, b"b" * 400_000]

    def answer(visit: Visit) -> None:
        body = bodies.pop()
        visit.send(b'HTTP/1.1 200 OK\r\nETag: "%c"\r\nContent-Length: %d\r\n\r\n' % (body[0], len(body)))
        visit.send(body[:300_000])
        both.wait()  # neither is whole before the other has begun
        visit.send(body[300_000:])

    site.answers["/plan.txt"] = answer
    found: list[Download] = []
    threads = [
        threading.Thread(target=lambda: found.append(Downloader(downloads, OPEN).fetch(site.address("/plan.txt"))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
    assert found[0].path.read_bytes() in (b"a" * 500_000, b"b" * 400_000)
    assert sorted(path.name for path in found[0].path.parent.iterdir()) == [".download.json", "plan.txt"]
    assert partials(downloads) == []


def record(folder: DownloadFolder, body: bytes, sha256: str) -> DownloadRecord:
    return DownloadRecord(
        url="https://a.example/x",
        final_url="https://a.example/x",
        file="x.txt",
        etag='"v1"',
        last_modified="",
        fetched="2026-04-01T00:00:00+00:00",
        sha256=sha256,
        size=len(body),
    )


def test_a_record_beside_the_file_of_another_makes_no_conditions(downloads: Path) -> None:
    url = httpx.URL("https://a.example/x")
    hashes = {
        b"one": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
        b"two": "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3",
    }
    folder = DownloadFolder(downloads / "0")
    for body in hashes:
        with folder.partial() as partial:
            partial.write_bytes(body)
            folder.keep(partial, record(folder, body, hashes[body]))
    assert DownloadFolder(downloads / "0").conditions(url) == (("If-None-Match", '"v1"'),)
    (downloads / "0" / "x.txt").write_bytes(b"one")  # as another process leaves it between its two steps
    torn = DownloadFolder(downloads / "0")
    assert torn.earlier is not None
    assert torn.conditions(url) == ()


def test_an_interrupted_download_leaves_nothing(site: Site, downloads: Path) -> None:
    def interrupt(size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Downloader(downloads, OPEN).fetch(site.address("/plan.txt"), interrupt)
    assert list(downloads.iterdir()) == []


def test_where_nothing_can_be_written_the_folder_is_named(site: Site, downloads: Path) -> None:
    downloads.write_text("a file in the place of the folder")
    with pytest.raises(DocumentError, match=f"cannot keep the download in {downloads}.* — check the permissions"):
        Downloader(downloads, OPEN).fetch(site.address("/plan.txt"))


def test_a_file_that_cannot_be_replaced_is_said(site: Site, downloads: Path) -> None:
    path = Downloader(downloads, OPEN).fetch(site.address("/plan.txt")).path
    path.unlink()
    path.mkdir()
    with pytest.raises(DocumentError, match="cannot keep the download"):
        Downloader(downloads, OPEN).fetch(site.address("/plan.txt"))
    assert partials(downloads) == []


def test_a_record_says_all_that_is_known(site: Site, downloads: Path) -> None:
    site.answers["/plan.txt"] = give(b"one", ("ETag", '"v1"'), ("Last-Modified", "Wed, 01 Apr 2026 00:00:00 GMT"))
    path = Downloader(downloads, OPEN).fetch(site.address("/plan.txt")).path
    known = json.loads((path.parent / ".download.json").read_text())
    assert known.pop("fetched").endswith("+00:00")
    assert known == {
        "url": site.address("/plan.txt"),
        "final_url": site.address("/plan.txt"),
        "file": "plan.txt",
        "etag": '"v1"',
        "last_modified": "Wed, 01 Apr 2026 00:00:00 GMT",
        "sha256": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
        "size": 3,
    }
