"""Search: the legs, fused into one score, then the reader over the foremost.

`Hit.score` is the probability, from 0 to 1, that the passage is the one asked for, by `fusion`: it means the same from
question to question. With a reader the foremost `READ` passages are read with the question before they are ordered.
Passages of one document do not fill the list: from the third on each stands behind the first two of others that are as
probable within `DIVERSITY`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from lsqa.catalogue import Vector
from lsqa.chunks import Chunk, embedding_text
from lsqa.fusion import leg_scores, logit, probability, read_scores
from lsqa.legs import Candidates, search
from lsqa.library import Library
from lsqa.models.passage_reading import PassageReading
from lsqa.questions import Question
from lsqa.text import Span
from lsqa.text_vectors import TextVectors
from lsqa.tracing import span

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

READ: Final = 20
_FREE_PLACES, DIVERSITY = 2, 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found. `title` and `published` (ISO 8601, or empty) are its document's; `score` in [0, 1]; a
    rank counts from 1 and is None where its leg did not find it.

    `rerank_score` is the reader's logit that the chunk answers, `answer` the words of the chunk that answer best
    (offsets of the page's text), `certainty` the probability of these among all words of the chunk; None where it was
    not read.

    >>> with Assistant.open() as lsqa:
    ...     (hit,) = lsqa.retrieve("あけぼの計画の令和7年度の予算", k=1)
    >>> "12億円" in hit.chunk.text, 0 < hit.score <= 1
    (True, True)
    """

    chunk: Chunk
    title: str
    score: float
    vector_rank: int | None
    keyword_rank: int | None
    rerank_score: float | None = None
    answer: Span | None = None
    certainty: float | None = None
    published: str = ""


class Reranker(Protocol):
    """Reads passages for a query: one reading for each passage, in their order. `is_calibrated` says that its logits
    are those that `fusion` was fitted with; others only order the passages."""

    is_calibrated: bool

    def read(self, query: str, passages: Sequence[str]) -> Sequence[PassageReading]: ...


class Retriever:
    """Search over an open library, for any number of threads. `embedder` stays the same."""

    def __init__(self, library: Library, embedder: "Embeddings", reranker: Reranker | None = None) -> None:
        self.library = library
        self.embedder = embedder
        self.reranker = reranker
        self._vectors = TextVectors(embedder)

    def retrieve(
        self, question: Question, k: int, doc_ids: Sequence[str] | None = None, *, read: bool = True
    ) -> tuple[Hit, ...]:
        """The `k` best chunks for `question`, best first; `doc_ids` limits the documents that are searched. `read` says
        whether the reader reads the foremost, where there is one."""
        if k < 1:
            return ()
        with span("encode"):
            vector = self._vectors.question(question.text)
        with span("search"):
            candidates = search(self.library, question, vector, doc_ids, depth=k)
        logits = leg_scores(candidates.scores, candidates.bounds)
        order = [int(i) for i in np.argsort(-logits, kind="stable")[: max(k, READ) + READ]]
        if not read or self.reranker is None:
            # Only what is shown is loaded: where each stands is known without its text.
            foremost = [(candidates.places[i][0], probability(float(logits[i]))) for i in order]
            order = [order[at] for at in _diversified(foremost)[:k]]
            return self._hits(candidates, order, [float(logits[i]) for i in order])
        hits = self._read(question, self._hits(candidates, order, [float(logits[i]) for i in order]), self.reranker)
        return (diversified(hits) if self.reranker.is_calibrated else hits)[:k]

    def similarity(self, question: Question) -> Callable[[Sequence[str]], tuple[float, ...]]:
        """A function that gives the cosine of `question` to each of the texts it is given."""

        def cosines(texts: Sequence[str]) -> tuple[float, ...]:
            asked = _unit(self._vectors.question(question.text))
            return tuple(float(_unit(vector) @ asked) for vector in self._vectors.passages(texts))

        return cosines

    def _hits(self, candidates: Candidates, order: Sequence[int], logits: Sequence[float]) -> tuple[Hit, ...]:
        ids = [candidates.chunk_ids[i] for i in order]
        chunks = {chunk.chunk_id: chunk for chunk in self.library.catalogue.chunks(ids)}
        titles = self.library.catalogue.titles(chunk.doc_id for chunk in chunks.values())
        hits = []
        for chunk_id, log_odds in zip(ids, logits, strict=True):
            if (chunk := chunks.get(chunk_id)) is None:
                continue  # a writer has replaced it meanwhile
            title, published = titles.get(chunk.doc_id, (chunk.doc_id, ""))
            ranks = candidates.vector_ranks.get(chunk_id), candidates.keyword_ranks.get(chunk_id)
            hits.append(Hit(chunk, title, probability(log_odds), *ranks, published=published))
        return tuple(hits)

    def _read(self, question: Question, hits: tuple[Hit, ...], reader: Reranker) -> tuple[Hit, ...]:
        """The foremost read and put in order, the others behind them."""
        head, tail = hits[:READ], hits[READ:]
        with span("read"):
            readings = reader.read(question.text, [embedding_text(hit.chunk, hit.title) for hit in head])
        marked = [_marked(hit, reading) for hit, reading in zip(head, readings, strict=True)]
        if not reader.is_calibrated:
            return (*sorted(marked, key=lambda hit: -(hit.rerank_score or 0.0)), *tail)
        logits = read_scores([logit(hit.score) for hit in head], [r.relevance for r in readings])
        scored = [replace(hit, score=probability(z)) for hit, z in zip(marked, logits, strict=True)]
        least = min((hit.score for hit in scored), default=0.0)
        # What was not read is no better than the least of what was.
        return (*sorted(scored, key=lambda h: -h.score), *(replace(h, score=min(h.score, least)) for h in tail))


def _marked(hit: Hit, reading: PassageReading) -> Hit:
    """A hit with its reading; the span is moved from the passage, which begins with titles, to the page."""
    chunk = hit.chunk
    before = len(embedding_text(chunk, hit.title)) - len(chunk.text)
    start, end = (max(0, min(at - before, len(chunk.text))) for at in reading.span)
    answer = (chunk.start + start, chunk.start + end) if start < end else None
    return replace(hit, rerank_score=reading.relevance, answer=answer, certainty=reading.certainty)


def diversified(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """`hits`, best first, with the third and later passages of a document put behind the passages of others that have
    at least `DIVERSITY` of their score."""
    return tuple(hits[at] for at in _diversified([(hit.chunk.doc_id, hit.score) for hit in hits]))


def _diversified(found: Sequence[tuple[str, float]]) -> list[int]:
    """The order in which `diversified` puts passages of these documents and scores."""
    seen: dict[str, int] = {}
    ranked: list[tuple[float, int]] = []
    for place, (doc_id, score) in enumerate(found):
        count = seen[doc_id] = seen.get(doc_id, 0) + 1
        ranked.append((-score * (DIVERSITY if count > _FREE_PLACES else 1.0), place))
    return [place for _, place in sorted(ranked)]


def _unit(vector: Vector) -> Vector:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
