"""Reading from many threads at once, each question from one state of the catalogue.

A statement of SQLite belongs to one thread at a time, and a writer may replace a document between two statements of a
question. So whoever reads in a snapshot has a connection of their own with a transaction on it: in WAL mode it shows
the library as it was at its first statement, whatever is written meanwhile, and keeps no writer waiting.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from lsqa.errors import ClosedError
from lsqa.recent import StatedConnection

_KEPT: Final = 8  # connections that wait open for the next snapshot


class SharedConnection(StatedConnection):
    """A connection for reading that threads share: inside `Snapshot.used` a statement goes to the snapshot's own.

    Outside of one it is a plain connection, for one thread at a time.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._again = arguments, options
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] | None = []

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        snapshot = self._used()
        return super().execute(sql, parameters) if snapshot is None else snapshot.connection.execute(sql, parameters)

    def file_state(self) -> tuple[int, int]:
        """Which state of the library is read: its generation, the same in whatever snapshot shows it."""
        snapshot = self._used()
        return (_generation(self) if snapshot is None else snapshot.generation), 0

    def snapshot(self) -> "Snapshot":
        """A new one, to be closed; inside another's `used`, that one again. Raises `ClosedError`."""
        return self._used() or Snapshot(self, self._take())

    @contextmanager
    def bound(self, snapshot: "Snapshot") -> Iterator[None]:
        """The statements of this thread go to `snapshot` meanwhile."""
        before = self._used()
        self._thread.snapshot = snapshot
        try:
            yield
        finally:
            self._thread.snapshot = before

    def _used(self) -> "Snapshot | None":
        return getattr(self._thread, "snapshot", None)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle is None:
                raise ClosedError("the library has been closed", hint="open another: Assistant.open()")
            if self._idle:
                return self._idle.pop()
        arguments, options = self._again
        connection: sqlite3.Connection = sqlite3.connect(*arguments, **{**options, "factory": sqlite3.Connection})
        connection.execute("PRAGMA query_only = ON")
        return connection

    def give_back(self, connection: sqlite3.Connection) -> None:
        """A connection whose snapshot has ended."""
        with self._lock:
            if self._idle is not None and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Snapshots that are still in use close their own connections."""
        with self._lock:
            idle, self._idle = self._idle or [], None
        for connection in idle:
            connection.close()
        super().close()


class Snapshot:
    """One state of the catalogue, by one thread at a time; a context manager that ends it.

    One that is asked for inside itself is the same one, and ends with the outermost.
    """

    def __init__(self, shared: SharedConnection, connection: sqlite3.Connection) -> None:
        self._shared = shared
        self.connection = connection
        self._owners = 0
        self._generation: int | None = None

    @property
    def generation(self) -> int:
        """That of the library as the snapshot shows it, which no writer changes: read once."""
        if not self._owners:  # no transaction yet
            return _generation(self.connection)
        if self._generation is None:
            self._generation = _generation(self.connection)
        return self._generation

    @contextmanager
    def used(self) -> Iterator[None]:
        """What this thread reads meanwhile is read from the snapshot."""
        with self._shared.bound(self):
            yield

    def __enter__(self) -> "Snapshot":
        if not self._owners:
            self.connection.execute("BEGIN")
        self._owners += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._owners -= 1
        if not self._owners:
            self._generation = None
            self.connection.commit()  # of what is temporary: the connection keeps its views for the next snapshot
            self._shared.give_back(self.connection)


def _generation(connection: sqlite3.Connection) -> int:
    (generation,) = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(generation)
