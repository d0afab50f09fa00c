"""How much a server does at once: threads that answer, a line before them, and nobody beyond it kept waiting."""

import asyncio
import contextvars
import math
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

Result = TypeVar("Result")
Event = TypeVar("Event")
_FIRST_GUESS: Final = 0.3  # seconds that a piece of work takes, before any was measured
_WEIGHT: Final = 0.1  # of the last one among those measured
_PATIENCE: Final = 10.0  # seconds that anyone is kept waiting for a thread, as far as can be told


class BusyError(Exception):
    """There is no room in the line. `retry_after`: seconds until there should be."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("at capacity")
        self.retry_after = retry_after


class Capacity:
    """`at_a_time` threads and room for `waiting` more pieces of work, or fewer where these take long. To be closed."""

    def __init__(self, at_a_time: int, waiting: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(at_a_time, f"lsqa-{name}")
        self._at_a_time = at_a_time
        self._room = at_a_time + waiting
        self._lock = threading.Lock()
        self._seconds = _FIRST_GUESS
        self.taken = 0

    async def run(self, work: Callable[[], Result], seconds: float) -> Result:
        """The result of `work`. Raises `BusyError`, `TimeoutError`, and what `work` raises.

        What has begun goes on when its time is over or its task is cancelled, and holds its place until it ends.
        """
        return await asyncio.wait_for(asyncio.wrap_future(self._submit(work)), seconds)

    async def stream(
        self, begin: Callable[[threading.Event], Iterator[Event]], seconds: float
    ) -> AsyncGenerator[Event]:
        """What the iterator that `begin` makes gives, as it comes. Raises as `run` does.

        `begin` gets the event that is set when its time is over, or nobody listens any more.
        """
        loop = asyncio.get_running_loop()
        left = threading.Event()
        events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

        def tell(kind: str, value: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(events.put_nowait, (kind, value))

        def work() -> None:
            try:
                if not left.is_set():
                    for event in begin(left):
                        tell("event", event)
                tell("end", None)
            except BaseException as error:  # noqa: BLE001 — raised where it is waited for
                tell("error", error)

        until = loop.time() + seconds
        future = self._submit(work)
        try:
            while True:
                kind, value = await asyncio.wait_for(events.get(), max(0.0, until - loop.time()))
                if kind == "end":
                    return
                if kind == "error":
                    raise value
                yield value
        finally:
            left.set()
            future.cancel()

    def _submit(self, work: Callable[[], Result]) -> "Future[Result]":
        with self._lock:
            wait = self._seconds * (self.taken - self._at_a_time + 1) / self._at_a_time
            if self.taken >= self._room or wait > _PATIENCE:
                raise BusyError(max(1, math.ceil(min(wait, _PATIENCE))))
            self.taken += 1
        try:
            # In the context of whoever asks, so that its trace goes on.
            future = self._threads.submit(contextvars.copy_context().run, self._timed, work)
        except BaseException:
            self._leave(None)
            raise
        future.add_done_callback(self._leave)
        return future

    def _timed(self, work: Callable[[], Result]) -> Result:
        started = time.perf_counter()
        try:
            return work()
        finally:
            with self._lock:
                self._seconds += _WEIGHT * (time.perf_counter() - started - self._seconds)

    def _leave(self, _: object) -> None:
        with self._lock:
            self.taken -= 1

    def close(self) -> None:
        """Work that waits is dropped; what has begun is waited for."""
        self._threads.shutdown(wait=True, cancel_futures=True)
