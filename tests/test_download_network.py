"""Whom a download may ask: public machines only, whatever names, numbers, redirects and name servers say; and TLS."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.web_server import (
    OTHER_PUBLIC,
    PUBLIC,
    Names,
    OneMachineNetwork,
    Site,
    give,
    redirect,
    running_site,
    self_signed,
)

from lsqa.errors import DocumentError
from lsqa.ingest.download import Downloader, DownloadLimits

HOST = "www.ministry.example"
PUBLIC_ONLY = DownloadLimits(retries=0, total_seconds=5)


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def site(server: Site) -> Site:
    server.asked.clear()
    server.answers = {"/plan.txt": give("計画".encode())}
    return server


@pytest.fixture
def network() -> OneMachineNetwork:
    return OneMachineNetwork()


@pytest.fixture
def downloader(tmp_path: Path, network: OneMachineNetwork) -> Downloader:
    """Reaches the public network only, as which this machine stands."""
    return Downloader(tmp_path, PUBLIC_ONLY, resolver=Names({HOST: [(PUBLIC,)]}), network=network)


def test_a_public_machine_is_asked_by_its_name(downloader: Downloader, network: OneMachineNetwork, site: Site) -> None:
    download = downloader.fetch(site.address("/plan.txt", HOST))
    assert download.path.read_text() == "計画"
    assert network.dialled == [PUBLIC]
    assert site.asked[0].fields["host"] == f"{HOST}:{site.port}"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST.",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0177.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "%6cocalhost",
        "%31%32%37.0.0.1",
    ],
)
def test_this_machine_is_refused_however_it_is_written(tmp_path: Path, site: Site, host: str) -> None:
    with pytest.raises(DocumentError, match=r"not on the public network|no machine called") as refused:
        Downloader(tmp_path, PUBLIC_ONLY).fetch(site.address("/plan.txt", host))
    assert "allow_private_addresses" in refused.value.hint or "check the address" in refused.value.hint
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "localhost", "127.0.0.1."])
def test_this_machine_is_asked_where_the_setting_allows_it(tmp_path: Path, site: Site, host: str) -> None:
    limits = DownloadLimits(retries=0, allow_private=True)
    assert Downloader(tmp_path, limits).fetch(site.address("/plan.txt", host)).path.read_text() == "計画"


@pytest.mark.parametrize(
    "number",
    [
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "fd00::1",
        "fe80::1%2",
        "64:ff9b::a00:1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_name_of_a_private_machine_is_refused(
    tmp_path: Path, network: OneMachineNetwork, site: Site, number: str
) -> None:
    downloader = Downloader(tmp_path, PUBLIC_ONLY, resolver=Names({HOST: [(number,)]}), network=network)
    with pytest.raises(DocumentError, match=f"{HOST} is {number}, which is not on the public network"):
        downloader.fetch(site.address("/plan.txt", HOST))
    assert network.dialled == []


@pytest.mark.parametrize("numbers", [(PUBLIC, "10.0.0.1"), ("::1", PUBLIC)])
def test_a_single_private_address_of_a_name_is_too_many(
    tmp_path: Path, network: OneMachineNetwork, site: Site, numbers: tuple[str, ...]
) -> None:
    downloader = Downloader(tmp_path, PUBLIC_ONLY, resolver=Names({HOST: [numbers]}), network=network)
    with pytest.raises(DocumentError, match="not on the public network"):
        downloader.fetch(site.address("/plan.txt", HOST))
    assert network.dialled == []


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "metadata.internal"])
def test_a_redirect_to_a_private_machine_is_refused(
    tmp_path: Path, network: OneMachineNetwork, site: Site, host: str
) -> None:
    names = Names({HOST: [(PUBLIC,)], "metadata.internal": [("169.254.169.254",)]})
    site.answers["/go"] = redirect(site.address("/plan.txt", host))
    with pytest.raises(DocumentError, match="not on the public network"):
        Downloader(tmp_path, PUBLIC_ONLY, resolver=names, network=network).fetch(site.address("/go", HOST))
    assert (network.dialled, site.paths) == ([PUBLIC], ["/go"])
    assert list(tmp_path.rglob("*")) == []


def test_a_name_is_looked_up_once_for_a_connection(tmp_path: Path, network: OneMachineNetwork, site: Site) -> None:
    names = Names({HOST: [(PUBLIC,), ("127.0.0.1",)]})
    Downloader(tmp_path, PUBLIC_ONLY, resolver=names, network=network).fetch(site.address("/plan.txt", HOST))
    assert (names.asked, network.dialled) == ([HOST], [PUBLIC])


@pytest.mark.parametrize("retries", [0, 2])
def test_a_name_that_is_rebound_is_refused_at_its_next_connection(
    tmp_path: Path, network: OneMachineNetwork, site: Site, retries: int
) -> None:
    names = Names({HOST: [(PUBLIC,), ("127.0.0.1",)]})
    site.answers["/go"] = redirect("/plan.txt")
    limits = DownloadLimits(retries=retries, retry_seconds=0.01)
    with pytest.raises(DocumentError, match=f"{HOST} is 127.0.0.1, which is not on the public network"):
        Downloader(tmp_path, limits, resolver=names, network=network).fetch(site.address("/go", HOST))
    assert (network.dialled, site.paths) == ([PUBLIC], ["/go"])


def test_the_next_address_of_a_name_is_tried_where_one_is_down(tmp_path: Path, site: Site) -> None:
    network = OneMachineNetwork(OTHER_PUBLIC)
    names = Names({HOST: [(OTHER_PUBLIC, PUBLIC)]})
    Downloader(tmp_path, PUBLIC_ONLY, resolver=names, network=network).fetch(site.address("/plan.txt", HOST))
    assert network.dialled == [OTHER_PUBLIC, PUBLIC]


def test_a_machine_that_is_down_at_every_address_is_reported_after_its_retries(tmp_path: Path, site: Site) -> None:
    network = OneMachineNetwork(OTHER_PUBLIC, PUBLIC)
    names = Names({HOST: [(OTHER_PUBLIC, PUBLIC)]})
    limits = DownloadLimits(retries=1, retry_seconds=0.01)
    with pytest.raises(DocumentError, match=f"the connection failed .{PUBLIC} is down. — check .* or try again later"):
        Downloader(tmp_path, limits, resolver=names, network=network).fetch(site.address("/plan.txt", HOST))
    assert network.dialled == [OTHER_PUBLIC, PUBLIC] * 2


def test_a_connection_may_take_no_longer_than_the_download(tmp_path: Path, network: OneMachineNetwork) -> None:
    limits = DownloadLimits(retries=0, connect_seconds=10, total_seconds=2)
    with pytest.raises(DocumentError):
        Downloader(tmp_path, limits, resolver=Names({HOST: [(PUBLIC,)]}), network=network).fetch(f"http://{HOST}:1/")
    assert network.timeouts[0] <= 2


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "unknown"), OSError("no network")])
def test_a_name_that_nobody_has_is_said_at_once(tmp_path: Path, error: OSError) -> None:
    names = Names({HOST: [error]})
    with pytest.raises(DocumentError, match=f"there is no machine called {HOST} — check the address"):
        Downloader(tmp_path, resolver=names).fetch(f"http://{HOST}/")
    assert names.asked == [HOST]


@pytest.mark.parametrize("first", [socket.gaierror(socket.EAI_AGAIN, "later"), ()])
def test_a_name_server_that_does_not_answer_is_asked_again(
    tmp_path: Path, network: OneMachineNetwork, site: Site, first: OSError | tuple[str, ...]
) -> None:
    limits = DownloadLimits(retries=1, retry_seconds=0.01)
    downloader = Downloader(tmp_path, limits, resolver=Names({HOST: [first, (PUBLIC,)]}), network=network)
    assert downloader.fetch(site.address("/plan.txt", HOST)).path.read_text() == "計画"
    downloader = Downloader(tmp_path, limits, resolver=Names({HOST: [first]}), network=network)
    with pytest.raises(DocumentError, match=f"name server does not answer for {HOST}|{HOST} has no address"):
        downloader.fetch(site.address("/other.txt", HOST))


def test_neither_proxies_nor_logins_of_the_environment_are_used(
    downloader: Downloader, network: OneMachineNetwork, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://minister:s3cret@10.0.0.1:3128")
    (tmp_path / "netrc").write_text(f"machine {HOST} login minister password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    downloader.fetch(site.address("/plan.txt", HOST))
    assert network.dialled == [PUBLIC]
    assert set(site.asked[0].fields) == {"host", "user-agent", "accept", "accept-encoding"}


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `HOST` that no authority signed, with its key."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(self_signed(HOST))
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def secure_site(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_site(context) as site:
        site.answers["/plan.txt"] = give("計画".encode())
        yield site


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("host", [HOST, f"{HOST}.", HOST.upper()])
def test_a_server_that_proves_its_name_is_believed(downloader: Downloader, secure_site: Site, host: str) -> None:
    address = secure_site.address("/plan.txt", host, "https")
    assert downloader.fetch(address).path.read_text() == "計画"


def test_a_server_with_a_certificate_of_its_own_making_is_not_believed(
    downloader: Downloader, secure_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(DocumentError, match="cannot prove who it is: self-signed certificate") as refused:
        downloader.fetch(secure_site.address("/plan.txt", HOST, "https"))
    assert "SSL_CERT_FILE" in refused.value.hint
    assert secure_site.asked == []


@pytest.mark.usefixtures("trusted")
def test_a_server_with_the_certificate_of_another_is_not_believed(
    tmp_path: Path, network: OneMachineNetwork, secure_site: Site
) -> None:
    names = Names({"other.example": [(PUBLIC,)]})
    downloader = Downloader(tmp_path, DownloadLimits(retry_seconds=0.01), resolver=names, network=network)
    with pytest.raises(DocumentError, match=r"not valid for 'other\.example'"):
        downloader.fetch(secure_site.address("/plan.txt", "other.example", "https"))
    assert (secure_site.asked, len(network.dialled)) == ([], 1)


@pytest.mark.usefixtures("trusted")
def test_a_redirect_out_of_encryption_is_refused(downloader: Downloader, site: Site, secure_site: Site) -> None:
    secure_site.answers["/go"] = redirect(site.address("/plan.txt", HOST))
    with pytest.raises(DocumentError, match="which is not encrypted — give that address itself"):
        downloader.fetch(secure_site.address("/go", HOST, "https"))
    assert site.asked == []
    site.answers["/first"] = redirect(secure_site.address("/go", HOST, "https"))
    with pytest.raises(DocumentError, match="which is not encrypted"):
        downloader.fetch(site.address("/first", HOST))


@pytest.mark.usefixtures("trusted")
def test_a_redirect_into_encryption_is_followed(downloader: Downloader, site: Site, secure_site: Site) -> None:
    site.answers["/go"] = redirect(secure_site.address("/plan.txt", HOST, "https"), status=301)
    download = downloader.fetch(site.address("/go", HOST))
    assert (download.path.name, download.url) == ("plan.txt", secure_site.address("/plan.txt", HOST, "https"))


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_certificates_that_cannot_be_read_are_named(
    downloader: Downloader, tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(DocumentError, match=r"SSL_CERT_FILE names cannot be read: .* — correct or unset it"):
        downloader.fetch(f"https://{HOST}/")


@contextmanager
def dripping(start: bytes, drop: bytes) -> Iterator[int]:
    """A port where any client hears `start`, then a `drop` now and then."""
    ended = threading.Event()

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.sendall(start)
            while not ended.wait(0.02):
                try:
                    client.sendall(drop)
                except OSError:  # the client has gone
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    ("start", "drop"),
    [(b"", b""), (b"\x16\x03\x03\x40\x00", b"\x02"), (b"\x15\x03\x03\x00\x02", b"")],
    ids=["silence", "a record without end", "an alert cut short"],
)
def test_a_handshake_without_end_ends_with_the_download(
    downloader: Downloader, start: bytes, drop: bytes, tmp_path: Path
) -> None:
    limits = DownloadLimits(retries=0, total_seconds=0.4)
    with dripping(start, drop) as port:
        downloader = Downloader(tmp_path, limits, resolver=Names({HOST: [(PUBLIC,)]}), network=OneMachineNetwork())
        started = time.perf_counter()
        with pytest.raises(DocumentError, match=r"took longer than 0\.4 seconds"):
            downloader.fetch(f"https://{HOST}:{port}/")
    assert time.perf_counter() - started < 15  # the handshake goes on for ever
