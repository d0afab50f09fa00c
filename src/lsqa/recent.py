"""What was read from a SQLite file and is kept in memory: what was used most recently, until the file changes."""

import sqlite3
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


FileState = tuple[int, int]


class StatedConnection(sqlite3.Connection):
    """A connection that knows better: the versions that SQLite counts mean nothing on another connection."""

    @abstractmethod
    def file_state(self) -> FileState:
        """Equal to an earlier value where the same state is read."""


def file_state(connection: sqlite3.Connection) -> FileState | None:
    """Equal to an earlier value if nothing was committed to the file since, by this connection or another. None inside
    of a transaction, which may be undone: nothing is to be kept of what is read there."""
    if isinstance(connection, StatedConnection):
        return connection.file_state()
    if connection.in_transaction:
        return None
    (others,) = connection.execute("PRAGMA data_version").fetchone()
    return (others, connection.total_changes)


class Kept(Generic[Value]):
    """One value that `read` reads from a SQLite file, until the file changes. Threads may share it."""

    def __init__(self, connection: sqlite3.Connection, read: Callable[[], Value]) -> None:
        self._connection = connection
        self._read = read
        self._lock = RLock()
        self._held: tuple[FileState, Value] | None = None

    def get(self) -> Value | None:
        """The value of the state that is read now; None where it cannot be kept: inside of a transaction that writes,
        or where a writer came between."""
        with self._lock:
            state = file_state(self._connection)
            if state is None:
                return None
            if self._held is None or self._held[0] != state:
                value = self._read()
                if file_state(self._connection) != state:
                    return None
                self._held = state, value
            return self._held[1]


class RecentlyUsed(Generic[Key, Value]):
    """Values by key. When their sizes together exceed `limit` bytes, those that were not used for longest are
    forgotten."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        held = self._values.get(key)
        if held is None:
            return None
        self._values.move_to_end(key)
        return held[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """`size` in bytes."""
        self.size += size - self._values.pop(key, (None, 0))[1]
        self._values[key] = value, size
        while self.size > self.limit and len(self._values) > 1:
            _, (_, freed) = self._values.popitem(last=False)
            self.size -= freed
