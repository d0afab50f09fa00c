"""Documents that come and go through the page: checked, kept in the data folder, read in, removed.

A name that an upload brings is shown and becomes a title; it never decides where a file lies. Files are read in
processes of their own, and written by the library's one writer.
"""

import asyncio
import hashlib
import re
import threading
import unicodedata
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Final, Literal

from lsqa.api.uploads import Placed, Upload, UploadFolder, kept
from lsqa.catalogue import DocumentRecord
from lsqa.errors import LsqaError
from lsqa.ingest import FileResult, Progress, ingest
from lsqa.ingest.files import UPLOADS, printable
from lsqa.isolation import ReadingLimits
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint
from lsqa.readers import READABLE_SUFFIXES
from lsqa.readers.reading_options import ReadingOptions
from lsqa.readers.recognition import usable_languages
from lsqa.ui.desk import Desk, Failed

# A file of passages names its documents itself, and could take the place of others.
TAKEN: Final = tuple(s for s in READABLE_SUFFIXES if not s.endswith((".jsonl", ".gz")))
_MIB: Final = 1024**2
_LONGEST_NAME: Final = 120  # characters: 360 bytes at most are cut again below
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_TELL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not taken. `key` names the reason among the page's texts."""

    name: str
    key: str


FileState = Literal["waiting", "reading"] | FileResult
"""Where a file stands: it waits, is being read or written, or has ended."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far reading is. `files` are paths with where each stands, in the order in which they were given."""

    progress: Progress
    files: tuple[tuple[str, FileState], ...]


UploadEvent = UnderWay | Failed | tuple[FileResult, ...]


@dataclass(slots=True)
class _Watch:
    """What a thread that reads files in has told so far; read by another."""

    latest: Progress | None = None
    states: dict[str, FileState] = field(default_factory=dict)

    def begin(self, paths: Sequence[Path]) -> None:
        self.states = {printable(path): "waiting" for path in paths}

    def hear(self, progress: Progress) -> None:
        if self.states.get(progress.path) == "waiting":
            self.states[progress.path] = "reading"
        self.states.update({r.path: r for r in progress.ended if r.path in self.states})
        self.latest = progress

    def told(self) -> UnderWay | None:
        """What is new since it was asked before."""
        latest, self.latest = self.latest, None
        return UnderWay(latest, tuple(self.states.items())) if latest else None


def safe_name(name: str) -> str:
    """A file name that is safe in any folder and still the one that was given."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", Path(name).name)).lstrip(".") or "document"
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        stem, suffix = plain, ""
    while len(f"{stem}{dot}{suffix}".encode()) > 200 or len(stem) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}"


class Uploads:
    """What the page does to the library. One change at a time, from whatever thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._one_at_a_time = threading.Lock()
        self.folder = (desk.settings.home / UPLOADS).resolve()  # as the catalogue knows paths
        self._kept = UploadFolder(desk.settings.home, desk.settings.max_upload_mb * _MIB)

    @property
    def are_on(self) -> bool:
        return self._desk.settings.ui_uploads

    def sifted(self, paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Refused, ...]]:
        """The files that are taken, and those that are not."""
        taken: list[Path] = []
        refused: list[Refused] = []
        for path in paths:
            if not path.name.lower().endswith(TAKEN):
                refused.append(Refused(path.name, "upload-type"))
            elif path.stat().st_size > self._desk.settings.max_upload_mb * _MIB:
                refused.append(Refused(path.name, "upload-large"))
            else:
                taken.append(path)
        return tuple(taken), tuple(refused)

    async def take(self, paths: Sequence[Path]) -> AsyncIterator[UploadEvent]:
        """Read uploaded files in. Last comes how each ended, or why nothing could be written."""

        def work(watch: _Watch) -> tuple[FileResult, ...]:
            with ExitStack() as opened:
                placed = [self._placed(path.name, opened.enter_context(path.open("rb"))) for path in paths]
                results = self._ingest([one.path for one in placed], watch, placed)
            for path in paths:  # kept until now: who is told to wait may try again
                path.unlink(missing_ok=True)
            return results

        async for event in self._in_thread(work):
            yield event

    async def again(self, record: DocumentRecord) -> AsyncIterator[UploadEvent]:
        """Read the file of a document again, changed or not. Where that fails the document stays, and its file."""
        async for event in self._in_thread(lambda watch: self._ingest([Path(record.path)], watch, is_again=True)):
            yield event

    def remove(self, record: DocumentRecord) -> None:
        """Forget a document, and its file where it came through the page. Raises `LibraryError`."""
        with self._one_at_a_time, self._writer() as library:
            library.remove([record.doc_id])
        self._kept.drop(Path(record.path))

    def _placed(self, name: str, file: BufferedReader) -> Placed:
        """An upload with its place, in a folder that is named after its content."""
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return Placed(Upload(name, file), digest, self.folder / digest[:24] / safe_name(name))

    def _ingest(
        self, paths: Sequence[Path], watch: _Watch, placed: Sequence[Placed] = (), *, is_again: bool = False
    ) -> tuple[FileResult, ...]:
        s = self._desk.settings
        watch.begin(paths)
        with self._one_at_a_time, self._writer() as library, kept(library, self._kept, placed):
            report = ingest(
                paths,
                library,
                self._desk.embeddings,
                reading=ReadingOptions(ocr_languages=usable_languages(s.ocr)),
                limits=ReadingLimits(seconds=s.file_seconds, memory_mb=s.file_memory_mb),
                progress=watch.hear,
                force=is_again,
            )
        return report.files

    def _writer(self) -> WritableLibrary:
        s = self._desk.settings
        return WritableLibrary.open_for_writing(s.home, embedder_fingerprint(s.embedder), chroma=s.chroma)

    async def _in_thread(self, work: Callable[[_Watch], tuple[FileResult, ...]]) -> AsyncIterator[UploadEvent]:
        """The progress of `work` while it runs in a thread, a few times a second, then what it made."""
        watch = _Watch()
        job = asyncio.ensure_future(asyncio.to_thread(work, watch))
        while not job.done():
            await asyncio.wait([job], timeout=_TELL_SECONDS)
            if not job.done() and (told := watch.told()):
                yield told
        try:
            yield await job
        except LsqaError as error:
            yield Failed(error)
