"""What becomes of each file: skipped as unchanged, noted as moved, read and handed on, or reported with a reason."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import cast

from lsqa.documents import Document
from lsqa.errors import DocumentError
from lsqa.ingest.batches import BatchWriter, FileInHand
from lsqa.ingest.files import printable, shown_path, signature
from lsqa.ingest.identity import identified, is_same
from lsqa.ingest.report import FileResult, FileStatus, Progress
from lsqa.isolation import FileToRead, ReadFile, ReadingPool
from lsqa.library import WritableLibrary
from lsqa.readers.reading_options import ReadingOptions, Step

# A file that ended so ends so again; one that `failed` may have been out of time, memory or luck.
_LASTING = frozenset({"empty", "locked", "garbled", "unsupported"})


class Intake:
    """Takes files in, one ingest long. `results` by path; `removed` are ids of documents that a file has no more."""

    def __init__(
        self,
        library: WritableLibrary,
        writer: BatchWriter,
        reading: ReadingOptions,
        progress: Callable[[Progress], None] | None,
        files_total: int,
        *,
        force: bool = False,
    ) -> None:
        self.results: dict[str, FileResult] = {}
        self.removed: list[str] = []
        self._library = library
        self._writer = writer
        self._reading = reading
        self._progress = progress
        self._files_total = files_total
        self._force = force
        self._current = ""
        self._path = ""
        self._untold: list[FileResult] = []
        self._pages = 0
        self._told: Counter[str] = Counter()
        self._shown: dict[str, str] = {}
        self._signatures: dict[str, str] = {}
        self._claimed: dict[str, str] = {}
        self._finished: list[FileInHand] = []

    def take_all(self, files: Sequence[FileToRead], pool: ReadingPool) -> None:
        """Read what has changed and write it."""
        self._shown = {str(file.path): shown_path(file) for file in files}
        for read in pool.read_all(self._changed(files), self._hear):
            self._take(read)
        self._write()

    def _changed(self, files: Sequence[FileToRead]) -> Iterator[FileToRead]:
        """The files that have to be read; the others get their results at once."""
        for file in files:
            started = perf_counter()
            path = str(file.path)
            try:
                path.encode()  # the catalogue holds UTF-8 only
                state = self._signatures[path] = signature(file, self._reading.ocr_languages)
            except UnicodeEncodeError:
                self._fail(file, "failed", "its name holds half a surrogate pair — rename the file", 0.0)
            except OSError as error:
                self._fail(file, "failed", f"cannot read the file: {error.strerror}", 0.0)
            else:
                known = None if self._force else self._library.catalogue.failure(path, self._attempt(state))
                if known:
                    self._fail(file, known[0], known[1], perf_counter() - started)
                    self._tell()
                    continue
                if self._force or not self._is_known(file, state):
                    self._current, self._path = file.path.name, shown_path(file)
                    self._tell()
                    yield file
                    continue
                self._end(path, self._result(path, "unchanged", perf_counter() - started))
            self._tell()

    def _is_known(self, file: FileToRead, state: str) -> bool:
        return self._library.catalogue.file_signature(str(file.path)) == state or self._has_moved(file, state)

    def _attempt(self, state: str) -> str:
        """What decides whether reading a file would fail again: its state, and the password that was given."""
        return f"{state}:{hashlib.sha256(self._reading.password.encode()).hexdigest()[:16]}"

    def _has_moved(self, file: FileToRead, state: str) -> bool:
        """Whether the file was ingested under another name and has gone from there; then it is noted at this one."""
        path = str(file.path)
        for old in self._library.catalogue.paths_with_signature(state):
            earlier = Path(old)
            records = self._library.catalogue.records_at(old)
            named = {record.title for record in records} & {earlier.stem}  # the name served as title: it is read again
            alike = earlier.suffix == file.path.suffix  # the ending may have told the kind
            if records and alike and not named and old not in self._shown and not earlier.exists():
                self._library.move_file(old, path, state)
                return True
        return False

    def _take(self, read: ReadFile) -> None:
        started = perf_counter()
        told = self._told.pop(str(read.file.path), 0)  # by readers that tell of each page
        self._pages += sum(len(document.pages) for document in read.documents) - told if read.documents else 0
        try:
            if read.error:
                raise read.error
            self._hand_on(read, started)
        except DocumentError as error:
            path = str(read.file.path)
            if error.status in _LASTING:
                self._library.note_failure(path, self._attempt(self._signatures[path]), error.status, str(error))
            self._fail(read.file, error.status, str(error), read.seconds)
        except OSError as error:
            self._fail(read.file, "failed", f"cannot read the file: {error.strerror}", read.seconds)
        self._tell()

    def _hand_on(self, read: ReadFile, started: float) -> None:
        """Put what is new of a file into the batch."""
        path, catalogue = str(read.file.path), self._library.catalogue
        documents = [identified(d, read.file.path, catalogue) for d in read.documents]
        full = [d for d in documents if not d.is_empty]
        if not full:
            raise _no_text(documents)
        self._claim([d.doc_id for d in full], path)
        new = [d for d in full if not is_same(d, catalogue)]
        file = FileInHand(
            path,
            self._signatures[path],
            frozenset(d.doc_id for d in full),
            len(documents) - len(full),
            bool(new),
            read.seconds + perf_counter() - started,
        )
        for doc_id in file.doc_ids - {d.doc_id for d in new}:
            self._library.move(doc_id, path)
        for document in new:
            self._writer.add(document, file)
            if self._writer.is_full:  # a file of passages may hold very many
                self._write()
        self._finished.append(file)

    def _claim(self, doc_ids: Sequence[str], path: str) -> None:
        """Two files of one run cannot be the same document."""
        for doc_id in doc_ids:
            if self._claimed.get(doc_id, path) != path:
                raise DocumentError(
                    f"the id '{doc_id}' is also that of {self._claimed[doc_id]}", hint="give it another"
                )
        self._claimed.update(dict.fromkeys(doc_ids, path))

    def _write(self) -> None:
        """Write the batch and note the files that are done with it."""
        self._writer.write(self._tell)
        for file in self._finished:
            records = self._library.catalogue.records_at(file.path)
            vanished = [r.doc_id for r in records if r.doc_id not in file.doc_ids]
            self._library.remove(vanished)
            self.removed.extend(vanished)
        self._library.note_files({file.path: file.signature for file in self._finished})
        for file in self._finished:
            status: FileStatus = "indexed" if file.changed else "unchanged"
            note = f"{file.empty} passages without text were left out" if file.empty else ""
            self._end(file.path, self._result(file.path, status, file.seconds, note))
        self._finished.clear()
        self._tell()

    def _result(self, path: str, status: FileStatus, seconds: float, reason: str = "") -> FileResult:
        records = self._library.catalogue.records_at(path)
        doc_id = records[0].doc_id if len(records) == 1 and records[0].kind != "passage" else ""
        pages, chunks = sum(r.pages for r in records), sum(r.chunks for r in records)
        warnings = tuple(warning for record in records for warning in record.warnings)
        shown = self._shown.get(path, path)
        return FileResult(shown, status, doc_id, len(records), pages, chunks, reason, seconds, warnings)

    def _fail(self, file: FileToRead, status: str, reason: str, seconds: float) -> None:
        result = FileResult(shown_path(file), cast(FileStatus, status), reason=reason, seconds=seconds)
        self._end(str(file.path), result)

    def _end(self, path: str, result: FileResult) -> None:
        self.results[path] = result
        if self._progress:
            self._untold.append(result)

    def _hear(self, file: FileToRead, step: Step) -> None:
        """A page of `file` was read, or has to be recognised."""
        self._current = file.path.name + (" (recognising text)" if step == "recognised" else "")
        self._path = shown_path(file)
        if step == "page":
            self._pages += 1
            self._told[str(file.path)] += 1
        self._tell()

    def _tell(self) -> None:
        if self._progress:
            writer, ended = self._writer, tuple(self._untold)
            self._untold.clear()
            self._progress(
                Progress(
                    printable(self._current),
                    len(self.results),
                    self._files_total,
                    writer.chunks,
                    writer.chunks_known,
                    self._pages,
                    path=self._path,
                    ended=ended,
                )
            )


def _no_text(documents: Sequence[Document]) -> DocumentError:
    found = "; ".join(warning for d in documents for warning in d.warnings)
    hint = "a scanned page needs text recognition" if any(d.kind == "pdf" for d in documents) else "give one with text"
    return DocumentError("no text in it" + (f": {found}" if found else ""), hint=hint, status="empty")
