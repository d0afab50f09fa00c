"""The writing half of the catalogue. The caller holds the library's lock and opens the transactions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lsqa.catalogue import ledger_rows
from lsqa.catalogue.parameters import marks, slices
from lsqa.catalogue.reading import Catalogue
from lsqa.catalogue.records import (
    Entry,
    Vector,
    blocks_to_json,
    boxes_to_json,
    chunk_of_vector,
    strings_to_json,
    vector_id,
    vector_to_blob,
)
from lsqa.catalogue.schema import connect
from lsqa.chunks import Chunk


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk with the number of its row, which the keyword index shares, and the title of its document."""

    number: int
    title: str
    chunk: Chunk


class CatalogueWriter(Catalogue):
    """The catalogue with what the one writer may do."""

    @classmethod
    def open(cls, home: Path) -> "CatalogueWriter":
        """The catalogue in `home`, made where there is none. Raises `HomeError`."""
        return cls(connect(home, writing=True))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception undoes every statement inside."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def set_meta(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def grow_generation(self) -> None:
        """Tell readers that something they can see has changed."""
        self.set_meta("generation", str(self.generation + 1))

    def add_embeddings(self, embeddings: Mapping[str, Vector]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO embeddings VALUES (?, ?)",
            ((key, vector_to_blob(vector)) for key, vector in embeddings.items()),
        )

    def drop_unused_embeddings(self) -> None:
        self.connection.execute("DELETE FROM embeddings WHERE key NOT IN (SELECT embedding_key FROM chunks)")

    def add_pending(self, entry: Entry) -> None:
        """Store a document beside its earlier version, unseen by readers until `publish`."""
        document = entry.document
        self.connection.execute("DELETE FROM documents WHERE doc_id = ? AND state = 'pending'", (document.doc_id,))
        version = self.connection.execute(
            """INSERT INTO documents (doc_id, state, title, publisher, published, url, licence, sha256, kind, path,
            warnings) VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (document.doc_id, document.title, document.publisher, document.published, document.url, document.licence,
             document.sha256, document.kind, entry.path, strings_to_json(document.warnings)),
        ).lastrowid  # fmt: skip
        self.connection.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
            (
                (version, page.number, page.text, blocks_to_json(page), boxes_to_json(page.boxes))
                for page in document.pages
            ),
        )
        self._add_chunks(version, entry)

    def replace_chunks(self, entry: Entry) -> None:
        """Give an indexed document other chunks and another ledger; its pages stay."""
        (version,) = self.connection.execute(
            "SELECT version FROM documents WHERE doc_id = ? AND state = 'indexed'", (entry.document.doc_id,)
        ).fetchone()
        self._discard_vectors("version = ?", (version,))
        self.connection.execute("DELETE FROM chunks WHERE version = ?", (version,))
        self.connection.execute("DELETE FROM ledger WHERE version = ?", (version,))
        self._add_chunks(version, entry)

    def _add_chunks(self, version: int | None, entry: Entry) -> None:
        self.connection.executemany(
            """INSERT INTO chunks (version, chunk_id, page, start, stop, heading_path, table_head, ocr,
            embedding_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                (
                    version,
                    c.chunk_id,
                    c.page,
                    c.start,
                    c.end,
                    strings_to_json(c.heading_path),
                    c.table_head,
                    c.ocr,
                    key,
                )
                for c, key in zip(entry.chunks, entry.embedding_keys, strict=True)
            ),
        )

        self.connection.executemany(ledger_rows.INSERT, ledger_rows.rows(version, entry.ledger))

    def pending(self) -> tuple[str, ...]:
        """The ids of documents that wait to be published."""
        return tuple(
            str(doc_id) for (doc_id,) in self.connection.execute("SELECT doc_id FROM documents WHERE state = 'pending'")
        )

    def drop_pending(self) -> None:
        """Roll back what was not published."""
        self._discard_vectors("version IN (SELECT version FROM documents WHERE state = 'pending')", ())
        self.connection.execute("DELETE FROM documents WHERE state = 'pending'")

    def chunk_rows(self, doc_id: str) -> tuple[int, ...]:
        """The row numbers of an indexed document's chunks."""
        rows = self.connection.execute(
            "SELECT c.row FROM chunks c JOIN documents d USING (version) WHERE d.doc_id = ? AND d.state = 'indexed'",
            (doc_id,),
        )
        return tuple(int(row) for (row,) in rows)

    def version(self, doc_id: str) -> int:
        """The number of a document's indexed version, 0 where there is none."""
        row = self.connection.execute(
            "SELECT version FROM documents WHERE doc_id = ? AND state = 'indexed'", (doc_id,)
        ).fetchone()
        return int(row[0]) if row else 0

    def numbered_chunks(self, doc_id: str) -> tuple[Row, ...]:
        """An indexed document's chunks with their row numbers."""
        record = self.record(doc_id)
        numbers = sorted(self.chunk_rows(doc_id))
        chunks = self.chunks_of(doc_id)
        return tuple(Row(n, record.title if record else "", c) for n, c in zip(numbers, chunks, strict=True))

    def publish(self, doc_id: str) -> None:
        """Show the pending version in the place of the indexed one, whose vectors become garbage."""
        self.drop(doc_id)
        self.connection.execute(
            "UPDATE documents SET state = 'indexed' WHERE doc_id = ? AND state = 'pending'", (doc_id,)
        )

    def drop(self, doc_id: str) -> None:
        """Forget the indexed version of a document; its vectors become garbage, its file is looked at again next
        time."""
        found = self.connection.execute(
            "SELECT version, path FROM documents WHERE doc_id = ? AND state = 'indexed'", (doc_id,)
        ).fetchone()
        if found is None:
            return
        version, path = found
        self._discard_vectors("version = ?", (version,))
        self.connection.execute("DELETE FROM documents WHERE version = ?", (version,))
        self.connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def move(self, doc_id: str, path: str) -> None:
        """A document's file is now at `path`."""
        self.connection.execute(
            "DELETE FROM files WHERE path = (SELECT path FROM documents WHERE doc_id = ? AND state = 'indexed')",
            (doc_id,),
        )
        self.connection.execute("UPDATE documents SET path = ? WHERE doc_id = ? AND state = 'indexed'", (path, doc_id))

    def set_file_signature(self, path: str, signature: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, signature))
        self.connection.execute("DELETE FROM failures WHERE path = ?", (path,))

    def set_failure(self, path: str, signature: str, status: str, reason: str) -> None:
        """A file of that content cannot be read, however often it is tried."""
        self.connection.execute(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", (path, signature, status, reason)
        )

    def forget_files(self, paths: Sequence[str]) -> None:
        """Let files be read again."""
        self.connection.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in paths))

    def read_again(self, doc_id: str) -> None:
        """Let a document's file be read again, whatever is known of it."""
        self.connection.execute(
            "DELETE FROM files WHERE path IN (SELECT path FROM documents WHERE doc_id = ?)", (doc_id,)
        )
        self.connection.execute("UPDATE documents SET sha256 = '' WHERE doc_id = ?", (doc_id,))

    def forget_embeddings(self, keys: Sequence[str]) -> None:
        self.connection.executemany("DELETE FROM embeddings WHERE key = ?", ((key,) for key in keys))

    def garbage(self) -> tuple[str, ...]:
        """Vector ids that the vector index may still hold and nothing needs any more."""
        listed = [str(i) for (i,) in self.connection.execute("SELECT vector_id FROM garbage")]
        wanted = self._still_used(listed)
        return tuple(i for i in listed if i not in wanted)

    def clear_garbage(self) -> None:
        self.connection.execute("DELETE FROM garbage")

    def _discard_vectors(self, condition: str, parameters: tuple[object, ...]) -> None:
        rows = self.connection.execute(f"SELECT chunk_id, embedding_key FROM chunks WHERE {condition}", parameters)
        self.connection.executemany(
            "INSERT OR IGNORE INTO garbage VALUES (?)", [(vector_id(*row),) for row in rows.fetchall()]
        )

    def _still_used(self, vector_ids: Sequence[str]) -> frozenset[str]:
        chunk_ids = [chunk_of_vector(identifier) for identifier in vector_ids]
        return frozenset(
            vector_id(*row)
            for some in slices(chunk_ids)
            for row in self.connection.execute(
                f"SELECT chunk_id, embedding_key FROM chunks WHERE chunk_id IN ({marks(some)})", some
            )
        )
