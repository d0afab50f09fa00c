"""Addresses on the network: how they are written and shown, and which numeric ones belong to the public network."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from lsqa.errors import DocumentError

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
        host = url.raw_host.decode("ascii").lower().removesuffix(".")
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
