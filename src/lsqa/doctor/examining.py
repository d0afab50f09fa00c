"""What is amiss in a library, without changing it."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from lsqa.catalogue import FILE_NAME, CatalogueWriter
from lsqa.doctor.documents import DocumentCheck, DocumentDefects
from lsqa.doctor.findings import Finding, found
from lsqa.doctor.folder import Litter, litter, notes
from lsqa.doctor.vectors import VectorDefects, check_vectors
from lsqa.doctor.words import StoredWords
from lsqa.errors import EmptyLibraryError, HomeError
from lsqa.library import REBUILD_COMMAND, exclusively, home_errors, index_fingerprint, open_vectors, vector_sample
from lsqa.settings import ChromaServer

_MOVE_AWAY = "move the folder away, or put back a copy of it, and ingest again"


@dataclass(frozen=True, slots=True)
class CatalogueDefects:
    """What is amiss in the catalogue itself. `file`: SQLite's own words; then nothing else was looked at."""

    file: tuple[str, ...] = ()
    fingerprint: str = ""
    pending: tuple[str, ...] = ()
    garbage: tuple[str, ...] = ()
    odd_embeddings: tuple[str, ...] = ()
    empty_files: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()

    def findings(self) -> list[Finding]:
        more = {"is_mendable": False, "hint": _MOVE_AWAY}
        return [
            *found("catalogue", "complaints of SQLite about the catalogue", self.file, **more),
            *found("pending", "documents of an interrupted ingest are not shown yet", self.pending),
            *found("vectors", "vectors wait to be removed since an interrupted ingest", self.garbage),
            *found("embeddings", "embeddings have another length than the others, or no numbers", self.odd_embeddings),
            *found("files", "files are noted as read in, but no document is of them", self.empty_files),
            *found("words", "tables of words do not fit their postings", self.tables),
            *found("words", "rows of words belong to nothing that is shown", self.strangers),
        ]


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found, for `repair` as for a report."""

    catalogue: CatalogueDefects
    documents: DocumentDefects
    vectors: VectorDefects
    litter: tuple[Litter, ...]
    notes: tuple[Finding, ...]
    counts: dict[str, int]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Defects first, then notes."""
        return (
            *self.catalogue.findings(),
            *self._fingerprint(),
            *self.documents.findings(),
            *self.vectors.findings(),
            *(finding for each in self.litter for finding in each.findings()),
            *self.vectors.notes(),
            *self.notes,
        )

    @property
    def is_sound(self) -> bool:
        return all(finding.is_note for finding in self.findings)

    @property
    def is_mendable(self) -> bool:
        """Whether there is anything that `repair` can do."""
        return any(finding.is_mendable and not finding.is_note for finding in self.findings) or bool(
            self.documents.unreadable
        )

    def _fingerprint(self) -> list[Finding]:
        if not self.catalogue.fingerprint:
            return []
        message = f"the index was made with {self.catalogue.fingerprint}, which the settings do not ask for"
        hint = f"`{REBUILD_COMMAND}` makes it again, or set back the encoder"
        return [Finding("fingerprint", message, is_mendable=False, hint=hint)]


def examine(home: Path, encoder: str, chroma: ChromaServer | None = None, *, is_quick: bool = False) -> Examination:
    """Look at the library in `home`. `encoder` is the fingerprint of the embedder that the settings ask for. `is_quick`
    leaves out what takes longest (`DocumentCheck`).

    Raises:
        EmptyLibraryError: there is no library.
        HomeError: the folder cannot be read, or not be locked.
        LockedError: another process is writing.
    """
    if not (home / FILE_NAME).is_file():
        raise EmptyLibraryError(f"there is no library in {home}", hint="ingest documents first: lsqa ingest PATH")
    with home_errors(home), exclusively(home):
        return _examined(home, encoder, chroma, is_quick=is_quick)


def _examined(home: Path, encoder: str, chroma: ChromaServer | None, *, is_quick: bool) -> Examination:
    nothing = Examination(CatalogueDefects(), DocumentDefects(), VectorDefects(), (), (), {})
    try:
        catalogue = CatalogueWriter.open(home)
    except HomeError as error:
        if type(error.__cause__) is not sqlite3.DatabaseError:  # permissions, a full disk, another layout
            raise
        return replace(nothing, catalogue=CatalogueDefects((str(error.__cause__),)))
    try:
        if complaints := _complaints(catalogue.connection):
            return replace(nothing, catalogue=CatalogueDefects(complaints))
        return _looked_at(home, catalogue, encoder, chroma, is_quick=is_quick)
    except sqlite3.DatabaseError as error:  # damage that SQLite's check does not see
        return replace(nothing, catalogue=CatalogueDefects((str(error),)))
    finally:
        catalogue.close()


def _complaints(connection: sqlite3.Connection) -> tuple[str, ...]:
    said = tuple(str(line) for (line,) in connection.execute("PRAGMA integrity_check"))
    # FTS5's complaints come along; its tables are looked at, and made again, by themselves.
    of_file = tuple(line for line in said if line != "ok" and "fts5" not in line.lower())
    links = tuple(
        f"{table} refers to a missing {of}" for table, _, of, _ in connection.execute("PRAGMA foreign_key_check")
    )
    return (*of_file, *links)


def _looked_at(
    home: Path, catalogue: CatalogueWriter, encoder: str, chroma: ChromaServer | None, *, is_quick: bool
) -> Examination:
    words = StoredWords(catalogue.connection)
    is_current = catalogue.fingerprint in ("", index_fingerprint(encoder))
    known = encoder if is_current else catalogue.meta("encoder")
    odd = catalogue.odd_embeddings()
    documents, vectors = DocumentDefects(), VectorDefects()
    if is_current and words.is_there:
        documents = DocumentCheck(catalogue, words, known, frozenset(odd), is_quick=is_quick).run()
    if not odd:  # else there is nothing to compare with
        vectors = check_vectors(catalogue, open_vectors(home, catalogue, known, chroma), vector_sample(catalogue))
    records = catalogue.documents()
    strangers = words.strangers() if words.is_there else {}
    of_catalogue = CatalogueDefects(
        fingerprint="" if is_current else catalogue.fingerprint,
        pending=catalogue.pending(),
        garbage=catalogue.garbage(),
        odd_embeddings=odd,
        empty_files=catalogue.paths_without_document(),
        tables=tuple(words.damaged_tables()) if words.is_there else ("keywords",),
        strangers=tuple(f"{table} {number}" for table, numbers in strangers.items() for number in numbers),
    )
    counts = {"documents": len(records), "pages": sum(r.pages for r in records), "chunks": catalogue.chunk_count}
    return Examination(of_catalogue, documents, vectors, litter(home, records), tuple(notes(home, records)), counts)
