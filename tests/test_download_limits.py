"""What a download may cost: bytes, packed or not, and time, however slowly or endlessly a server sends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.web_server import (
    Answer,
    Site,
    Visit,
    give,
    give_raw,
    give_slowly,
    one_after_the_other,
    redirect,
    running_site,
    self_signed,
    zipped,
)

from lsqa.errors import DocumentError
from lsqa.ingest.download import Download, Downloader, DownloadLimits
from lsqa.ingest.download_body import decompressed

PLAN = "令和7年度の予算は12億円である。".encode()
CERTIFICATE = self_signed("a.example")
ONCE = DownloadLimits(allow_private=True, retries=0, total_seconds=5)
SMALL = DownloadLimits(allow_private=True, retries=0, max_bytes=100_000)
MIB = 1024**2


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def site(server: Site) -> Site:
    server.asked.clear()
    server.answers = {"/plan.txt": give(PLAN)}
    return server


@pytest.fixture(autouse=True)
def few_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here is encrypted, and to load all that the world trusts takes longer than most of them."""
    (tmp_path / "certificate.pem").write_bytes(CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "home" / "downloads"


Fetch = Callable[..., Download]


@pytest.fixture
def fetch(site: Site, downloads: Path) -> Fetch:
    """Downloads what a path of `site` leads to, each time with another `Downloader`."""

    def fetch(path: str, limits: DownloadLimits = ONCE) -> Download:
        return Downloader(downloads, limits).fetch(site.address(path))

    return fetch


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# Size


def chunked(pieces: list[bytes], *fields: bytes) -> bytes:
    head = b"\r\n".join((b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked", *fields))
    return head + b"\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


@pytest.mark.parametrize(
    "answer",
    [
        give(b"a" * 100_001),
        give_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        give_raw(chunked([b"a" * 1000] * 101)),
        give_raw(b"HTTP/1.0 200 OK\r\n\r\n" + b"a" * 100_001),
        give_slowly(b"HTTP/1.0 200 OK\r\n\r\n", b"a" * 10_000, every=0.001),
        give(zipped(b"a" * 100_001), ("Content-Encoding", "gzip")),
        give(zipped(b"\0" * 64 * MIB), ("Content-Encoding", "gzip")),
        give(zipped(b"") * 6_000, ("Content-Encoding", "gzip")),
    ],
    ids=["declared", "declared falsely", "chunked", "undeclared", "endless", "zipped", "bomb", "nothing, zipped often"],
)
def test_a_file_that_is_too_large_is_given_up(fetch: Fetch, site: Site, downloads: Path, answer: Answer) -> None:
    site.answers["/large"] = answer
    with pytest.raises(DocumentError, match="the file is larger than 100000 bytes — raise max_download_mb"):
        fetch("/large", SMALL)
    assert files_in(downloads) == []


def test_a_file_as_large_as_is_allowed_is_taken(fetch: Fetch, site: Site) -> None:
    site.answers["/large"] = give(b"a" * 100_000)
    site.answers["/zipped"] = give(zipped(b"a" * 100_000), ("Content-Encoding", "gzip"))
    assert fetch("/large", SMALL).path.stat().st_size == 100_000
    assert fetch("/zipped", SMALL).path.stat().st_size == 100_000


def test_a_limit_in_mebibytes_is_said_so(fetch: Fetch, site: Site) -> None:
    site.answers["/large"] = give_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n")
    with pytest.raises(DocumentError, match="larger than 3 MiB"):
        fetch("/large", DownloadLimits(allow_private=True, max_bytes=3 * MIB))


def test_a_body_without_anything_is_no_file(fetch: Fetch, site: Site, downloads: Path) -> None:
    site.answers["/empty"] = give(b"")
    with pytest.raises(DocumentError, match="sends an empty file"):
        fetch("/empty")
    assert files_in(downloads) == []


# Compression


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZip "])
def test_a_compressed_file_is_kept_unpacked(fetch: Fetch, site: Site, encoding: str) -> None:
    body = bytes(range(256)) * 20_000
    site.answers["/plan"] = give(zipped(body), ("Content-Encoding", encoding))
    assert fetch("/plan").path.read_bytes() == body
    assert site.asked[0].fields["accept-encoding"] == "gzip"


def test_every_member_and_every_piece_of_a_compressed_file_counts(fetch: Fetch, site: Site) -> None:
    packed = zipped(PLAN) + zipped(b"") + zipped(b"0" * (3 * MIB)) + zipped(b"end")
    pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]
    site.answers["/plan"] = give_raw(chunked(pieces, b"Content-Encoding: gzip"))
    assert fetch("/plan").path.read_bytes() == PLAN + b"0" * (3 * MIB) + b"end"


@pytest.mark.parametrize("cut", [1, 2, 3, 10])
def test_what_is_unpacked_is_never_long_at_a_time(cut: int) -> None:
    """Whatever was received at once. The cuts leave something inside the decompressor when a piece is full."""
    body = b"0" * (40 * MIB + 100)
    packed = zipped(body)
    pieces = list(decompressed([packed[:-cut], packed[-cut:]], "gzip", 64 * MIB))
    assert max(map(len, pieces)) <= MIB
    assert b"".join(pieces) == body


def test_a_file_that_is_compressed_itself_stays_so(fetch: Fetch, site: Site) -> None:
    body = zipped(b'{"id": "a", "text": "b"}')
    site.answers["/passages.jsonl.gz"] = give(body, ("Content-Type", "application/gzip"))
    assert fetch("/passages.jsonl.gz").path.read_bytes() == body


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (b"no gzip", "gzip", "compressed file is damaged"),
        (zipped(PLAN) + b"trailing", "gzip", "compressed file is damaged"),
        (zipped(PLAN)[:-9], "gzip", "compressed file ends early"),
        (zipped(PLAN) + zipped(PLAN)[:5], "gzip", "compressed file ends early"),
        (PLAN, "br", "not asked for .'br'."),
        (zipped(zipped(PLAN)), "gzip, gzip", "not asked for .'gzip, gzip'."),
        (PLAN, "\x1b[2J", r"not asked for .'\\x1b\[2j'."),
    ],
)
def test_what_cannot_be_unpacked_is_no_file(
    fetch: Fetch, site: Site, downloads: Path, body: bytes, encoding: str, reason: str
) -> None:
    site.answers["/plan"] = give(body, ("Content-Encoding", encoding))
    with pytest.raises(DocumentError, match=reason):
        fetch("/plan")
    assert files_in(downloads) == []


# Time

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        give_slowly(b"", b""),
        give_slowly(HEAD, b"X-Y: z\r\n"),
        give_slowly(b"HTTP/1.1 200 ", b"a"),
        give_slowly(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        give_slowly(HEAD + b"Content-Length: 1000000\r\n\r\n", b"a"),
        give_slowly(HEAD + b"Content-Length: 1000000\r\n\r\n", b""),
        give_slowly(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        give_slowly(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Y: z\r\n"),
        give_slowly(HEAD + b"Content-Encoding: gzip\r\n\r\n", zipped(b"")),
    ],
    ids=["silence", "fields", "reason", "hints", "body", "stuck", "chunks", "trailer", "nothing, zipped"],
)
def test_a_server_that_takes_for_ever_is_left_in_time(
    fetch: Fetch, site: Site, downloads: Path, answer: Answer
) -> None:
    site.answers["/slow"] = answer
    started = time.perf_counter()
    with pytest.raises(DocumentError, match=r"took longer than 0\.2 seconds — download the file and give its path"):
        fetch("/slow", DownloadLimits(allow_private=True, total_seconds=0.2))
    assert time.perf_counter() - started < 15  # the server goes on for ever
    assert files_in(downloads) == []


def test_the_time_limit_holds_for_all_redirects_and_retries_together(fetch: Fetch, site: Site) -> None:
    def later(visit: Visit) -> None:
        visit.pause(0.15)
        redirect("/slow")(visit)

    site.answers["/slow"] = later
    with pytest.raises(DocumentError, match=r"took longer than 0\.4 seconds"):
        fetch("/slow", DownloadLimits(allow_private=True, total_seconds=0.4))
    assert len(site.asked) <= 4


def test_a_pause_that_is_too_long_ends_an_attempt(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt"] = one_after_the_other(give_slowly(HEAD, b""), give(PLAN))
    limits = DownloadLimits(allow_private=True, read_seconds=0.2, total_seconds=5, retries=1, retry_seconds=0.01)
    assert fetch("/plan.txt", limits).path.read_bytes() == PLAN
