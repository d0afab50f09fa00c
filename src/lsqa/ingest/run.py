"""Files into the library: read, divided, encoded and written in batches that reach across files."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import cast

from langchain_core.embeddings import Embeddings

from lsqa.catalogue import Entry
from lsqa.chunks import chunk_document
from lsqa.documents import Document
from lsqa.errors import DocumentError
from lsqa.ingest.encoding import SLICE, Encoder
from lsqa.ingest.files import FileToRead, find_files, printable, signature
from lsqa.ingest.identity import identified, is_same
from lsqa.ingest.rebuild import rebuild_all
from lsqa.ingest.report import FileResult, FileStatus, IngestReport, Progress
from lsqa.library import WritableLibrary
from lsqa.readers import read_file

_BATCH_DOCUMENTS = 256
Listener = Callable[[Progress], None]
_log = logging.getLogger(__name__)


def ingest(
    paths: Sequence[str | Path],
    library: WritableLibrary,
    embedder: Embeddings,
    *,
    prune: bool = False,
    rebuild: bool = False,
    progress: Listener | None = None,
) -> IngestReport:
    """Bring `library` up to date with files and folders. A file that fails is reported and leaves its earlier version
    in place.

    `prune` removes documents whose file has gone from a given folder, or was given itself. `rebuild` first gives every
    stored document new chunks and embeddings (those of unchanged text by the same encoder are kept).

    Raises:
        HomeError: the data folder cannot be written; what was finished before stays.
        ModelError: the encoder fails; likewise.
    """
    started = perf_counter()
    encoder = Encoder(embedder, library)
    rebuilt = rebuild_all(library, encoder, progress) if rebuild else 0
    gone = [p for p in paths if prune and not Path(p).exists() and library.catalogue.records_at(_resolved(p))]
    files, failures = find_files([p for p in paths if p not in gone], library.home)
    run = _Run(library, encoder, progress, len(files))
    for file in files:
        run.take(file)
    run.flush()
    removed = (*run.removed, *(_prune(library, paths) if prune else ()))
    library.tidy()
    results = (*failures, *(run.results[str(file.path)] for file in files))
    return IngestReport(results, removed, rebuilt, encoder.encoded, perf_counter() - started)


@dataclass(slots=True)
class _Reading:
    """A file that was read and waits until the batch with its last document is written."""

    path: str
    signature: str
    doc_ids: frozenset[str]
    empty: int
    changed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Planned:
    """A document to be written, and the texts to be encoded for it, by the keys of their embeddings."""

    reading: _Reading
    entry: Entry
    texts: dict[str, str]


class _Run:
    def __init__(self, library: WritableLibrary, encoder: Encoder, progress: Listener | None, files_total: int) -> None:
        self.results: dict[str, FileResult] = {}
        self.removed: list[str] = []
        self._library = library
        self._encoder = encoder
        self._progress = progress
        self._files_total = files_total
        self._current = ""
        self._claimed: dict[str, str] = {}
        self._finished: list[_Reading] = []
        self._batch: list[_Planned] = []
        self._batch_chunks = self._chunks_encoded = self._chunks_known = 0

    def take(self, file: FileToRead) -> None:
        """Read a file and put what is new of it into the batch."""
        started = perf_counter()
        path = self._current = str(file.path)
        try:
            path.encode()  # the catalogue holds UTF-8 only
            state = signature(file)
            if self._library.catalogue.file_signature(path) == state:
                self.results[path] = self._result(path, "unchanged", perf_counter() - started)
            else:
                self._take_changed(file, state, started)
        except DocumentError as error:
            self._fail(file, error.status, str(error), started)
        except UnicodeEncodeError:
            self._fail(file, "failed", "its name or text holds half a surrogate pair — correct the file", started)
        except OSError as error:
            self._fail(file, "failed", f"cannot read the file: {error.strerror}", started)
        self._tell(0)

    def _take_changed(self, file: FileToRead, state: str, started: float) -> None:
        path, catalogue = str(file.path), self._library.catalogue
        documents = [identified(d, file.path, catalogue) for d in _read(file)]
        full = [d for d in documents if not d.is_empty]
        if not full:
            raise _no_text(documents)
        self._claim([d.doc_id for d in full], path)
        new = [d for d in full if not is_same(d, catalogue)]
        changed_ids = {d.doc_id for d in new}
        plans = [self._plan(document, path) for document in new]
        reading = _Reading(
            path,
            state,
            frozenset(d.doc_id for d in full),
            len(documents) - len(full),
            bool(new),
            perf_counter() - started,
        )
        for document in full:
            if document.doc_id not in changed_ids:
                self._library.move(document.doc_id, path)
        for entry, texts in plans:
            self._add(_Planned(reading, entry, texts))
        self._finished.append(reading)

    def _plan(self, document: Document, path: str) -> tuple[Entry, dict[str, str]]:
        chunks = chunk_document(document)
        keyed = self._encoder.keyed(chunks, document.title)
        return Entry(document, path, chunks, tuple(key for key, _ in keyed)), dict(keyed)

    def _claim(self, doc_ids: Sequence[str], path: str) -> None:
        """Two files of one run cannot be the same document."""
        for doc_id in doc_ids:
            if self._claimed.get(doc_id, path) != path:
                raise DocumentError(
                    f"the id '{doc_id}' is also that of {self._claimed[doc_id]}", hint="give it another"
                )
        self._claimed.update(dict.fromkeys(doc_ids, path))

    def _add(self, planned: _Planned) -> None:
        self._batch.append(planned)
        self._batch_chunks += len(planned.entry.chunks)
        self._chunks_known += len(planned.entry.chunks)
        if self._batch_chunks >= SLICE or len(self._batch) >= _BATCH_DOCUMENTS:
            self._write_batch()

    def flush(self) -> None:
        """Write what is left and note the files that are done."""
        self._write_batch()

    def _write_batch(self) -> None:
        started = perf_counter()
        self._encoder.encode({k: t for planned in self._batch for k, t in planned.texts.items()}, self._tell)
        self._library.store([planned.entry for planned in self._batch])
        seconds = perf_counter() - started
        for planned in self._batch:  # the time of a batch is its documents', by their share of the chunks
            planned.reading.seconds += seconds * len(planned.entry.chunks) / max(1, self._batch_chunks)
        self._batch.clear()
        self._batch_chunks = 0
        self._note_finished()

    def _note_finished(self) -> None:
        for reading in self._finished:
            records = self._library.catalogue.records_at(reading.path)
            vanished = [r.doc_id for r in records if r.doc_id not in reading.doc_ids]
            self._library.remove(vanished)
            self.removed.extend(vanished)
        self._library.note_files({reading.path: reading.signature for reading in self._finished})
        for reading in self._finished:
            status: FileStatus = "indexed" if reading.changed else "unchanged"
            note = f"{reading.empty} passages without text were left out" if reading.empty else ""
            self.results[reading.path] = self._result(reading.path, status, reading.seconds, note)
        self._finished.clear()
        self._tell(0)

    def _result(self, path: str, status: FileStatus, seconds: float, reason: str = "") -> FileResult:
        records = self._library.catalogue.records_at(path)
        doc_id = records[0].doc_id if len(records) == 1 and records[0].kind != "passage" else ""
        pages, chunks = sum(r.pages for r in records), sum(r.chunks for r in records)
        return FileResult(path, status, doc_id, len(records), pages, chunks, reason, seconds)

    def _fail(self, file: FileToRead, status: str, reason: str, started: float) -> None:
        self.results[str(file.path)] = FileResult(
            printable(file.path), cast(FileStatus, status), reason=reason, seconds=perf_counter() - started
        )

    def _tell(self, encoded: int) -> None:
        self._chunks_encoded += encoded
        if self._progress:
            self._progress(
                Progress(self._current, len(self.results), self._files_total, self._chunks_encoded, self._chunks_known)
            )


def _read(file: FileToRead) -> tuple[Document, ...]:
    """The documents of a file. Raises `DocumentError`, `OSError`, `UnicodeEncodeError`."""
    try:
        return read_file(file.path, file.source)
    except (DocumentError, OSError, UnicodeEncodeError):
        raise
    except Exception as error:
        # Readers meet every kind of damage, and their libraries raise what they like; one file must not stop the rest.
        _log.debug("reading %s failed", printable(file.path), exc_info=True)
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        hint = "save it again with the program that made it, or convert it to PDF, Markdown or text"
        raise DocumentError(f"the file cannot be read ({reason})", hint=hint) from error


def _no_text(documents: Sequence[Document]) -> DocumentError:
    if any(d.kind == "pdf" for d in documents):
        return DocumentError("no text in it", hint="a scanned page needs text recognition first", status="empty")
    return DocumentError("no text in it", hint="give a file with text", status="empty")


def _resolved(path: str | Path) -> str:
    return str(Path(path).expanduser().resolve())


def _prune(library: WritableLibrary, paths: Sequence[str | Path]) -> tuple[str, ...]:
    """Remove the documents whose file has gone: under a folder that is still there, or at a path that was given
    itself."""
    given = [Path(_resolved(path)) for path in paths]
    gone = tuple(
        record.doc_id
        for record in library.catalogue.documents()
        if not Path(record.path).exists()
        and any(
            path == Path(record.path) or (path.is_dir() and Path(record.path).is_relative_to(path)) for path in given
        )
    )
    library.remove(gone)
    return gone
