"""One address asked: from redirect to redirect, until a server gives the file, says that it is unchanged, or fails.

Requests carry no cookie, user or password, and go through no proxy, whatever the environment says: a proxy would look
up names itself, past the check of `lsqa.ingest.download_network`.
"""

import email.utils
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import responses
from importlib.metadata import version
from time import monotonic, time

import httpcore
import httpx

from lsqa.errors import DocumentError
from lsqa.ingest.addresses import parse_address, shown
from lsqa.ingest.download_limits import DownloadLimits
from lsqa.ingest.download_network import CheckedNetwork, Resolver

Fields = tuple[tuple[str, str], ...]
"""Header fields: names and values."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_GIVEN = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
_BY_HAND = "download the file and give its path"
_LOOK = "check the address in a browser"
_LATER = "check the address and the connection to the network, or try again later"
_HINTS = {
    401: f"the server wants a login: {_BY_HAND}",
    403: f"the server gives it to nobody, or to browsers only: {_BY_HAND}",
    404: "check the address",
    410: "check the address",
}


class TransientError(DocumentError):
    """What may be gone at the next attempt. `wait`: the seconds that the server asks for, or 0."""

    def __init__(self, message: str, *, hint: str = _LATER, wait: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """The file, or `is_unchanged`: what the conditions of the request hold for.

    `url` gave it. `cited` is the address asked for, or the one that permanent redirects name in its place; where a
    temporary redirect leads is left out, for it may differ the next time (RFC 9110, 15.4). `body` comes in pieces as
    they come over the line.
    """

    url: httpx.URL
    cited: httpx.URL
    headers: httpx.Headers
    body: Iterator[bytes]
    is_unchanged: bool


class Requests:
    """Requests that end, all together, `limits.total_seconds` from now."""

    def __init__(
        self, limits: DownloadLimits, tls: ssl.SSLContext, resolver: Resolver, network: httpcore.NetworkBackend
    ) -> None:
        self._limits = limits
        self._deadline = monotonic() + limits.total_seconds
        self._tls = tls
        self._network = CheckedNetwork(
            self._deadline, allow_private=limits.allow_private, resolver=resolver, network=network
        )

    @property
    def seconds_left(self) -> float:
        return self._deadline - monotonic()

    @contextmanager
    def get(self, address: httpx.URL, conditions: Callable[[httpx.URL], Fields]) -> Iterator[Answer]:
        """What `address` leads to; each request with the `conditions` for its address.

        Raises `DocumentError` for whatever goes wrong, also while the body is read: `TransientError` for what may pass.
        """
        try:
            with httpcore.ConnectionPool(self._tls, network_backend=self._network) as pool:
                yield from self._follow(pool, address, conditions)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise self._explained(error) from error

    def _follow(
        self, pool: httpcore.ConnectionPool, address: httpx.URL, conditions: Callable[[httpx.URL], Fields]
    ) -> Iterator[Answer]:
        url = cited = address
        for _ in range(self._limits.redirects + 1):
            asked = conditions(url)
            with self._sent(pool, url, asked) as response:
                headers = httpx.Headers(response.headers)
                if response.status not in _REDIRECTS:
                    is_unchanged = response.status == HTTPStatus.NOT_MODIFIED and bool(asked)
                    if not is_unchanged and response.status not in _GIVEN:
                        raise _refusal(response.status, headers, "" if url == address else f" at {shown(url)}")
                    yield Answer(url, cited, headers, response.iter_stream(), is_unchanged)
                    return
            following = _redirected(url, headers.get("location", ""))
            if response.status in _LASTING and cited == url:
                cited = following
            url = following
        raise DocumentError(f"more than {self._limits.redirects} redirects", hint=_LOOK)

    def _sent(
        self, pool: httpcore.ConnectionPool, url: httpx.URL, conditions: Fields
    ) -> AbstractContextManager[httpcore.Response]:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", f"lsqa/{version('lsqa')}"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            *conditions,
        ]
        wait = self._limits.read_seconds
        timeouts = {"connect": self._limits.connect_seconds, "read": wait, "write": wait}
        return pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts})

    def _explained(self, error: Exception) -> DocumentError:
        """What a failed connection means to the user."""
        if self.seconds_left <= 0:
            return DocumentError(f"the download took longer than {self._limits.total_seconds:g} seconds", hint=_BY_HAND)
        return TransientError(f"the connection failed ({str(error)[:200] or type(error).__name__})")


def _refusal(status: int, headers: httpx.Headers, place: str) -> DocumentError:
    message = f"the server answers {status} {responses.get(status, '')}".rstrip() + place
    hint = _HINTS.get(status, "check the address, or try again later")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
        return TransientError(message, hint=hint, wait=_retry_after(headers.get("retry-after", "")))
    return DocumentError(message, hint=hint)


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Where `url` redirects to. Raises `DocumentError` where that is nowhere, or out of encryption."""
    if not location:
        raise DocumentError(f"{shown(url)} redirects to nowhere", hint=_LOOK)
    try:
        following = parse_address(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        reason = f"{shown(url)} redirects to what is no address: {shown(location)}"
        raise DocumentError(reason, hint=_LOOK) from error
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
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
