"""Connections for downloads: to machines of the public network only, and none for longer than a download may take.

A page can lead anywhere, by its own address or by a redirect; what it leads to ends up in answers. So the check stands
where the connection is made: a name is resolved once, every address it has is judged, and one of those very addresses
is connected to. Neither a second answer of the name server nor an odd spelling of a number (decimal, octal,
hexadecimal, a trailing dot) gets around it.

httpcore lets a connection be made this way (`NetworkBackend`); httpx, which stands on it, does not.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import httpcore

from lsqa.errors import DocumentError
from lsqa.ingest.addresses import is_public

Resolver = Callable[[str, int], tuple[str, ...]]
"""Host and port -> the numeric addresses of the host, best first. Raises `OSError`."""


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """What the system knows of `host`, each address once. As `Resolver`."""
    # As bytes: for text, Python applies its own, older IDNA, which raises what is no `OSError`.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedNetwork(httpcore.NetworkBackend):
    """Connections to checked addresses, all of which end at `deadline` (of `time.monotonic`).

    The time limit stands here because those of HTTP libraries hold for one read: a server that sends a byte now and
    then would keep them waiting for ever. Resolving a name has only the system's own limits.
    """

    def __init__(
        self, deadline: float, *, allow_private: bool, resolver: Resolver, network: httpcore.NetworkBackend
    ) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolver = resolver
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to `host`. Raises `DocumentError` where it is unknown or not public."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._network.connect_tcp(
                    address, port, _seconds_left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        try:
            addresses = self._resolver(host, port)
        except OSError as error:
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                raise httpcore.ConnectError(f"the name server does not answer for {host}") from error
            raise DocumentError(
                f"there is no machine called {host}", hint="check the address and the connection to the network"
            ) from error
        refused = [address for address in addresses if not is_public(address)]
        if refused and not self._allow_private:
            place = host if host == refused[0] else f"{host} is {refused[0]}, which"
            raise DocumentError(
                f"{place} is not on the public network",
                hint='download the file and give its path, or set allow_private_addresses = "yes"',
            )
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at a deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _seconds_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _seconds_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = _seconds_left(self._deadline, timeout)
            return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)
        except httpcore.ReadTimeout:
            self.close()  # nobody else knows of this connection yet
            raise
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise _unproven(error.__cause__) from error
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _unproven(error: ssl.SSLCertVerificationError) -> DocumentError:
    return DocumentError(
        f"the server cannot prove who it is: {error.verify_message}",
        hint="check the address, or name your own authority's certificates with SSL_CERT_FILE",
    )


def _seconds_left(deadline: float, timeout: float | None) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time limit is reached")
    return left if timeout is None else min(left, timeout)
