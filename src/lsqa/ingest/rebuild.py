"""The whole index again, from the pages in the catalogue: after a change of encoder, chunking, folding or tokens."""

from collections.abc import Callable, Iterator

from lsqa.catalogue import Catalogue, Entry
from lsqa.chunks import chunk_document
from lsqa.ingest.encoding import SLICE, Encoder
from lsqa.ingest.report import Progress
from lsqa.ledger import document_ledger
from lsqa.library import WritableLibrary


class _Entries:
    """Every stored document with new chunks; made anew each time it is gone through, so that one document is held at a
    time."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder) -> None:
        self._catalogue = catalogue
        self._encoder = encoder

    def __iter__(self) -> Iterator[Entry]:
        for entry, _ in self.with_texts():
            yield entry

    def with_texts(self) -> Iterator[tuple[Entry, dict[str, str]]]:
        for record in self._catalogue.documents():
            document = self._catalogue.document(record.doc_id)
            chunks = chunk_document(document)
            keyed = self._encoder.keyed(chunks, document.title)
            keys = tuple(key for key, _ in keyed)
            yield Entry(document, record.path, chunks, keys, document_ledger(document)), dict(keyed)


def rebuild_all(library: WritableLibrary, encoder: Encoder, progress: Callable[[Progress], None] | None) -> int:
    """Give every stored document new chunks, embeddings and words; the number of documents.

    The old index serves until all is encoded, and stays where this is interrupted; what was encoded is kept for the
    next attempt.
    """
    entries = _Entries(library.catalogue, encoder)
    total = library.catalogue.document_count
    waiting: dict[str, str] = {}
    done = known = 0

    def tell(encoded: int) -> None:
        nonlocal done
        done += encoded
        if progress:
            progress(Progress(library.home.name, 0, total, done, known))

    for _, texts in entries.with_texts():
        waiting.update(texts)
        known += len(texts)
        if len(waiting) >= SLICE:
            encoder.encode(waiting, tell)
            waiting.clear()
    encoder.encode(waiting, tell)
    library.rebuild_with(entries)
    return total
