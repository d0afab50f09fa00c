"""What one would build first: a splitter, an encoder and a vector store; or BM25."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from lsqa.evaluation.outcomes import FoundPage
from lsqa.library import Library
from lsqa.tokens import bigrams, index_tokens

Ranker = Callable[[str], Sequence[FoundPage]]
"""A question -> distinct pages, best first."""

CHUNK_CHARACTERS: Final = 320
OVERLAP: Final = 32
DEPTH: Final = 100
BATCH: Final = 256
_COLLECTION: Final = "baseline"


def langchain_ranker(library: Library, embedder: Embeddings, folder: Path) -> Ranker:
    """Chunks of a fixed size by LangChain's splitter, in Chroma by LangChain's vector store, asked through its
    retriever. `folder` keeps the index: it is to be another one where the pages are others."""
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    store = Chroma(
        _COLLECTION, embedder, str(folder / "chroma"), collection_configuration={"hnsw": {"space": "cosine"}}
    )
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP)
    chunks = splitter.split_documents([*_documents(library)])
    # In batches: the vector store hands over all at once, Chroma takes some thousands, and what a run that was
    # interrupted has encoded is kept.
    for start in range(len(store.get(include=[])["ids"]), len(chunks), BATCH):
        ids = [str(number) for number in range(start, min(start + BATCH, len(chunks)))]
        store.add_documents(chunks[start : start + BATCH], ids=ids)
    retriever = store.as_retriever(search_kwargs={"k": DEPTH})

    def rank(question: str) -> Sequence[FoundPage]:
        return _distinct([(d.metadata["doc_id"], d.metadata["page"]) for d in retriever.invoke(question)])

    return rank


def vectors_ranker(library: Library, embedder: Embeddings) -> Ranker:
    """The same encoder over lsqa's own chunks, which are encoded with their titles and headings."""

    def rank(question: str) -> Sequence[FoundPage]:
        vector = np.asarray(embedder.embed_query(question), dtype=np.float32)
        near = library.nearest(vector, DEPTH)
        chunks = library.catalogue.chunks([chunk_id for chunk_id, _ in near])
        return _distinct([(chunk.doc_id, chunk.page) for chunk in chunks])

    return rank


def words_ranker(library: Library) -> Ranker:
    """BM25 of lsqa's words over whole pages, from lsqa's keyword index."""

    def rank(question: str) -> Sequence[FoundPage]:
        return _distinct([place for place, _ in library.keywords.search_pages(index_tokens(question), (), DEPTH)])

    return rank


def bigrams_ranker(library: Library) -> Ranker:
    """BM25 of character bigrams over whole pages, by the library bm25s (Lù, 2024) with what it does unless told."""
    import bm25s

    documents = [*_documents(library)]
    index = bm25s.BM25()
    index.index([bigrams(document.page_content) for document in documents], show_progress=False)

    def rank(question: str) -> Sequence[FoundPage]:
        k = min(DEPTH, len(documents))
        found, _ = index.retrieve([bigrams(question)], k=k, show_progress=False)
        return _distinct([(documents[i].metadata["doc_id"], documents[i].metadata["page"]) for i in found[0]])

    return rank


def _documents(library: Library) -> Iterator[Document]:
    """The pages as LangChain documents."""
    for record in library.catalogue.documents():
        for number in range(1, record.pages + 1):
            text = library.catalogue.page(record.doc_id, number).text
            yield Document(text, metadata={"doc_id": record.doc_id, "page": number})


def _distinct(places: Sequence[tuple[str, int]]) -> Sequence[FoundPage]:
    return [FoundPage(doc_id=doc_id, page=page, score=0.0) for doc_id, page in dict.fromkeys(places)]
