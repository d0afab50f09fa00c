"""BM25 over an FTS5 table, from postings in memory.

FTS5 reads a term's postings from its B-tree for every question, and the commonest terms cost most. Here they are read
once and kept while the file does not change, those that were used most recently; so nothing is loaded before the first
question, memory is bounded, and nothing is older than the file (`lsqa.recent`).

The formula is that of FTS5's own bm25(): k1 = 1.2, b = 0.75, the length of a row is that of all its fields, an idf is
at least 1e-6. A score is the same whether it was computed here or there.
"""

import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.recent import FileState, RecentlyUsed, file_state

FIELDS: Final = ("title", "headings", "words", "bigrams")
K1: Final = 1.2
_B: Final = 0.75
_LEAST_IDF: Final = 1e-6
_LIMIT: Final = 64 * 2**20  # bytes of postings of each table
_EACH: Final = 500  # bytes that a term takes beside its postings
_TRIES: Final = 10
_NOWHERE: Final = np.zeros(0, dtype=np.int64)
_CAPITALS: Final = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}

FieldWeights = tuple[float, float, float, float]
"""What an occurrence counts in each of `FIELDS`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Terms, each once, with what an occurrence of them counts."""

    terms: Sequence[str]
    weights: FieldWeights


@dataclass(frozen=True, slots=True)
class _Term:
    """Where a term stands: `rows` (n,) are places in `_Table.numbers`, `scores` (n,) its BM25 there. `found` counts the
    rows by field, those of fields without weight left out."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    found: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The table in one state of the file. `numbers` (n,) are its row numbers, ascending; `norms` (n,) what BM25 adds to
    a frequency below the line."""

    state: FileState | None
    numbers: NDArray[np.int64]
    norms: NDArray[np.float64]
    terms: RecentlyUsed[tuple[str, FieldWeights], _Term]


class Postings:
    """The postings of the FTS5 table `table`, whose columns are `FIELDS`. Threads may share it."""

    def __init__(self, connection: sqlite3.Connection, table: str, limit: int = _LIMIT) -> None:
        self._connection = connection
        self.table = table
        self._limit = limit
        self._lock = RLock()
        self._held: _Table | None = None

    def scores(self, groups: Sequence[Group]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The row numbers, ascending, and the BM25 of each row, both (n,)."""
        table, terms = self._read(groups)
        if not terms:
            return table.numbers, np.zeros(len(table.numbers))
        rows = np.concatenate([term.rows for term in terms])
        values = np.concatenate([term.scores for term in terms])
        total: NDArray[np.float64] = np.bincount(rows, values, minlength=len(table.numbers)).astype(np.float64)
        return table.numbers, total

    def frequencies(self, group: Group, field: str) -> tuple[list[int], int]:
        """In how many rows each term stands in `field`, which has to have a weight; and the number of rows."""
        table, terms = self._read([group])
        return [term.found[FIELDS.index(field)] for term in terms], len(table.numbers)

    @property
    def size(self) -> int:
        """Bytes of postings that are kept."""
        return self._held.terms.size if self._held else 0

    def _read(self, groups: Sequence[Group]) -> tuple[_Table, list[_Term]]:
        """The table and the terms of all groups, out of one state of the file: read again where a writer committed
        meanwhile."""
        with self._lock:
            for _ in range(_TRIES):
                table = self._current()
                terms = [term for group in groups for term in self._terms(table, group)]
                if file_state(self._connection) == table.state:
                    break
            return table, terms

    def _current(self) -> _Table:
        state = file_state(self._connection)
        if self._held is None or state is None or self._held.state != state:
            self._held = _Table(state, *self._lengths(), RecentlyUsed(self._limit))
        return self._held

    def _show_places(self) -> None:
        """A view of every occurrence, in the connection's own temporary schema: a reader may change no file."""
        (is_read_only,) = self._connection.execute("PRAGMA query_only").fetchone()
        self._connection.execute("PRAGMA query_only = OFF")
        self._connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{self.table}_places USING fts5vocab(main, {self.table}, instance)"
        )
        self._connection.execute(f"PRAGMA query_only = {is_read_only}")

    def _places(self, statement: str, term: str) -> Sequence[str | None]:
        """The row of `statement` for a term. Each connection needs a view of its own, which is made where it is
        missing."""
        try:
            found: Sequence[str | None] = self._connection.execute(statement, (term,)).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            self._show_places()
            found = self._connection.execute(statement, (term,)).fetchone()
        return found

    def _lengths(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        rows = self._connection.execute(f"SELECT id, sz FROM {self.table}_docsize ORDER BY id").fetchall()
        numbers = np.fromiter((number for number, _ in rows), np.int64, len(rows))
        lengths = _varints(b"".join(sizes for _, sizes in rows)).reshape(len(rows), len(FIELDS)).sum(axis=1)
        mean = float(lengths.mean()) if len(rows) else 0.0
        return numbers, K1 * (1 - _B + _B * lengths / max(mean, 1.0))

    def _terms(self, table: _Table, group: Group) -> list[_Term]:
        keys = [(term.translate(_CAPITALS), group.weights) for term in group.terms]  # as the tokenizer folds them
        held = {key: table.terms.get(key) for key in keys}
        missing = [term for (term, _), found in held.items() if found is None]
        loaded = dict(self._load(table, missing, group.weights))
        return [held[key] or loaded[key[0]] for key in keys]

    def _load(self, table: _Table, terms: Sequence[str], weights: FieldWeights) -> Iterable[tuple[str, _Term]]:
        if not terms:
            return
        # Numbers as text: an occurrence as a row of Python takes three times as long, and grouping by SQL too.
        columns = (
            f"group_concat(doc) FILTER (WHERE col = '{field}')" if weight else "NULL"
            for field, weight in zip(FIELDS, weights, strict=True)
        )
        statement = f"SELECT {', '.join(columns)} FROM temp.{self.table}_places WHERE term = ?"
        for term in terms:
            places = self._places(statement, term)
            found = _scored(
                table, [np.fromstring(text, np.int64, sep=",") if text else _NOWHERE for text in places], weights
            )
            table.terms.put((term, weights), found, found.rows.nbytes + found.scores.nbytes + _EACH)
            yield term, found


def inverse_frequency(found: int, count: int) -> float:
    """The idf of a term that stands in `found` of `count` rows."""
    return max(_LEAST_IDF, math.log((count - found + 0.5) / (found + 0.5)))


def _scored(table: _Table, places: Sequence[NDArray[np.int64]], weights: FieldWeights) -> _Term:
    """`places`: for each field the row number of every occurrence."""
    count = len(table.numbers)
    often = np.zeros(count)
    found = [0] * len(places)
    for field, (numbers, weight) in enumerate(zip(places, weights, strict=True)):
        if not len(numbers) or not count:
            continue
        at = table.numbers.searchsorted(numbers)
        at = at[table.numbers.take(at, mode="clip") == numbers]  # a writer may have added rows since
        times = np.bincount(at, minlength=count)
        often += weight * times
        found[field] = int(np.count_nonzero(times))
    rows = np.flatnonzero(often)
    often = often[rows]
    worth = inverse_frequency(len(rows), count) * (K1 + 1)
    return _Term(rows.astype(np.int32), worth * often / (often + table.norms[rows]), tuple(found))


def _varints(content: bytes) -> NDArray[np.int64]:
    """The numbers of SQLite's format: seven bits a byte, the highest first, the eighth bit set on all but the last."""
    given = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(given < 0x80)
    starts = np.concatenate(([0], ends[:-1] + 1))[: len(ends)]
    values = np.zeros(len(ends), dtype=np.int64)
    for back in range(int((ends - starts).max(initial=-1)) + 1):
        inside = ends - back >= starts
        values[inside] += (given[ends[inside] - back] & 0x7F).astype(np.int64) << (7 * back)
    return values
