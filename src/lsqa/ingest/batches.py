"""Documents written in batches that reach across files: an encoder is quickest with many texts at once."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from lsqa.catalogue import Entry
from lsqa.chunks import chunk_document
from lsqa.documents import Document
from lsqa.ingest.encoding import Encoder
from lsqa.ledger import document_ledger
from lsqa.library import WritableLibrary

_BATCH_DOCUMENTS = 256
_BATCH_CHUNKS = 256


@dataclass(slots=True)
class FileInHand:
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

    file: FileInHand
    entry: Entry
    texts: dict[str, str]


class BatchWriter:
    """Collects documents and writes them when there are enough. `chunks` counts what was encoded (or had been before),
    `chunks_known` what has been handed in."""

    def __init__(self, library: WritableLibrary, encoder: Encoder) -> None:
        self.chunks = 0
        self.chunks_known = 0
        self._library = library
        self._encoder = encoder
        self._batch: list[_Planned] = []

    @property
    def is_full(self) -> bool:
        return self._chunks_waiting >= _BATCH_CHUNKS or len(self._batch) >= _BATCH_DOCUMENTS

    @property
    def _chunks_waiting(self) -> int:
        return sum(len(planned.entry.chunks) for planned in self._batch)

    def add(self, document: Document, file: FileInHand) -> None:
        chunks = chunk_document(document)
        keyed = self._encoder.keyed(chunks, document.title)
        entry = Entry(document, file.path, chunks, tuple(key for key, _ in keyed), document_ledger(document))
        self._batch.append(_Planned(file, entry, dict(keyed)))
        self.chunks_known += len(chunks)

    def write(self, on_progress: Callable[[], None]) -> None:
        """Encode and store what was added; `on_progress` is called as texts are encoded."""

        def tell(encoded: int) -> None:
            self.chunks += encoded
            on_progress()

        started = perf_counter()
        self._encoder.encode({k: t for planned in self._batch for k, t in planned.texts.items()}, tell)
        self._library.store([planned.entry for planned in self._batch])
        seconds = perf_counter() - started
        waiting = max(1, self._chunks_waiting)
        for planned in self._batch:  # the time of a batch is its documents', by their share of the chunks
            planned.file.seconds += seconds * len(planned.entry.chunks) / waiting
        self._batch.clear()
