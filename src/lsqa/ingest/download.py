"""Files from addresses: downloaded within limits, kept in the data folder, asked for again only if they have changed.

    downloads/<16 digits of the address' SHA-256>/
    ├── <name>              what the address led to
    └── .download.json      where it came from and when, its hash, and what makes the next request a conditional one

Nothing of a server's answer is trusted: neither its size, nor the file's name, nor where it redirects to. Requests
carry no cookie, user or password, and go through no proxy, whatever the environment says: a proxy would look up names
itself, past the check of `lsqa.ingest.addresses`. Of the environment only `SSL_CERT_FILE` and `SSL_CERT_DIR` count.
"""

import email.utils
import hashlib
import re
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import responses
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import httpcore
import httpx

from lsqa.errors import DocumentError
from lsqa.ingest.addresses import CheckedNetwork, Resolver, parse_address, shown, system_resolver
from lsqa.ingest.download_body import decompressed, too_large
from lsqa.ingest.download_folder import DownloadFolder, DownloadRecord
from lsqa.ingest.download_names import file_name, suffix_of

_LONGEST_WAIT = 60.0  # for a server that asks to be asked later
_LONGEST_VALIDATOR = 1024
_PERHAPS_LATER = "check the address and the connection to the network, or try again later"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_HINTS = {
    401: "the server wants a login: download the file and give its path",
    403: "the server gives it to nobody, or to browsers only: download the file and give its path",
    404: "check the address",
    410: "check the address",
}


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What a download may cost. `max_bytes` counts what is kept, after decompression, and what comes over the line.

    `read_seconds` is the longest wait for a piece, `total_seconds` that for the whole, with all redirects and retries;
    `retry_seconds` the pause before the first of `retries`, doubled for each further one. `allow_private` lets machines
    be asked that are not on the public network.
    """

    max_bytes: int = 512 * 1024**2
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 600.0
    redirects: int = 5
    retries: int = 2
    retry_seconds: float = 1.0
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    """A file that came from an address. `path` keeps its name as long as its kind does.

    `url` is the address to cite: the one asked for, or the one that permanent redirects name in its place; where a
    temporary redirect leads is left out, for it may differ the next time (RFC 9110, 15.4). `is_unchanged`: the file is
    what it was the last time, byte for byte.
    """

    path: Path
    url: str
    is_unchanged: bool


class Downloader:
    """Downloads into `folder`, one file at a time. `resolver` and `network` default to those of the system."""

    def __init__(
        self,
        folder: Path,
        limits: DownloadLimits | None = None,
        *,
        resolver: Resolver = system_resolver,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._folder = folder
        self._limits = limits or DownloadLimits()
        self._resolver = resolver
        self._network = network
        self._tls: ssl.SSLContext | None = None

    def fetch(self, url: str, on_bytes: Callable[[int], None] | None = None) -> Download:
        """The file behind an address. `on_bytes` hears how many bytes have come so far.

        Raises `DocumentError` for whatever goes wrong; the file of an earlier download then stays as it was.
        """
        address = parse_address(url)
        folder = self._folder / hashlib.sha256(str(address).encode()).hexdigest()[:16]
        deadline = time.monotonic() + self._limits.total_seconds
        network = CheckedNetwork(
            deadline, allow_private=self._limits.allow_private, resolver=self._resolver, network=self._network
        )
        try:
            with httpcore.ConnectionPool(self._certificates(), network_backend=network) as pool:
                return _Fetch(address, DownloadFolder(folder), self._limits, deadline, pool, on_bytes).run()
        except OSError as error:
            raise DocumentError(
                f"cannot keep the download in {folder}: {error.strerror or error}",
                hint="check the permissions of the data folder and the free space of its disk",
            ) from error

    def _certificates(self) -> ssl.SSLContext:
        if self._tls is None:
            try:
                self._tls = httpx.create_ssl_context()
            except OSError as error:
                raise DocumentError(
                    f"the certificates that SSL_CERT_FILE names cannot be read: {error}", hint="correct or unset it"
                ) from error
        return self._tls


class _TransientError(Exception):
    """What may be gone at the next attempt. `wait`: the seconds that the server asks for, or 0."""

    def __init__(self, failure: DocumentError, wait: float = 0.0) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.wait = wait


class _Fetch:
    """One address, until its deadline."""

    def __init__(
        self,
        address: httpx.URL,
        folder: DownloadFolder,
        limits: DownloadLimits,
        deadline: float,
        pool: httpcore.ConnectionPool,
        on_bytes: Callable[[int], None] | None,
    ) -> None:
        self._address = address
        self._folder = folder
        self._limits = limits
        self._deadline = deadline
        self._pool = pool
        self._on_bytes = on_bytes
        self._earlier = folder.earlier

    def run(self) -> Download:
        """As `Downloader.fetch`. What may pass is tried again, as long as there is time."""
        try:
            for attempt in range(self._limits.retries):
                try:
                    return self._attempt()
                except _TransientError as trouble:
                    wait = trouble.wait or self._limits.retry_seconds * 2**attempt
                    if wait > min(_LONGEST_WAIT, self._deadline - time.monotonic()):
                        raise trouble.failure from trouble
                time.sleep(wait)
            try:
                return self._attempt()
            except _TransientError as trouble:
                raise trouble.failure from trouble
        except DocumentError as error:
            if self._earlier is None:
                raise
            stays = f"{error.message}; the copy of {self._earlier.fetched[:10]} stays"
            raise DocumentError(stays, hint=error.hint, status=error.status) from error

    def _attempt(self) -> Download:
        try:
            return self._follow()
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            failure = self._explained(error)
            if failure.hint == _PERHAPS_LATER:
                raise _TransientError(failure) from error
            raise failure from error

    def _explained(self, error: Exception) -> DocumentError:
        """What a failed connection means to the user."""
        if time.monotonic() >= self._deadline:
            return DocumentError(
                f"the download took longer than {self._limits.total_seconds:g} seconds",
                hint="download the file and give its path",
            )
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            return DocumentError(
                f"the server cannot prove who it is: {error.__cause__.verify_message}",
                hint="check the address, or name your own authority's certificates with SSL_CERT_FILE",
            )
        reason = str(error)[:200] or type(error).__name__
        return DocumentError(f"the connection failed ({reason})", hint=_PERHAPS_LATER)

    def _follow(self) -> Download:
        """What the address leads to, through all redirects."""
        url = cited = self._address
        for _ in range(self._limits.redirects + 1):
            with self._pool.stream(
                "GET", _target(url), headers=self._headers(url), extensions={"timeout": self._timeouts()}
            ) as response:
                if response.status not in _REDIRECTS:
                    return self._take(response, url, str(cited))
                following = _redirected(url, httpx.Headers(response.headers).get("location", ""))
            if response.status in _LASTING and cited == url:
                cited = following
            url = following
        raise DocumentError(f"more than {self._limits.redirects} redirects", hint="check the address in a browser")

    def _timeouts(self) -> dict[str, float]:
        return {
            "connect": self._limits.connect_seconds,
            "read": self._limits.read_seconds,
            "write": self._limits.read_seconds,
        }

    def _headers(self, url: httpx.URL) -> list[tuple[str, str]]:
        headers = [
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", f"lsqa/{version('lsqa')}"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
        ]
        if self._may_be_unchanged(url) and self._earlier:
            conditions = (("If-None-Match", self._earlier.etag), ("If-Modified-Since", self._earlier.last_modified))
            headers += [(name, value) for name, value in conditions if value]
        return headers

    def _may_be_unchanged(self, url: httpx.URL) -> bool:
        """Whether `url` gave the file that is here: to another address its etag means nothing."""
        return self._earlier is not None and self._folder.is_intact and str(url) == self._earlier.final_url

    def _take(self, response: httpcore.Response, url: httpx.URL, cited: str) -> Download:
        headers = httpx.Headers(response.headers)
        if response.status == HTTPStatus.NOT_MODIFIED and self._earlier and self._may_be_unchanged(url):
            return Download(self._folder.path / self._earlier.file, cited, is_unchanged=True)
        if response.status in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
            return self._store(response, url, cited)
        place = "" if url == self._address else f" at {shown(url)}"
        failure = DocumentError(
            f"the server answers {response.status} {responses.get(response.status, '')}".rstrip() + place,
            hint=_HINTS.get(response.status, "check the address, or try again later"),
        )
        if response.status == HTTPStatus.TOO_MANY_REQUESTS or response.status >= 500:
            raise _TransientError(failure, _retry_after(headers.get("retry-after", "")))
        raise failure

    def _store(self, response: httpcore.Response, url: httpx.URL, cited: str) -> Download:
        headers = httpx.Headers(response.headers)
        with self._folder.partial() as partial:
            with partial.open("xb") as stream:
                sha256, size = self._receive(response, headers, stream)
            record = DownloadRecord(
                url=str(self._address),
                final_url=str(url),
                file=self._name(url, response.headers),
                etag=_validator(headers, "etag"),
                last_modified=_validator(headers, "last-modified"),
                fetched=datetime.now(UTC).isoformat(timespec="seconds"),
                sha256=sha256,
                size=size,
            )
            is_same = self._folder.keep(partial, record)
        return Download(self._folder.path / record.file, cited, is_same)

    def _receive(self, response: httpcore.Response, headers: httpx.Headers, stream: BinaryIO) -> tuple[str, int]:
        """Write the body, decompressed, into `stream`; its SHA-256 and its size in bytes."""
        most = self._limits.max_bytes
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise too_large(most)
        digest, size = hashlib.sha256(), 0
        encoding = headers.get("content-encoding", "").strip().lower()
        for piece in decompressed(response.iter_stream(), encoding, most):
            stream.write(piece)
            digest.update(piece)
            size += len(piece)
            if self._on_bytes:
                self._on_bytes(size)
        if not size:
            raise DocumentError("the server sends an empty file", hint="check the address in a browser")
        return digest.hexdigest(), size

    def _name(self, url: httpx.URL, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The file's name: as before, for the document's id hangs on it, unless it is of another kind now."""
        name = file_name(url, headers)
        return self._earlier.file if self._earlier and suffix_of(self._earlier.file) == suffix_of(name) else name


def _target(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Where `url` redirects to. Raises `DocumentError` where that is nowhere, or out of encryption."""
    if not location:
        raise DocumentError(f"{shown(url)} redirects to nowhere", hint="check the address in a browser")
    try:
        following = parse_address(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        reason = f"{shown(url)} redirects to what is no address: {shown(location)}"
        raise DocumentError(reason, hint="check the address in a browser") from error
    if (url.scheme, following.scheme) == ("https", "http"):
        raise DocumentError(
            f"{shown(url)} redirects to {shown(following)}, which is not encrypted",
            hint="give that address itself if it can be trusted",
        )
    return following


def _retry_after(value: str) -> float:
    """Seconds that `Retry-After` asks for, a number or a date (RFC 9110, 10.2.3); 0 where it says nothing."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _validator(headers: httpx.Headers, name: str) -> str:
    value = headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""
