"""Downloads: whole files within limits, asked for again only where they changed, whatever the server does."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.web_server import (
    Answer,
    Site,
    give,
    give_raw,
    one_after_the_other,
    redirect,
    running_site,
    self_signed,
    zipped,
)

from lsqa.documents import Source
from lsqa.errors import DocumentError
from lsqa.ingest.download import Download, Downloader, DownloadLimits
from lsqa.readers import read_file

PLAN = "令和7年度の予算は12億円である。".encode()
CERTIFICATE = self_signed("a.example")
ONCE = DownloadLimits(allow_private=True, retries=0, total_seconds=5)
AGAIN = DownloadLimits(allow_private=True, retries=2, retry_seconds=0.01, total_seconds=30)
SMALL = DownloadLimits(allow_private=True, retries=0, max_bytes=100_000)


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


# The file


def test_a_file_is_kept_as_it_came_with_a_record_of_where_from(fetch: Fetch, site: Site, downloads: Path) -> None:
    download = fetch("/plan.txt#page=2")
    assert download.path.read_bytes() == PLAN
    assert download.url == site.address("/plan.txt")
    assert files_in(downloads) == [".download.json", "plan.txt"]
    record = json.loads((download.path.parent / ".download.json").read_text())
    assert (record["url"], record["file"], record["size"]) == (download.url, "plan.txt", len(PLAN))
    assert datetime.now(UTC) - datetime.fromisoformat(record["fetched"]) < timedelta(minutes=1)


def test_each_address_has_its_own_folder(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt?year=2026"] = give(b"another")
    one, other = fetch("/plan.txt"), fetch("/plan.txt?year=2026")
    assert one.path.name == other.path.name
    assert (one.path.read_bytes(), other.path.read_bytes()) == (PLAN, b"another")


def test_a_table_without_an_ending_is_read_as_a_table(fetch: Fetch, site: Site) -> None:
    site.answers["/files/12345"] = give("年度,予算\n2025,12億円\n".encode("cp932"), ("Content-Type", "text/csv"))
    download = fetch("/files/12345")
    assert download.path.name == "12345.csv"
    assert read_file(download.path, Source())[0].kind == "csv"


def test_an_error_page_in_place_of_a_pdf_is_read_as_what_it_is(fetch: Fetch, site: Site) -> None:
    page = b"<!DOCTYPE html><html><body><h1>Sorry</h1><p>This file has moved.</p></body></html>"
    site.answers["/plan.pdf"] = give(page, ("Content-Type", "application/pdf"))
    download = fetch("/plan.pdf")
    assert read_file(download.path, Source())[0].kind == "html"


def test_a_file_keeps_its_name_as_long_as_its_kind(fetch: Fetch, site: Site, downloads: Path) -> None:
    def named(name: str, body: bytes) -> Answer:
        return give(body, ("Content-Disposition", f'attachment; filename="{name}"'))

    site.answers["/get"] = named("first.txt", b"one")
    first = fetch("/get")
    site.answers["/get"] = named("second.txt", b"two")
    second = fetch("/get")
    assert (second.path, second.path.read_bytes()) == (first.path, b"two")
    site.answers["/get"] = named("second.csv", b"a,b")
    assert fetch("/get").path.name == "second.csv"
    assert files_in(downloads) == [".download.json", "second.csv"]


def test_how_much_has_come_is_told(site: Site, downloads: Path) -> None:
    site.answers["/large.txt"] = give(b"a" * 300_000)
    told: list[int] = []
    Downloader(downloads, ONCE).fetch(site.address("/large.txt"), told.append)
    assert told == sorted(set(told))
    assert told[-1] == 300_000


@pytest.mark.parametrize("status", [200, 203])
def test_a_file_without_a_length_ends_with_the_connection(fetch: Fetch, site: Site, status: int) -> None:
    site.answers["/old"] = give_raw(b"HTTP/1.0 %d OK\r\n\r\n" % status + PLAN)
    assert fetch("/old").path.read_bytes() == PLAN


# Asked again


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (("ETag", '"v1"'), ("if-none-match", '"v1"')),
        (("ETag", 'W/"v1"'), ("if-none-match", 'W/"v1"')),
        (("Last-Modified", "Wed, 01 Apr 2026 00:00:00 GMT"), ("if-modified-since", "Wed, 01 Apr 2026 00:00:00 GMT")),
    ],
)
def test_an_unchanged_file_is_not_sent_again(
    fetch: Fetch, site: Site, given: tuple[str, str], asked: tuple[str, str]
) -> None:
    site.answers["/plan.txt"] = one_after_the_other(give(PLAN, given), give(b"", status=304))
    first, second = fetch("/plan.txt"), fetch("/plan.txt")
    assert first == second
    assert second.path.read_bytes() == PLAN
    assert asked[0] not in site.asked[0].fields
    assert site.asked[1].fields[asked[0]] == asked[1]


def test_a_changed_file_takes_the_place_of_the_earlier_one(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt"] = one_after_the_other(
        give(PLAN, ("ETag", '"v1"')), give(b"new", ("ETag", '"v2"')), give(b"", status=304)
    )
    fetch("/plan.txt")
    assert fetch("/plan.txt").path.read_bytes() == b"new"
    fetch("/plan.txt")
    assert site.asked[2].fields["if-none-match"] == '"v2"'


def test_a_file_that_is_not_as_it_came_is_downloaded_anew(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt"] = give(PLAN, ("ETag", '"v1"'))
    path = fetch("/plan.txt").path
    for damage in (lambda: path.write_bytes(PLAN[:-1]), path.unlink):
        damage()
        assert fetch("/plan.txt").path.read_bytes() == PLAN
    assert all("if-none-match" not in asked.fields for asked in site.asked)


@pytest.mark.parametrize("record", [b"", b"{}", b"[]", b"\xff", b'{"file": "plan.txt"}'])
def test_a_damaged_record_is_none(fetch: Fetch, site: Site, record: bytes) -> None:
    site.answers["/plan.txt"] = give(PLAN, ("ETag", '"v1"'))
    path = fetch("/plan.txt").path
    (path.parent / ".download.json").write_bytes(record)
    assert fetch("/plan.txt").path.read_bytes() == PLAN
    assert "if-none-match" not in site.asked[1].fields


@pytest.mark.parametrize("name", ["../victim.txt", ".download.json", ".", ""])
def test_a_record_leads_to_no_file_but_its_own(fetch: Fetch, downloads: Path, name: str) -> None:
    path = fetch("/plan.txt").path
    (downloads / "victim.txt").write_bytes(b"not to be touched")
    known = path.parent / ".download.json"
    known.write_text(json.dumps(json.loads(known.read_text()) | {"file": name}))
    assert fetch("/plan.txt").path == path
    assert files_in(downloads) == [".download.json", "plan.txt", "victim.txt"]
    assert (downloads / "victim.txt").read_bytes() == b"not to be touched"


def test_conditions_go_to_the_address_that_gave_the_file_alone(fetch: Fetch, site: Site) -> None:
    site.answers["/now"] = one_after_the_other(redirect("/plan.txt"), redirect("/plan.txt"), redirect("/other.txt"))
    site.answers["/plan.txt"] = one_after_the_other(give(PLAN, ("ETag", '"v1"')), give(b"", status=304))
    site.answers["/other.txt"] = give(b"other")
    assert [fetch("/now").path.read_bytes() for _ in range(3)] == [PLAN, PLAN, b"other"]
    assert [asked.path for asked in site.asked if "if-none-match" in asked.fields] == ["/plan.txt"]


@pytest.mark.parametrize("etag", [b'"\xe8\xa8\x88"', b'"' + b"a" * 2000 + b'"', b'"a\tb"'])
def test_an_odd_etag_is_not_sent_back(fetch: Fetch, site: Site, etag: bytes) -> None:
    site.answers["/plan.txt"] = give(PLAN, ("ETag", etag))
    fetch("/plan.txt")
    fetch("/plan.txt")
    assert "if-none-match" not in site.asked[1].fields


def test_unchanged_is_no_answer_to_who_has_nothing(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt"] = give(b"", status=304)
    with pytest.raises(DocumentError, match="the server answers 304 Not Modified"):
        fetch("/plan.txt")


@pytest.mark.parametrize(
    "answer",
    [
        give(b"gone", status=404),
        give(b""),
        give(b"a" * 200_000),
        give_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        redirect("ftp://a.example/"),
    ],
)
def test_what_fails_later_leaves_the_earlier_file(fetch: Fetch, site: Site, downloads: Path, answer: Answer) -> None:
    path = fetch("/plan.txt").path
    site.answers["/plan.txt"] = answer
    with pytest.raises(DocumentError, match=f"; the copy of {datetime.now(UTC):%Y-%m-%d} stays"):
        fetch("/plan.txt", SMALL)
    assert path.read_bytes() == PLAN
    assert files_in(downloads) == [".download.json", "plan.txt"]


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/plan.txt", "plan.txt", "//{host}/plan.txt", "http://{host}/plan.txt#a"])
def test_a_redirect_is_followed(fetch: Fetch, site: Site, location: str, status: int) -> None:
    site.answers["/go"] = redirect(location.format(host=f"127.0.0.1:{site.port}"), status=status)
    download = fetch("/go")
    assert (download.path.name, download.path.read_bytes()) == ("plan.txt", PLAN)
    assert site.paths == ["/go", "/plan.txt"]


@pytest.mark.parametrize(
    ("statuses", "cited"),
    [([301, 308], "/2"), ([301, 302], "/1"), ([302, 301], "/0"), ([307], "/0"), ([308, 303, 301], "/1")],
)
def test_only_what_redirects_for_good_changes_what_is_cited(
    fetch: Fetch, site: Site, statuses: list[int], cited: str
) -> None:
    for i, status in enumerate(statuses):
        site.answers[f"/{i}"] = redirect(f"/{i + 1}", status=status)
    site.answers[f"/{len(statuses)}"] = give(PLAN)
    assert fetch("/0").url == site.address(cited)


def test_redirects_end_somewhere(fetch: Fetch, site: Site) -> None:
    site.answers["/loop"] = redirect("/loop")
    with pytest.raises(DocumentError, match="more than 5 redirects"):
        fetch("/loop", AGAIN)
    assert len(site.asked) == 6


def test_as_many_redirects_as_allowed_are_followed(fetch: Fetch, site: Site) -> None:
    for i in range(5):
        site.answers[f"/{i}"] = redirect(f"/{i + 1}")
    site.answers["/5"] = give(PLAN)
    assert fetch("/0").path.read_bytes() == PLAN


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", "redirects to nowhere"),
        ("ftp://a.example/x", "no http:// or https:// address"),
        ("file:///etc/passwd", "no http:// or https:// address"),
        ("data:text/plain,x", "no http:// or https:// address"),
        ("//minister:s3cret@a.example/", "was given with a user or password"),
        ("http://[::1/", "redirects to what is no address"),
        ("http://a.example:port/", "redirects to what is no address"),
        ("http://a.example:99999/", "names no machine"),
        ("http://a.example/\x1b[2J", "redirects to what is no address"),
    ],
)
def test_a_redirect_to_what_is_no_address_is_refused(fetch: Fetch, site: Site, location: str, reason: str) -> None:
    site.answers["/go"] = redirect(location)
    with pytest.raises(DocumentError, match=reason) as refused:
        fetch("/go", AGAIN)
    assert "s3cret" not in str(refused.value)
    assert str(refused.value).isprintable()
    assert site.paths == ["/go"]


def test_a_redirect_can_put_nothing_into_the_next_request(fetch: Fetch, site: Site) -> None:
    site.answers["/go"] = redirect("/a%0d%0aX-Evil: 1 b", ("Set-Cookie", "session=1"))
    site.answers["/a%0d%0aX-Evil:%201%20b"] = give(PLAN)
    fetch("/go")
    assert set(site.asked[1].fields) == {"host", "user-agent", "accept", "accept-encoding"}


# What servers answer


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "401 Unauthorized — the server wants a login"),
        (403, "403 Forbidden — the server gives it to nobody"),
        (404, "404 Not Found — check the address"),
        (204, "204 No Content — check the address"),
        (206, "206 Partial Content — "),
        (300, "300 Multiple Choices — "),
        (599, "the server answers 599 — "),
    ],
)
def test_an_answer_that_is_no_file_says_what_to_do(fetch: Fetch, site: Site, status: int, reason: str) -> None:
    site.answers["/plan.txt"] = give(b"", status=status)
    with pytest.raises(DocumentError, match=reason):
        fetch("/plan.txt")


def test_a_failure_behind_a_redirect_says_where(fetch: Fetch, site: Site) -> None:
    site.answers["/go"] = redirect("/gone")
    with pytest.raises(DocumentError, match=f"404 Not Found at {site.address('/gone')}"):
        fetch("/go")


BROKEN_OFF = give_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


@pytest.mark.parametrize(
    "trouble",
    [
        give(b"", status=503),
        give(b"", status=500),
        give(b"", ("Retry-After", "0"), status=429),
        give(b"", ("Retry-After", "Wed, 01 Apr 2020 00:00:00 GMT"), status=503),
        give(b"", ("Retry-After", "soon"), status=503),
        BROKEN_OFF,
        give_raw(b""),
        give(zipped(PLAN)[:-1], ("Content-Encoding", "gzip")),
    ],
)
def test_what_may_pass_is_tried_again(fetch: Fetch, site: Site, trouble: Answer) -> None:
    site.answers["/plan.txt"] = one_after_the_other(trouble, trouble, give(PLAN))
    assert fetch("/plan.txt", AGAIN).path.read_bytes() == PLAN
    assert len(site.asked) == 3


@pytest.mark.parametrize("trouble", [give(b"", status=503), BROKEN_OFF])
def test_what_does_not_pass_is_reported(fetch: Fetch, site: Site, downloads: Path, trouble: Answer) -> None:
    site.answers["/plan.txt"] = trouble
    with pytest.raises(DocumentError, match=r"503 Service Unavailable|the connection failed .* try again later"):
        fetch("/plan.txt", AGAIN)
    assert (len(site.asked), files_in(downloads)) == (3, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_does_not_change_is_asked_once(fetch: Fetch, site: Site, status: int) -> None:
    site.answers["/plan.txt"] = give(b"", status=status)
    with pytest.raises(DocumentError, match=str(status)):
        fetch("/plan.txt", AGAIN)
    assert len(site.asked) == 1


def test_a_server_is_given_the_time_that_it_asks_for(fetch: Fetch, site: Site) -> None:
    site.answers["/plan.txt"] = one_after_the_other(give(b"", ("Retry-After", "1"), status=503), give(PLAN))
    started = time.perf_counter()
    fetch("/plan.txt", AGAIN)
    assert time.perf_counter() - started >= 1


@pytest.mark.parametrize(
    "wait",
    ["31", "3600", "999999999", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)],
    ids=["31", "3600", "999999999", "a date"],
)
def test_a_server_that_asks_for_more_time_than_there_is_gets_none(fetch: Fetch, site: Site, wait: str) -> None:
    site.answers["/plan.txt"] = give(b"", ("Retry-After", wait), status=503)
    started = time.perf_counter()
    with pytest.raises(DocumentError, match="503 Service Unavailable"):
        fetch("/plan.txt", DownloadLimits(allow_private=True, total_seconds=30))
    assert (len(site.asked), time.perf_counter() - started < 15) == (1, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1b[2Jno HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
def test_what_is_no_http_fails_in_one_printable_line(fetch: Fetch, site: Site, downloads: Path, answer: bytes) -> None:
    site.answers["/plan.txt"] = give_raw(answer)
    with pytest.raises(DocumentError) as failed:
        fetch("/plan.txt")
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) < 500
    assert files_in(downloads) == []
