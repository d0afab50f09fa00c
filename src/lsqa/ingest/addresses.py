"""Addresses on the network: how they are written, and which of the machines behind them may be asked.

A page can lead anywhere, by its own address or by a redirect; what it leads to ends up in answers. So a connection is
made to public machines only. The check stands where the connection is made: a name is resolved once, every address it
has is judged, and one of those very addresses is connected to. Neither a second answer of the name server nor an odd
spelling of a number (decimal, octal, hexadecimal, a trailing dot) gets around it.
"""

import re
import socket
import ssl
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any

import httpcore
import httpx

from lsqa.errors import DocumentError

Resolver = Callable[[str, int], tuple[str, ...]]
"""Host and port -> the numeric addresses of the host, best first. Raises `OSError`."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)(://.*)", re.IGNORECASE | re.DOTALL)
_USER = re.compile(r"(?<=://)[^/?#]*@")
_LONGEST_SHOWN = 200

# The special-purpose registries of IANA (RFC 6890). `ipaddress.is_global` differs between versions of Python.
_SPECIAL_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's wire server: a public number that only machines inside can reach
    )
)  # fmt: skip
_GLOBAL_6 = IPv6Network("2000::/3")
_SPECIAL_6 = tuple(  # in 2000::/3: Teredo and other protocols, documentation, 6to4
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches IPv4: RFC 6052


def is_address(given: object) -> bool:
    """Whether what was given to ingest is an address on the network (any scheme) and not a path."""
    return isinstance(given, str) and _ADDRESS.fullmatch(given) is not None


def shown(address: str | httpx.URL) -> str:
    """An address as it may be shown: without user and password, printable, not endless."""
    text = "".join(c if c.isprintable() else "�" for c in _USER.sub("", str(address)))
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def parse_address(text: str) -> httpx.URL:
    """`text` in its normal form: scheme and host in lower case, IDNA, no default port, no fragment.

    Raises `DocumentError` for another scheme than http and https, a user or password, a host or port that cannot be.
    """
    match = _ADDRESS.fullmatch(text)
    scheme = match[1].lower() if match else ""
    if not match or scheme not in ("http", "https"):
        raise DocumentError(
            f"{shown(text)} is no http:// or https:// address", hint="download the file and give its path"
        )
    if _USER.search(text):
        raise DocumentError(
            f"{shown(text)} was given with a user or password, which lsqa sends nowhere",
            hint="download the file and give its path",
        )
    try:
        url = httpx.URL(scheme + match[2])
        host = url.raw_host.decode("ascii").removesuffix(".")
        normal = url.copy_with(host=host, raw_path=url.raw_path, fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise DocumentError(f"{shown(text)} is no valid address: {error}", hint="check how it is written") from error
    is_host = ":" in host or all(0 < len(label) < 64 for label in host.split("."))
    if not is_host or (url.port is not None and not 0 < url.port < 65536):
        raise DocumentError(f"{shown(text)} names no machine that can be asked", hint="check how it is written")
    return normal


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public network.

    Loopback, private, shared (CGNAT), link-local, multicast, reserved, unspecified and documentation addresses do not.
    IPv4 inside IPv6 (mapped, NAT64) is judged by the IPv4 address; 6to4 and Teredo, which nothing public uses any more,
    are refused whatever they carry.
    """
    number = ip_address(address)
    if isinstance(number, IPv4Address):
        return not any(number in network for network in _SPECIAL_4)
    carried = _carried(number)
    if carried is not None:
        return is_public(str(carried))
    is_special = number.scope_id is not None or any(number in network for network in _SPECIAL_6)
    return number in _GLOBAL_6 and not is_special


def _carried(number: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    return IPv4Address(int(number) & 0xFFFFFFFF) if number in _NAT64 else number.ipv4_mapped


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
        self,
        deadline: float,
        *,
        allow_private: bool,
        resolver: Resolver = system_resolver,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._resolver = resolver
        self._network = network or httpcore.SyncBackend()

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
            raise DocumentError(
                f"{host} is {refused[0]}, which is not on the public network",
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
        except httpcore.ReadTimeout:
            self.close()  # nobody else knows of this connection yet
            raise
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _seconds_left(deadline: float, timeout: float | None) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time limit is reached")
    return left if timeout is None else min(left, timeout)
