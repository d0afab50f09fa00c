"""Files from addresses: downloaded within limits, kept in the data folder, asked for again only if they have changed.

    downloads/<16 digits of the address' SHA-256>/
    ├── <name>              what the address led to
    └── .download.json      where it came from and when, its hash, and what makes the next request a conditional one

Nothing of a server's answer is trusted: neither its size, nor the file's name, nor where it redirects to. Of the
environment only `SSL_CERT_FILE` and `SSL_CERT_DIR` count.
"""

import hashlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import httpcore
import httpx

from lsqa.errors import DocumentError
from lsqa.ingest.addresses import parse_address
from lsqa.ingest.download_body import decompressed, too_large
from lsqa.ingest.download_folder import DownloadFolder, DownloadRecord
from lsqa.ingest.download_limits import DownloadLimits
from lsqa.ingest.download_names import file_name, suffix_of
from lsqa.ingest.download_network import Resolver, system_resolver
from lsqa.ingest.download_requests import Answer, Requests, TransientError

__all__ = ["Download", "DownloadLimits", "Downloader"]

_LONGEST_WAIT = 60.0  # for a server that asks to be asked later
_LONGEST_VALIDATOR = 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A file that came from an address. `path` keeps its name as long as its kind does. `url` is the address to cite:
    the one asked for, or the one that permanent redirects name in its place."""

    path: Path
    url: str


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
        self._network = network or httpcore.SyncBackend()
        self._tls: ssl.SSLContext | None = None

    def fetch(self, url: str, on_bytes: Callable[[int], None] | None = None) -> Download:
        """The file behind an address. `on_bytes` hears how many bytes have come so far.

        Raises `DocumentError` for whatever goes wrong; the file of an earlier download then stays as it was.
        """
        address = parse_address(url)
        path = self._folder / hashlib.sha256(str(address).encode()).hexdigest()[:16]
        requests = Requests(self._limits, self._certificates(), self._resolver, self._network)
        try:
            return _Fetch(address, DownloadFolder(path), requests, self._limits, on_bytes).run()
        except OSError as error:
            raise DocumentError(
                f"cannot keep the download in {path}: {error.strerror or error}",
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


@dataclass(frozen=True, slots=True)
class _Fetch:
    """One address, whatever it takes."""

    address: httpx.URL
    folder: DownloadFolder
    requests: Requests
    limits: DownloadLimits
    on_bytes: Callable[[int], None] | None

    def run(self) -> Download:
        """As `Downloader.fetch`. Raises `OSError` too, for the folder's."""
        try:
            return self._persist()
        except DocumentError as error:
            if self.folder.earlier is None:
                raise
            stays = f"{error.message}; the copy of {self.folder.earlier.fetched[:10]} stays"
            raise DocumentError(stays, hint=error.hint, status=error.status) from error

    def _persist(self) -> Download:
        """What may pass is tried again, as long as there is time."""
        attempt = 0
        while True:
            try:
                return self._attempt()
            except TransientError as trouble:
                wait = trouble.wait or self.limits.retry_seconds * 2**attempt
                if attempt == self.limits.retries or wait > min(_LONGEST_WAIT, self.requests.seconds_left):
                    raise
            time.sleep(wait)
            attempt += 1

    def _attempt(self) -> Download:
        with self.requests.get(self.address, self.folder.conditions) as answer:
            record = self.folder.earlier if answer.is_unchanged else None
            record = record or self._store(answer)
            return Download(self.folder.path / record.file, str(answer.cited))

    def _store(self, answer: Answer) -> DownloadRecord:
        with self.folder.partial() as partial:
            with partial.open("xb") as stream:
                sha256, size = self._receive(answer, stream)
            record = DownloadRecord(
                url=str(self.address),
                final_url=str(answer.url),
                file=self._name(answer),
                etag=_validator(answer.headers, "etag"),
                last_modified=_validator(answer.headers, "last-modified"),
                fetched=datetime.now(UTC).isoformat(timespec="seconds"),
                sha256=sha256,
                size=size,
            )
            self.folder.keep(partial, record)
        return record

    def _receive(self, answer: Answer, stream: BinaryIO) -> tuple[str, int]:
        """Write the body, decompressed, into `stream`; its SHA-256 and its size in bytes."""
        most = self.limits.max_bytes
        if int(answer.headers.get("content-length", "0")) > most:  # h11 has seen that it is a number
            raise too_large(most)
        digest, size = hashlib.sha256(), 0
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        for piece in decompressed(answer.body, encoding, most):
            stream.write(piece)
            digest.update(piece)
            size += len(piece)
            if self.on_bytes:
                self.on_bytes(size)
        if not size:
            raise DocumentError("the server sends an empty file", hint="check the address in a browser")
        return digest.hexdigest(), size

    def _name(self, answer: Answer) -> str:
        """The file's name: as before, for the document's id hangs on it, unless it is of another kind now."""
        name, earlier = file_name(answer.url, answer.headers.raw), self.folder.earlier
        return earlier.file if earlier and suffix_of(earlier.file) == suffix_of(name) else name


def _validator(headers: httpx.Headers, name: str) -> str:
    value = headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""
