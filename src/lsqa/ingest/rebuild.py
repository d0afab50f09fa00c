"""The whole index again, from the pages in the catalogue: after a change of encoder, chunking, folding or tokens."""

from collections.abc import Callable, Iterator, Sequence

from lsqa.catalogue import Catalogue, Entry
from lsqa.chunks import chunk_document
from lsqa.ingest.encoding import SLICE, Encoder
from lsqa.ingest.report import Progress
from lsqa.ledger import document_ledger
from lsqa.library import WritableLibrary


class Entries:
    """Stored documents with new chunks, all or those of `doc_ids`; made anew each time they are gone through, so that
    one document is held at a time."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder, doc_ids: Sequence[str] | None = None) -> None:
        self._catalogue = catalogue
        self._encoder = encoder
        self._doc_ids = None if doc_ids is None else frozenset(doc_ids)

    def __iter__(self) -> Iterator[Entry]:
        for entry, _ in self.with_texts():
            yield entry

    def with_texts(self) -> Iterator[tuple[Entry, dict[str, str]]]:
        for record in self._catalogue.documents():
            if self._doc_ids is not None and record.doc_id not in self._doc_ids:
                continue
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
    entries = Entries(library.catalogue, encoder)
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
