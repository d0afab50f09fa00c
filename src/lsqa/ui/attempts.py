"""How often a login may be guessed: after some failures each further one has to wait, twice as long as the one before.

Failures count for the address they come from and for the name they try, whether anyone has that name or not: one
machine cannot try many names, nor many machines one name. A name waits a minute at most, so that nobody is kept out
for long by someone else's guesses. An address of this machine may be that of a proxy, behind which everybody is: what
comes from there counts by name only.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from starlette.exceptions import HTTPException

from lsqa.api.binding import is_loopback
from lsqa.api.rates import network_of
from lsqa.ui.access import Login

asked_from: ContextVar[str] = ContextVar("asked_from", default="")
"""The address that the request being answered comes from; empty where that is not known."""

_FREE: Final = 5  # failures without a wait
_FIRST: Final = 5.0  # seconds
_LONGEST_OF_ADDRESS: Final = 900.0
_LONGEST_OF_NAME: Final = 60.0
_FORGOTTEN: Final = 3_600.0  # seconds after the last failure
_MOST_KEPT: Final = 10_000
_LONGEST_NAME: Final = 200


class Attempts:
    """The failures of each key; `longest` seconds is the longest wait. For any number of threads."""

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest = longest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until the key may be tried again; 0 where it may be now."""
        with self._lock:
            count, last = self._failures.get(key, (0, 0.0))
        if count < _FREE:
            return 0.0
        waits = min(self._longest, _FIRST * 2.0 ** min(count - _FREE, 30))
        return max(0.0, last + waits - self._clock())

    def failed(self, key: str) -> None:
        now = self._clock()
        with self._lock:
            count, last = self._failures.pop(key, (0, now))
            self._failures[key] = (count + 1 if now - last < _FORGOTTEN else 1, now)
            while len(self._failures) > _MOST_KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)


def limited(admits: Login, clock: Callable[[], float] = time.monotonic) -> Login:
    """`admits`, which is not asked while a wait is on. Raises starlette's `HTTPException` 429 then, whatever was
    given: the right password is not told from a wrong one by being let in early."""
    by_address, by_name = Attempts(_LONGEST_OF_ADDRESS, clock), Attempts(_LONGEST_OF_NAME, clock)

    def admits_in_time(name: str, password: str) -> bool:
        given, who = asked_from.get(), name[:_LONGEST_NAME]
        address = "" if is_loopback(given) else network_of(given)
        if wait := max(by_address.wait(address) if address else 0.0, by_name.wait(who)):
            seconds = str(math.ceil(wait))
            raise HTTPException(429, f"too many failed logins: wait {seconds} seconds", {"Retry-After": seconds})
        if admits(name, password):
            by_name.succeeded(who)
            by_address.succeeded(address)
            return True
        by_name.failed(who)
        if address:
            by_address.failed(address)
        return False

    return admits_in_time
