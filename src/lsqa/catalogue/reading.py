"""The reading half of the catalogue. Only documents in the state `indexed` are shown."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lsqa.catalogue import ledger_rows
from lsqa.catalogue.directory import DirectoryReader
from lsqa.catalogue.filters import DocumentFilter
from lsqa.catalogue.parameters import marks, slices
from lsqa.catalogue.records import (
    DocumentRecord,
    Vector,
    VectorRecord,
    chunk_of_vector,
    is_vector,
    page_from_row,
    strings_from_json,
    vector_from_blob,
    vector_id,
)
from lsqa.catalogue.schema import connect
from lsqa.catalogue.snapshots import SharedConnection, Snapshot
from lsqa.chunks import Chunk
from lsqa.documents import Document, Page
from lsqa.errors import UnknownDocumentError
from lsqa.ledger import LedgerLine

_FIELDS = "d.doc_id, d.title, d.publisher, d.published, d.url, d.licence, d.sha256, d.kind"
_RECORD = f"""
SELECT {_FIELDS}, d.path,
    (SELECT count(*) FROM pages p WHERE p.version = d.version),
    (SELECT count(*) FROM chunks c WHERE c.version = d.version),
    d.warnings
FROM documents d WHERE d.state = 'indexed'
"""
_CHUNK = """
SELECT c.chunk_id, d.doc_id, c.heading_path, c.page, c.start, c.stop, p.text, c.table_head, c.ocr
FROM chunks c JOIN documents d USING (version) JOIN pages p ON p.version = c.version AND p.number = c.page
WHERE d.state = 'indexed'
"""
_VECTOR_ROWS = "SELECT c.chunk_id, c.embedding_key FROM chunks c JOIN documents d USING (version)"
_EMBEDDING_KEYS = "SELECT c.embedding_key FROM chunks c JOIN documents d USING (version)"
_EMBEDDED = "FROM chunks c JOIN documents d USING (version) JOIN embeddings e ON e.key = c.embedding_key"
_VECTOR = f"SELECT c.chunk_id, c.embedding_key, d.doc_id, c.page, e.vector {_EMBEDDED}"
_PAGE_VECTORS = f"""SELECT c.row, c.chunk_id, d.doc_id, c.page, e.vector {_EMBEDDED}
WHERE d.state = 'indexed' {{}} ORDER BY +c.row"""
_ON_PAGES = "AND (d.doc_id, c.page) IN (VALUES {})"
PageVector = tuple[int, str, str, int, Vector]  # row, chunk id, document, page, embedding


class Catalogue:
    """Documents, pages and chunks, read from `catalogue.sqlite3`. Frozen objects come out, never rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.directory = DirectoryReader(connection)

    @classmethod
    def open(cls, home: Path) -> "Catalogue":
        """The catalogue in `home`, for reading. Raises `HomeError`."""
        return cls(connect(home, writing=False))

    def snapshot(self) -> Snapshot:
        """One state of the catalogue for the calls of one question, whatever is written meanwhile; only for readers."""
        if not isinstance(self.connection, SharedConnection):
            raise TypeError("the writer reads what it has just written")
        return self.connection.snapshot()

    def close(self) -> None:
        self.connection.close()

    def meta(self, key: str) -> str:
        """A property of the library, or an empty string."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    @property
    def fingerprint(self) -> str:
        """Encoder, chunking, folding and tokens that the index was made with; empty before the first document."""
        return self.meta("fingerprint")

    @property
    def generation(self) -> int:
        """A number that grows with every change that readers can see."""
        return int(self.meta("generation"))

    @property
    def document_count(self) -> int:
        return self._count("SELECT count(*) FROM documents WHERE state = 'indexed'")

    @property
    def chunk_count(self) -> int:
        return self._count("SELECT count(*) FROM chunks JOIN documents USING (version) WHERE state = 'indexed'")

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document, by id."""
        return self._records("ORDER BY d.doc_id")

    def documents_after(self, doc_id: str, limit: int) -> tuple[DocumentRecord, ...]:
        """The next `limit` documents after an id, which need not be there, by id."""
        return self._records("AND d.doc_id > ? ORDER BY d.doc_id LIMIT ?", doc_id, limit)

    def record(self, doc_id: str) -> DocumentRecord | None:
        return next(iter(self._records("AND d.doc_id = ?", doc_id)), None)

    def titles(self, doc_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """(title, date) of each of these documents; unknown ids are left out."""
        return self.directory.titles(doc_ids)

    def records_at(self, path: str) -> tuple[DocumentRecord, ...]:
        """The documents that came from the file `path`."""
        return self._records("AND d.path = ?", path)

    def records_with_hash(self, sha256: str) -> tuple[DocumentRecord, ...]:
        """The documents whose file, or line, has this hash."""
        return self._records("AND d.sha256 = ?", sha256)

    def _records(self, condition: str, *parameters: str | int) -> tuple[DocumentRecord, ...]:
        rows = self.connection.execute(f"{_RECORD} {condition}", parameters)
        return tuple(_record(*row) for row in rows)

    def document(self, doc_id: str) -> Document:
        """A document with all its pages. Raises `UnknownDocumentError`."""
        row = self.connection.execute(
            f"SELECT {_FIELDS}, d.warnings, d.version FROM documents d WHERE d.state = 'indexed' AND d.doc_id = ?",
            (doc_id,),
        ).fetchone()
        if row is None:
            raise unknown_document(doc_id)
        found, title, publisher, published, url, licence, sha256, kind, warnings, version = row
        rows = self.connection.execute(
            "SELECT number, text, blocks, boxes FROM pages WHERE version = ? ORDER BY number", (version,)
        )
        pages = tuple(page_from_row(*page) for page in rows)
        known = strings_from_json(warnings)
        return Document(found, title, publisher, published, url, licence, sha256, kind, pages, known)

    def page(self, doc_id: str, number: int) -> Page:
        """One page, by its number from 1. Raises `UnknownDocumentError`."""
        row = self.connection.execute(
            """SELECT p.number, p.text, p.blocks, p.boxes FROM pages p JOIN documents d USING (version)
            WHERE d.state = 'indexed' AND d.doc_id = ? AND p.number = ?""",
            (doc_id, number),
        ).fetchone()
        if row is None:
            raise unknown_document(doc_id, f", page {number}")
        return page_from_row(*row)

    def chunks(self, chunk_ids: Sequence[str]) -> tuple[Chunk, ...]:
        """The chunks of these ids in the order asked for; ids that no document has (any more) are left out."""
        found: dict[str, Chunk] = {}
        for some in slices(chunk_ids):
            rows = self.connection.execute(f"{_CHUNK} AND c.chunk_id IN ({marks(some)})", some)
            found.update((chunk.chunk_id, chunk) for chunk in _chunks(rows))
        return tuple(found[i] for i in chunk_ids if i in found)

    def chunks_of(self, doc_id: str) -> tuple[Chunk, ...]:
        """All chunks of a document in reading order; empty for an unknown id."""
        return tuple(_chunks(self.connection.execute(f"{_CHUNK} AND d.doc_id = ? ORDER BY c.row", (doc_id,))))

    def chunks_on(self, doc_id: str, page: int) -> tuple[Chunk, ...]:
        """The chunks of one page in reading order; empty for an unknown place."""
        statement = f"{_CHUNK} AND d.doc_id = ? AND c.page = ? ORDER BY c.row"
        return tuple(_chunks(self.connection.execute(statement, (doc_id, page))))

    def admitted(self, where: DocumentFilter) -> tuple[str, ...]:
        """The ids of the documents that meet the conditions. Raises `UnknownDocumentError` for an id that none has,
        and where none meets them."""
        for doc_id in where.documents:
            if self.record(doc_id) is None:
                raise unknown_document(doc_id)
        found = tuple(record.doc_id for record in self.documents() if where.admits(record))
        if not found:
            raise UnknownDocumentError(
                f"no document meets the conditions ({where})", hint="`lsqa documents --json` tells what each is"
            )
        return found

    def page_vectors(self, places: Sequence[tuple[str, int]] | None = None) -> tuple[PageVector, ...]:
        """Every chunk of the pages (document, number), or of all; the rows of a page count up in reading order."""
        return tuple(
            (int(row), str(chunk_id), str(doc_id), int(page), vector_from_blob(blob))
            for some in ([()] if places is None else slices(list(dict.fromkeys(places))))
            for row, chunk_id, doc_id, page, blob in self.connection.execute(
                _PAGE_VECTORS.format(_ON_PAGES.format(",".join(["(?, ?)"] * len(some))) if some else ""),
                [value for place in some for value in place],
            )
        )

    def places(self, chunk_ids: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """The pages (document, number) that these chunks stand on, each once."""
        return self.directory.places(chunk_ids)

    def ledger(self, doc_ids: Sequence[str] | None = None) -> tuple[LedgerLine, ...]:
        """The ledgers of these documents, or of all, by document and in reading order; unknown ids are left out."""
        if doc_ids is None:
            found = self.connection.execute(f"{ledger_rows.SELECT} ORDER BY d.doc_id, l.position")
            return tuple(ledger_rows.lines(found))
        return tuple(
            line
            for some in slices(doc_ids)
            for line in ledger_rows.lines(
                self.connection.execute(
                    f"{ledger_rows.SELECT} AND d.doc_id IN ({marks(some)}) ORDER BY d.doc_id, l.position", some
                )
            )
        )

    def chunks_of_documents(self, chunk_ids: Sequence[str], doc_ids: Sequence[str]) -> frozenset[str]:
        """Those of `chunk_ids` that belong to one of the documents."""
        wanted = frozenset(doc_ids)
        return frozenset(
            str(chunk_id)
            for some in slices(chunk_ids)
            for chunk_id, doc_id in self.connection.execute(
                f"""SELECT c.chunk_id, d.doc_id FROM chunks c JOIN documents d USING (version)
                WHERE d.state = 'indexed' AND c.chunk_id IN ({marks(some)})""",
                some,
            )
            if doc_id in wanted
        )

    def file_signature(self, path: str) -> str:
        """What the file's content and metadata were when it was last ingested whole; empty where it never was."""
        row = self.connection.execute("SELECT signature FROM files WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else ""

    def failure(self, path: str, signature: str) -> tuple[str, str] | None:
        """The status and reason that a file of that content ended with at `path`; None where it did not fail there."""
        row = self.connection.execute(
            "SELECT status, reason FROM failures WHERE path = ? AND signature = ?", (path, signature)
        ).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def paths_with_signature(self, signature: str) -> tuple[str, ...]:
        """Where files of that content were when they were ingested."""
        rows = self.connection.execute("SELECT path FROM files WHERE signature = ? ORDER BY path", (signature,))
        return tuple(str(path) for (path,) in rows)

    def visible_vectors(self, vector_ids: Sequence[str]) -> frozenset[str]:
        """Those of `vector_ids` that belong to a chunk of an indexed document as it stands now."""
        return self.directory.visible_vectors(vector_ids)

    def vector_ids(self) -> frozenset[str]:
        """The ids of all vectors that the vector index has to hold, those of pending documents included."""
        return frozenset(vector_id(*row) for row in self.connection.execute(_VECTOR_ROWS))

    def sample_vector_ids(self, count: int) -> tuple[str, ...]:
        """About `count` vector ids of indexed documents, spread evenly."""
        step = max(1, self.chunk_count // count)
        rows = self.connection.execute(
            f"{_VECTOR_ROWS} WHERE d.state = 'indexed' AND c.row % ? = 0 LIMIT ?", (step, count)
        )
        return tuple(vector_id(*row) for row in rows)

    def vectors(self, vector_ids: Iterable[str] | None = None) -> Iterator[VectorRecord]:
        """The vectors of these ids, or all; pending documents included. A vector shared by two versions of a document
        comes twice."""
        if vector_ids is None:
            yield from _vectors(self.connection.execute(f"{_VECTOR} ORDER BY c.row"))
            return
        wanted = frozenset(vector_ids)
        for some in slices(sorted(chunk_of_vector(i) for i in wanted)):
            for record in _vectors(self.connection.execute(f"{_VECTOR} WHERE c.chunk_id IN ({marks(some)})", some)):
                if record.vector_id in wanted:
                    yield record

    def embeddings(self, keys: Sequence[str]) -> dict[str, Vector]:
        """The stored embeddings of these keys; keys without one are left out."""
        return {
            key: vector_from_blob(blob)
            for some in slices(keys)
            for key, blob in self.connection.execute(
                f"SELECT key, vector FROM embeddings WHERE key IN ({marks(some)})", some
            )
        }

    def embedding_keys(self, doc_id: str) -> tuple[str, ...]:
        """The keys of the embeddings of a document's chunks, in reading order."""
        rows = self.connection.execute(
            f"{_EMBEDDING_KEYS} WHERE d.state = 'indexed' AND d.doc_id = ? ORDER BY c.row", (doc_id,)
        )
        return tuple(str(key) for (key,) in rows)

    def kept_embeddings(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` under which there is an embedding."""
        return frozenset(
            str(key)
            for some in slices(keys)
            for (key,) in self.connection.execute(f"SELECT key FROM embeddings WHERE key IN ({marks(some)})", some)
        )

    def odd_embeddings(self) -> tuple[str, ...]:
        """The keys of embeddings that are no vectors, or of another length than most."""
        lengths = self.connection.execute(
            "SELECT length(vector), count(*) FROM embeddings GROUP BY 1 ORDER BY 2 DESC"
        ).fetchall()
        usual = lengths[0][0] if lengths else 0
        rows = self.connection.execute("SELECT key, vector FROM embeddings")
        return tuple(str(key) for key, blob in rows if len(blob) != usual or not is_vector(blob))

    def paths_without_document(self) -> tuple[str, ...]:
        """Files that are noted as ingested whole, and no document is of them: they would never be read again."""
        without = "SELECT path FROM files WHERE path NOT IN (SELECT path FROM documents) ORDER BY path"
        rows = self.connection.execute(without)
        return tuple(str(path) for (path,) in rows)

    def _count(self, statement: str) -> int:
        return int(self.connection.execute(statement).fetchone()[0])


def _record(*row: Any) -> DocumentRecord:
    return DocumentRecord(*(*row[:-1], strings_from_json(row[-1])))


def _chunks(rows: Iterable[tuple[str, str, str, int, int, int, str, str, float | None]]) -> Iterator[Chunk]:
    for chunk_id, doc_id, heading_path, page, start, stop, text, head, ocr in rows:
        yield Chunk(chunk_id, doc_id, strings_from_json(heading_path), page, start, stop, text[start:stop], head, ocr)


def _vectors(rows: Iterable[tuple[str, str, str, int, bytes]]) -> Iterator[VectorRecord]:
    for chunk_id, key, doc_id, page, blob in rows:
        yield VectorRecord(vector_id(chunk_id, key), doc_id, page, vector_from_blob(blob))


def unknown_document(doc_id: str, place: str = "") -> UnknownDocumentError:
    return UnknownDocumentError(f"there is no document '{doc_id}'{place}", hint="`lsqa documents` lists the ids")
