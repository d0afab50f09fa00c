"""The library as its one writer sees it."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock

from lsqa.catalogue import CatalogueWriter, Entry, Vector, VectorRecord, vector_id
from lsqa.catalogue.reading import unknown_document
from lsqa.errors import LibraryError
from lsqa.glossary import definitions
from lsqa.keyword_index import keyword_row, page_keyword_row
from lsqa.library.folder import (
    check_fingerprint,
    home_errors,
    index_fingerprint,
    refuse_file,
    release_lock,
    take_lock,
)
from lsqa.library.reading import Library, open_vectors
from lsqa.settings import ChromaServer
from lsqa.vector_index import VectorIndex

_log = logging.getLogger(__name__)


class WritableLibrary(Library):
    """A data folder opened by its one writer."""

    catalogue: CatalogueWriter

    def __init__(
        self, home: Path, catalogue: CatalogueWriter, vectors: VectorIndex, lock: FileLock, encoder: str
    ) -> None:
        super().__init__(home, catalogue, vectors)
        self.catalogue = catalogue
        self.encoder = encoder
        self._lock = lock

    @classmethod
    def open_for_writing(
        cls,
        home: Path,
        encoder: str,
        *,
        chroma: ChromaServer | None = None,
        rebuild: bool = False,
        vectors: VectorIndex | None = None,
    ) -> "WritableLibrary":
        """The library in `home`, made where there is none. What an interrupted writer left is finished first.

        With `rebuild`, an index made with another encoder is no error: `rebuild_with` has to be called next.

        Raises:
            HomeError: the folder cannot be made or written.
            LockedError: another process is writing.
            StaleIndexError: as `Library.open`.
        """
        refuse_file(home)
        with home_errors(home):
            home.mkdir(parents=True, exist_ok=True)
            lock = take_lock(home)
            try:
                catalogue = CatalogueWriter.open(home)
                index = vectors or open_vectors(home, catalogue, encoder, chroma)
                library = cls(home, catalogue, index, lock, encoder)
            except BaseException:
                lock.release()
                raise
            try:
                library._prepare(rebuild=rebuild)
            except BaseException:
                library.close()
                raise
        return library

    def _follow(self, generation: int) -> None:
        """The writer's own Chroma is never behind."""

    def _prepare(self, *, rebuild: bool) -> None:
        self.keywords.create()
        if not self.catalogue.document_count and not self.catalogue.pending():
            self._set_fingerprint()
        if rebuild and self.catalogue.fingerprint != index_fingerprint(self.encoder):
            with self.catalogue.transaction():
                self.catalogue.drop_pending()
            if not self.vectors.open_for_writing():
                self.vectors.refill(())
            return
        check_fingerprint(self.home, self.catalogue.fingerprint, index_fingerprint(self.encoder))
        self.repair_vectors()
        self._publish(self.catalogue.pending())
        self._collect_garbage()

    def repair_vectors(self, wrong: Sequence[str] = ()) -> None:
        """Make the vector index hold exactly what the catalogue lists. `wrong`: ids of vectors that are there, but not
        as the catalogue has them.

        Where there are any, all of it is made again: each loading in the folder builds Chroma's graph from the log of
        writes, and out of a log with a vector that was changed in place comes now and then a graph that lost another.
        """
        wanted = self.catalogue.vector_ids()
        is_open = self.vectors.open_for_writing()
        present = self.vectors.ids() if is_open else frozenset()
        sample = [record for record in self.sample() if record.vector_id in present]
        if not is_open or wrong or (wanted and not sample) or not self.vectors.is_sound(sample):
            _log.warning("making the vector index in %s again", self.home)
            self.vectors.refill(self.catalogue.vectors())
            with self.catalogue.transaction():
                self.catalogue.grow_generation()  # readers hold what was thrown away
            return
        if extra := sorted(present - wanted):
            self.vectors.delete(extra)
        if missing := wanted - present:
            self.vectors.upsert(self.catalogue.vectors(missing))

    def _set_fingerprint(self) -> None:
        with self.catalogue.transaction():
            self.catalogue.set_meta("encoder", self.encoder)
            self.catalogue.set_meta("fingerprint", index_fingerprint(self.encoder))

    def embedding_key(self, text: str) -> str:
        """Under which the embedding of `text` by this library's encoder is kept."""
        return embedding_key(self.encoder, text)

    def store(self, entries: Sequence[Entry]) -> None:
        """Write documents, whose embeddings the catalogue has, in the place of earlier versions of the same ids."""
        check_fingerprint(self.home, self.catalogue.fingerprint, index_fingerprint(self.encoder))
        with home_errors(self.home):
            self._stage(entries)
            try:
                self._add_vectors(entries)
            except LibraryError:  # whoever is told of an error is not to find the documents there later
                with self.catalogue.transaction():
                    self.catalogue.drop_pending()
                raise
            self._publish([entry.document.doc_id for entry in entries])
            self._collect_garbage()

    def _stage(self, entries: Sequence[Entry]) -> None:
        with self.catalogue.transaction():
            for entry in entries:
                self.catalogue.add_pending(entry)

    def _add_vectors(self, entries: Sequence[Entry]) -> None:
        present = self.catalogue.visible_vectors([i for entry in entries for i in entry.vector_ids])
        if new := [record for record in self._records(entries) if record.vector_id not in present]:
            self.vectors.upsert(new)

    def _records(self, entries: Iterable[Entry]) -> Iterator[VectorRecord]:
        for entry in entries:
            embeddings = self.catalogue.embeddings(entry.embedding_keys)
            for chunk, key in zip(entry.chunks, entry.embedding_keys, strict=True):
                yield VectorRecord(vector_id(chunk.chunk_id, key), chunk.doc_id, chunk.page, embeddings[key])

    def _publish(self, doc_ids: Sequence[str]) -> None:
        if not doc_ids:
            return
        with self.catalogue.transaction():
            for doc_id in doc_ids:
                self._forget_words(doc_id)
                self.catalogue.publish(doc_id)
                self._index_words(doc_id)
            self.catalogue.grow_generation()

    def _index_words(self, doc_id: str) -> None:
        self.keywords.add(
            keyword_row(row.number, row.title, row.chunk) for row in self.catalogue.numbered_chunks(doc_id)
        )
        document = self.catalogue.document(doc_id)
        version = self.catalogue.version(doc_id)
        self.keywords.add_pages(page_keyword_row(version, document.title, page) for page in document.pages)
        found = (definition for page in document.pages for definition in definitions(page.text))
        self.keywords.define(version, dict.fromkeys(found))

    def _forget_words(self, doc_id: str) -> None:
        self.keywords.remove(self.catalogue.chunk_rows(doc_id))
        self.keywords.remove_pages(self.catalogue.version(doc_id))

    def _collect_garbage(self) -> None:
        garbage = self.catalogue.garbage()
        if garbage:
            self.vectors.delete(garbage)
        with self.catalogue.transaction():
            self.catalogue.clear_garbage()

    def keep_embeddings(self, embeddings: Mapping[str, Vector]) -> None:
        """Keep embeddings, by key, at once: an interruption does not cost them again."""
        with home_errors(self.home), self.catalogue.transaction():
            self.catalogue.add_embeddings(embeddings)

    def note_files(self, signatures: Mapping[str, str]) -> None:
        """Note, by path, that files have been ingested whole."""
        with home_errors(self.home), self.catalogue.transaction():
            for path, signature in signatures.items():
                self.catalogue.set_file_signature(path, signature)

    def note_failure(self, path: str, signature: str, status: str, reason: str) -> None:
        """Note that a file of that content need not be read again: it would end in the same way."""
        with home_errors(self.home), self.catalogue.transaction():
            self.catalogue.set_failure(path, signature, status, reason)

    def move(self, doc_id: str, path: str) -> None:
        """Note that a document's file is now at `path`."""
        with home_errors(self.home), self.catalogue.transaction():
            self.catalogue.move(doc_id, path)

    def move_file(self, old: str, new: str, signature: str) -> None:
        """Note that a file, with all documents that came from it, is now at another path."""
        with home_errors(self.home), self.catalogue.transaction():
            for record in self.catalogue.records_at(old):
                self.catalogue.move(record.doc_id, new)
            self.catalogue.set_file_signature(new, signature)

    def tidy(self) -> None:
        """Forget the embeddings that no chunk has any more."""
        with home_errors(self.home), self.catalogue.transaction():
            self.catalogue.drop_unused_embeddings()

    def remove(self, doc_ids: Sequence[str]) -> None:
        """Forget documents. Raises `UnknownDocumentError`, before anything is removed, where one is not there."""
        for doc_id in doc_ids:
            if self.catalogue.record(doc_id) is None:
                raise unknown_document(doc_id)
        if not doc_ids:
            return
        with home_errors(self.home):
            with self.catalogue.transaction():
                for doc_id in doc_ids:
                    self._forget_words(doc_id)
                    self.catalogue.drop(doc_id)
                self.catalogue.grow_generation()
            self._collect_garbage()

    def rebuild_with(self, entries: Iterable[Entry]) -> None:
        """Give every document the chunks of its entry, under this library's encoder, in one transaction.

        `entries` is read twice. A process that dies meanwhile leaves the old index in place.
        """
        with home_errors(self.home):
            present = self.vectors.ids()
            self.vectors.upsert(record for record in self._records(entries) if record.vector_id not in present)
            with self.catalogue.transaction():
                for entry in entries:
                    doc_id = entry.document.doc_id
                    self._forget_words(doc_id)
                    self.catalogue.replace_chunks(entry)
                    self._index_words(doc_id)
                self.catalogue.set_meta("encoder", self.encoder)
                self.catalogue.set_meta("fingerprint", index_fingerprint(self.encoder))
                self.catalogue.grow_generation()
            self._collect_garbage()
            self.vectors.drop_others()

    def make_again(self, entry: Entry) -> None:
        """Give one document, whose embeddings the catalogue has, the chunks, words and ledger of its entry."""
        doc_id = entry.document.doc_id
        with home_errors(self.home):
            present = self.catalogue.visible_vectors(entry.vector_ids)  # opened for writing, the index has them
            with self.catalogue.transaction():
                self._forget_words(doc_id)
                self.catalogue.replace_chunks(entry)
                self._index_words(doc_id)
                self.catalogue.grow_generation()
            # Only what is new: nothing is written in place (`repair_vectors`).
            self.vectors.upsert(record for record in self._records([entry]) if record.vector_id not in present)
            self._collect_garbage()

    def close(self) -> None:
        try:
            super().close()
        finally:
            release_lock(self.home, self._lock)


def embedding_key(encoder: str, text: str) -> str:
    """Under which the embedding of `text` is kept. `encoder` is the embedder's fingerprint."""
    return hashlib.sha256(f"{encoder}\0{text}".encode()).hexdigest()[:32]
