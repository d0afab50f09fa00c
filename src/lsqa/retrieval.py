"""Keyword and vector search, fused by rank.

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009, k = 60) of the two legs; the score is scaled so that a
chunk that is first in
both has 1. An English question is searched by keyword in the Japanese terms of the lexicon too, so that it finds
Japanese slides in both legs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lsqa.catalogue import Vector
from lsqa.chunks import Chunk
from lsqa.keyword_index import Weights
from lsqa.library import Library
from lsqa.questions import Question
from lsqa.tokens import bigrams, index_tokens

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

RRF_K = 60
DEPTH = 100
# Bigrams help a long, literal question and hurt a short, spoken one (see docs/design.md).
LONG_QUESTION = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found. `title` is its document's; `score` in [0, 1]; a rank counts from 1 and is None where
    its leg did not find it.
    """

    chunk: Chunk
    title: str
    score: float
    vector_rank: int | None
    keyword_rank: int | None
    rerank_score: float | None = None


class Reranker(Protocol):
    """Scores passages for a query: higher is better, one score for each passage, in their order."""

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]: ...


class Retriever:
    """Search over an open library. Not shared between threads: its SQLite connection is not."""

    def __init__(self, library: Library, embedder: "Embeddings", reranker: Reranker | None = None) -> None:
        self.library = library
        self.embedder = embedder
        self.reranker = reranker

    def retrieve(self, question: Question, k: int, doc_ids: Sequence[str] | None = None) -> tuple[Hit, ...]:
        """The `k` best chunks for `question`, best first; `doc_ids` limits the documents that are searched."""
        if k < 1:
            return ()
        keyword = [chunk_id for chunk_id, _ in self._keyword_leg(question, doc_ids)]
        vector = [chunk_id for chunk_id, _ in self._vector_leg(question, doc_ids)]
        fused = fuse(vector, keyword)
        wanted = k if self.reranker is None else max(k, 20)
        hits = self._hits(fused[:wanted], vector, keyword)
        return self._rerank(question, hits)[:k]

    def similarity(self, question: Question) -> Callable[[Sequence[str]], tuple[float, ...]]:
        """A function that gives the cosine of `question` to each of the texts it is given."""

        def cosines(texts: Sequence[str]) -> tuple[float, ...]:
            asked = _unit(np.asarray(self.embedder.embed_query(question.text), dtype=np.float32))
            given = np.asarray(self.embedder.embed_documents(list(texts)), dtype=np.float32)  # (n, d)
            return tuple(float(_unit(row) @ asked) for row in given)

        return cosines

    def _keyword_leg(self, question: Question, doc_ids: Sequence[str] | None) -> tuple[tuple[str, float], ...]:
        words = index_tokens(question.text)
        if question.language == "en":
            words += [w for term in question.terms for spelling in term.alternatives for w in index_tokens(spelling)]
        pairs = bigrams(question.text) if question.language == "ja" and len(question.text) >= LONG_QUESTION else []
        return self.library.keywords.search(words, pairs, DEPTH, weights=Weights(bigrams=0.5), doc_ids=doc_ids)

    def _vector_leg(self, question: Question, doc_ids: Sequence[str] | None) -> tuple[tuple[str, float], ...]:
        vector = np.asarray(self.embedder.embed_query(question.text), dtype=np.float32)
        return self.library.nearest(vector, DEPTH, doc_ids)

    def _hits(self, fused: Sequence[tuple[str, float]], vector: list[str], keyword: list[str]) -> tuple[Hit, ...]:
        scores = dict(fused)
        vector_ranks = {chunk_id: rank for rank, chunk_id in enumerate(vector, 1)}
        keyword_ranks = {chunk_id: rank for rank, chunk_id in enumerate(keyword, 1)}
        chunks = self.library.catalogue.chunks([chunk_id for chunk_id, _ in fused])
        titles = {doc_id: self._title(doc_id) for doc_id in {c.doc_id for c in chunks}}
        return tuple(
            Hit(c, titles[c.doc_id], scores[c.chunk_id], vector_ranks.get(c.chunk_id), keyword_ranks.get(c.chunk_id))
            for c in chunks
        )

    def _title(self, doc_id: str) -> str:
        record = self.library.catalogue.record(doc_id)
        return record.title if record else doc_id

    def _rerank(self, question: Question, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        if self.reranker is None or not hits:
            return hits
        scores = self.reranker.score(question.text, [hit.chunk.text for hit in hits])
        scored = [replace(hit, rerank_score=float(s)) for hit, s in zip(hits, scores, strict=True)]
        return tuple(sorted(scored, key=lambda hit: -(hit.rerank_score or 0.0)))


def _unit(vector: Vector) -> Vector:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def fuse(*legs: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """The ids of all legs by reciprocal rank fusion, best first, with scores in (0, 1]; ties in the order of the
    first leg.
    """
    scores: dict[str, float] = {}
    for leg in legs:
        for rank, chunk_id in enumerate(leg, 1):
            scores[chunk_id] = scores.get(chunk_id, 0.0) + 1 / (RRF_K + rank)
    best = len(legs) / (RRF_K + 1)
    return tuple(sorted(((i, s / best) for i, s in scores.items()), key=lambda item: -item[1]))
