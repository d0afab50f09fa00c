"""How often one token or one address may ask: a bucket each, filled steadily."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MOST_KEPT: Final = 10_000
_BURST_SECONDS: Final = 10.0  # what a client may save up


class RateLimit:
    """`a_minute` requests for each key, 0 for any number. For any number of threads."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = a_minute / 60
        self._burst = max(1.0, self._rate * _BURST_SECONDS)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """0 where the request may pass, else the seconds until one may."""
        if not self._rate:
            return 0.0
        now = self._clock()
        with self._lock:
            left, then = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._rate)
            passes = left >= 1.0
            self._buckets[key] = (left - 1.0 if passes else left, now)
            # The key that was silent for longest is full again, or nearly.
            while len(self._buckets) > _MOST_KEPT:
                self._buckets.popitem(last=False)
        return 0.0 if passes else (1.0 - left) / self._rate


def network_of(address: str) -> str:
    """An address as requests are counted by it: of IPv6 the 64 bits that one network has to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
