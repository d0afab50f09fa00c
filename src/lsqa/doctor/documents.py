"""Each document held against what its pages give: chunks, keys of embeddings, words, definitions, ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lsqa.catalogue import CatalogueWriter
from lsqa.chunks import Chunk, chunk_document, embedding_text
from lsqa.doctor.findings import Finding, found
from lsqa.doctor.words import StoredWords
from lsqa.documents import Document
from lsqa.glossary import definitions
from lsqa.keyword_index import chunk_bigrams, keyword_row, page_bigrams, page_keyword_row, page_number
from lsqa.ledger import document_ledger
from lsqa.library import embedding_key


@dataclass(slots=True)
class DocumentDefects:
    """The ids of documents of which something is amiss, by what it is. `unreadable` cannot be made again from the
    catalogue."""

    unreadable: list[str] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    embeddings: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    glossary: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)

    @property
    def to_be_made_again(self) -> tuple[str, ...]:
        """Every document that can be mended, once."""
        every = (*self.chunks, *self.embeddings, *self.words, *self.glossary, *self.ledger)
        return tuple(dict.fromkeys(doc_id for doc_id in every if doc_id not in self.unreadable))

    def findings(self) -> Iterator[Finding]:
        again = "ingest the document's file again"
        yield from found(
            "documents", "documents have no pages that can be read", self.unreadable, is_mendable=False, hint=again
        )
        yield from found("documents", "documents have other chunks than their pages give", self.chunks)
        yield from found("embeddings", "documents lack embeddings", self.embeddings)
        yield from found("words", "documents are not in the keyword index as they stand", self.words)
        yield from found("words", "documents define other abbreviations than the glossary holds", self.glossary)
        yield from found("documents", "documents have another ledger than their pages give", self.ledger)


class DocumentCheck:
    """Goes through documents and notes in `defects` what is amiss. `encoder`: the fingerprint that keys of embeddings
    are made with; `odd`: keys of embeddings that are none. `is_quick` leaves out what takes longest: the ledger, and of
    the words all but the bigrams."""

    def __init__(
        self, catalogue: CatalogueWriter, words: StoredWords, encoder: str, odd: frozenset[str], *, is_quick: bool
    ) -> None:
        self.defects = DocumentDefects()
        self._catalogue = catalogue
        self._words = words
        self._encoder = encoder
        self._odd = odd
        self._is_quick = is_quick

    def run(self) -> DocumentDefects:
        """Go through all. Unless it is quick it costs what reading them in did, less the files and the encoder."""
        for record in self._catalogue.documents():
            try:
                document = self._catalogue.document(record.doc_id)
                stored = self._catalogue.chunks_of(record.doc_id)
            except (ValueError, TypeError, KeyError):  # rows that are no JSON, or of another form
                self.defects.unreadable.append(record.doc_id)
                continue
            numbers = [page.number for page in document.pages]
            if not numbers or numbers != list(range(1, len(numbers) + 1)):
                self.defects.unreadable.append(record.doc_id)
            else:
                self._check(document, stored)
        return self.defects

    def _check(self, document: Document, stored: tuple[Chunk, ...]) -> None:
        doc_id, defects, catalogue = document.doc_id, self.defects, self._catalogue
        chunks = chunk_document(document)
        if stored != chunks:
            defects.chunks.append(doc_id)
        keys = tuple(embedding_key(self._encoder, embedding_text(chunk, document.title)) for chunk in chunks)
        if catalogue.embedding_keys(doc_id) != keys or catalogue.kept_embeddings(keys) - self._odd != frozenset(keys):
            defects.embeddings.append(doc_id)
        if not self._words_are_stored(document):
            defects.words.append(doc_id)
        defined = frozenset(d for page in document.pages for d in definitions(page.text))
        if self._words.definitions(catalogue.version(doc_id)) != defined:
            defects.glossary.append(doc_id)
        if not self._is_quick and not self._ledger_is_stored(document):
            defects.ledger.append(doc_id)

    def _ledger_is_stored(self, document: Document) -> bool:
        return tuple(line.entry for line in self._catalogue.ledger([document.doc_id])) == document_ledger(document)

    def _words_are_stored(self, document: Document) -> bool:
        version = self._catalogue.version(document.doc_id)
        chunks = self._catalogue.numbered_chunks(document.doc_id)
        of_chunks = self._words.rows("keywords", [row.number for row in chunks])
        of_pages = self._words.rows("page_keywords", [page_number(version, p.number) for p in document.pages])
        if self._is_quick:
            return [row.bigrams for row in of_chunks] == [chunk_bigrams(row.chunk) for row in chunks] and [
                row.bigrams for row in of_pages
            ] == [page_bigrams(page) for page in document.pages]
        return of_chunks == tuple(keyword_row(r.number, r.title, r.chunk) for r in chunks) and of_pages == tuple(
            page_keyword_row(version, document.title, page) for page in document.pages
        )
