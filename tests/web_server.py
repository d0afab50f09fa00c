"""A web server on this machine for tests of downloads, and a network on which it stands for every machine."""

import datetime
import gzip
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
SIGNING = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in. The names of `fields` are in lower case."""

    path: str
    fields: dict[str, str]


@dataclass(slots=True)
class Visit:
    """One request while it is answered. `send` puts bytes on the line as they are; `pause` ends early with the test."""

    asked: Asked
    send: Callable[[bytes], object]
    pause: Callable[[float], bool]


Answer = Callable[[Visit], None]


class Server(ThreadingHTTPServer):
    """Ends with all its threads; what goes wrong in one of them is kept, unless the client hung up."""

    daemon_threads = False
    failures: list[BaseException]

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, (ConnectionError, ssl.SSLError)):
            self.failures.append(error)


@dataclass(slots=True)
class Site:
    """Answers by path; `asked` is what was asked for, in order."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def address(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def running_site(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A server with no page yet."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
            site.asked.append(asked)
            site.answers.get(self.path, give(b"not here", status=404))(Visit(asked, self.wfile.write, closing.wait))

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

        def __init__(self, request: Any, client_address: Any, server: BaseServer) -> None:
            if tls:
                with tls.wrap_socket(request, server_side=True) as encrypted:
                    super().__init__(encrypted, client_address, server)
            else:
                super().__init__(request, client_address, server)

    server = Server(("127.0.0.1", 0), Handler)
    server.failures = []
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
    assert server.failures == []


def give(body: bytes, *fields: tuple[str, str | bytes], status: int = 200) -> Answer:
    """An answer like any server's: status, length, header `fields` (bytes go out as they are), body."""

    def answer(visit: Visit) -> None:
        lines = [b"HTTP/1.1 %d Whatever" % status, b"Content-Length: %d" % len(body), b"Connection: close"]
        for name, value in fields:
            lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
        visit.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    return answer


def give_raw(answer: bytes) -> Answer:
    """Bytes as they are, and the connection closed."""

    def send(visit: Visit) -> None:
        visit.send(answer)

    return send


def give_slowly(start: bytes, drop: bytes, *, every: float = 0.02) -> Answer:
    """`start`, and from then on a `drop` now and then, for ever."""

    def answer(visit: Visit) -> None:
        visit.send(start)
        while not visit.pause(every):
            visit.send(drop)

    return answer


def redirect(location: str | bytes, *fields: tuple[str, str | bytes], status: int = 302) -> Answer:
    return give(b"", ("Location", location), *fields, status=status)


def one_after_the_other(*answers: Answer) -> Answer:
    """Each answer once, the last one for ever."""
    left = list(answers)

    def answer(visit: Visit) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(visit)

    return answer


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


def self_signed(host: str) -> bytes:
    """A certificate of `host` that no authority signed, with its key (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(SIGNING, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signed.public_bytes(serialization.Encoding.PEM) + secret


class OneMachineNetwork(httpcore.SyncBackend):
    """The network as it would be if this machine stood at every address but those that are `down`.

    `dialled` are the addresses that were connected to, `timeouts` how long each connection might take (seconds).
    """

    def __init__(self, *down: str) -> None:
        self.down = down
        self.dialled: list[str] = []
        self.timeouts: list[float] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append(host)
        self.timeouts.append(float("inf") if timeout is None else timeout)
        if host in self.down:
            raise httpcore.ConnectError(f"{host} is down")
        return super().connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


class Names:
    """A name server: for each host its answers, one after the other, the last one for ever. What is a number already
    stands for itself."""

    def __init__(self, answers: dict[str, list[tuple[str, ...] | OSError]]) -> None:
        self._answers = {host: list(given) for host, given in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        given = self._answers.get(host, [(host,)])
        found = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(found, OSError):
            raise found
        return found
