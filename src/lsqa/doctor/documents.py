"""Each document held against what its pages give: chunks, keys of embeddings, words, definitions, ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lsqa.catalogue import CatalogueWriter, Row
from lsqa.chunks import Chunk, chunk_document, embedding_text
from lsqa.doctor.findings import Finding, found
from lsqa.doctor.words import StoredWords
from lsqa.documents import Document
from lsqa.glossary import definitions
from lsqa.keyword_index import keyword_row, page_keyword_row
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


def check_documents(
    catalogue: CatalogueWriter, words: StoredWords, encoder: str, odd: frozenset[str]
) -> DocumentDefects:
    """Go through all documents. It costs what reading them in did, less the files and the encoder. `odd`: keys of
    embeddings that are none."""
    defects = DocumentDefects()
    for record in catalogue.documents():
        try:
            document = catalogue.document(record.doc_id)
            stored = catalogue.chunks_of(record.doc_id)
        except (ValueError, TypeError, KeyError):  # rows that are no JSON, or of another form
            defects.unreadable.append(record.doc_id)
            continue
        numbers = [page.number for page in document.pages]
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            defects.unreadable.append(record.doc_id)
        else:
            _check(document, stored, catalogue, words, encoder, odd, defects)
    return defects


def _check(
    document: Document,
    stored: tuple[Chunk, ...],
    catalogue: CatalogueWriter,
    words: StoredWords,
    encoder: str,
    odd: frozenset[str],
    defects: DocumentDefects,
) -> None:
    doc_id = document.doc_id
    chunks = chunk_document(document)
    if stored != chunks:
        defects.chunks.append(doc_id)
    keys = [embedding_key(encoder, embedding_text(chunk, document.title)) for chunk in chunks]
    if catalogue.embedding_keys(doc_id) != tuple(keys) or catalogue.kept_embeddings(keys) - odd != frozenset(keys):
        defects.embeddings.append(doc_id)
    if not _are_stored(document, catalogue, words):
        defects.words.append(doc_id)
    defined = frozenset(d for page in document.pages for d in definitions(page.text))
    if words.definitions(catalogue.version(doc_id)) != defined:
        defects.glossary.append(doc_id)
    if tuple(line.entry for line in catalogue.ledger([doc_id])) != document_ledger(document):
        defects.ledger.append(doc_id)


def _are_stored(document: Document, catalogue: CatalogueWriter, words: StoredWords) -> bool:
    version = catalogue.version(document.doc_id)
    numbered: tuple[Row, ...] = catalogue.numbered_chunks(document.doc_id)
    rows = tuple(keyword_row(row.number, row.title, row.chunk) for row in numbered)
    pages = tuple(page_keyword_row(version, document.title, page) for page in document.pages)
    return (
        words.rows("keywords", [row.number for row in rows]) == rows
        and words.rows("page_keywords", [page.number for page in pages]) == pages
    )
