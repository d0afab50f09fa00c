"""Where the chunks that readers see stand, kept in memory while the library does not change.

A question asks for it of some hundred chunks; as statements of SQLite that took more time than what is done with the
answers. Of a library that is too large for it nothing is kept, and every question asks the tables.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.catalogue.parameters import marks, slices
from lsqa.catalogue.records import chunk_of_vector, vector_id
from lsqa.recent import Kept

MOST_CHUNKS: Final = 50_000
"""Of a larger library nothing is kept: a chunk takes half a kilobyte."""
_ROWS: Final = """SELECT c.row, c.chunk_id, c.embedding_key, d.doc_id, c.page
FROM chunks c JOIN documents d USING (version) WHERE d.state = 'indexed'"""
_DOCUMENTS: Final = "SELECT version, doc_id, title, published FROM documents WHERE state = 'indexed'"


@dataclass(frozen=True, slots=True)
class Directory:
    """One state of the library. `chunk_ids` by their rows, `doc_ids` by versions, the page (document, number) of each
    chunk, the ids of all `vectors`, and of each document (title, date)."""

    chunk_ids: Mapping[int, str]
    doc_ids: Mapping[int, str]
    places: Mapping[str, tuple[str, int]]
    vectors: frozenset[str]
    titles: Mapping[str, tuple[str, str]]


class DirectoryReader:
    """Reads it from a catalogue's connection, of a library of at most `most` chunks. Threads may share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.most = MOST_CHUNKS
        self._kept: Kept[Directory | None] = Kept(connection, self._read)

    def get(self) -> Directory | None:
        """The directory of the state that is read now; None where none is kept: ask the tables."""
        return self._kept.get()

    def _read(self) -> Directory | None:
        (count,) = self._connection.execute("SELECT count(*) FROM chunks").fetchone()
        if count > self.most:
            return None
        rows = self._connection.execute(_ROWS).fetchall()
        documents = self._connection.execute(_DOCUMENTS).fetchall()
        return Directory(
            chunk_ids={row: chunk_id for row, chunk_id, _, _, _ in rows},
            doc_ids={version: doc_id for version, doc_id, _, _ in documents},
            places={chunk_id: (doc_id, page) for _, chunk_id, _, doc_id, page in rows},
            vectors=frozenset(vector_id(chunk_id, key) for _, chunk_id, key, _, _ in rows),
            titles={doc_id: (title, published) for _, doc_id, title, published in documents},
        )

    def titles(self, doc_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """As `Catalogue.titles`."""
        wanted = tuple(dict.fromkeys(doc_ids))
        if directory := self.get():
            return {doc_id: directory.titles[doc_id] for doc_id in wanted if doc_id in directory.titles}
        return {
            str(doc_id): (str(title), str(published))
            for some in slices(wanted)
            for _, doc_id, title, published in self._connection.execute(
                f"{_DOCUMENTS} AND doc_id IN ({marks(some)})", some
            )
        }

    def places(self, chunk_ids: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """As `Catalogue.places`."""
        if directory := self.get():
            known = directory.places
            return tuple(dict.fromkeys(known[chunk_id] for chunk_id in chunk_ids if chunk_id in known))
        found = (
            (str(doc_id), int(page))
            for some in slices(chunk_ids)
            for _, _, _, doc_id, page in self._connection.execute(f"{_ROWS} AND c.chunk_id IN ({marks(some)})", some)
        )
        return tuple(dict.fromkeys(found))

    def visible_vectors(self, vector_ids: Sequence[str]) -> frozenset[str]:
        """As `Catalogue.visible_vectors`."""
        if directory := self.get():
            return directory.vectors.intersection(vector_ids)
        return frozenset(vector_ids) & {
            vector_id(chunk_id, key)
            for some in slices([chunk_of_vector(identifier) for identifier in vector_ids])
            for _, chunk_id, key, _, _ in self._connection.execute(f"{_ROWS} AND c.chunk_id IN ({marks(some)})", some)
        }
