"""Wrong passages that look right: what lsqa's own hybrid search finds for each question beside its gold passage."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from lsqa.catalogue import Catalogue
from lsqa.chunks import embedding_text
from lsqa.library import Library
from lsqa.models.bundled_encoder import BundledEmbeddings
from lsqa.text import fold
from lsqa.tokens import index_tokens
from training.questions import TrainingQuestion

DEPTH = 40
_RRF_K = 60
_LEG = 60
_BLOCK = 512


def rank(questions: Sequence[TrainingQuestion], library: Library, embedder: BundledEmbeddings, path: Path) -> None:
    """Write to `path`, a line a question, the ids of at most `DEPTH` chunks that do not hold its answer, best first.

    What is there already is kept: an interrupted run goes on after its last whole line.
    """
    done = _whole_lines(path)
    if done == len(questions):
        return
    ids, vectors = _vectors(library)
    texts = passages(library.catalogue)
    keywords = WordScores([texts[chunk_id] for chunk_id in ids])
    folded = {chunk_id: fold(text) for chunk_id, text in texts.items()}
    with path.open("a", encoding="utf-8") as out:
        for start in range(done, len(questions), _BLOCK):
            block = questions[start : start + _BLOCK]
            asked = embedder.encode([q.text for q in block], "query: ")
            legs = zip(_foremost(asked @ vectors.T), _foremost(keywords.score([q.text for q in block])), strict=True)
            for question, (near, sharing) in zip(block, legs, strict=True):
                fused = fuse([ids[i] for i in near], [ids[i] for i in sharing])
                found = [i for i in fused if _is_wrong(i, question, folded)]
                out.write(json.dumps(found[:DEPTH]) + "\n")
            out.flush()


class WordScores:
    """BM25 of all questions of a block over all passages at once, by sparse matrices: the keyword index asks one
    question at a time, which takes half an hour for this many. Words are those of the keyword index, k1 = 1.2, b = .75.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectorizer = CountVectorizer(analyzer=index_tokens, dtype=np.float32)
        counts = self._vectorizer.fit_transform(texts).tocsr()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        document = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        counts.data *= 2.2 / (counts.data + 1.2 * (0.25 + 0.75 * lengths / lengths.mean())[document])
        found = np.bincount(counts.indices, minlength=counts.shape[1])
        self._inverse = np.log1p((len(texts) - found + 0.5) / (found + 0.5)).astype(np.float32)
        self._weights = counts.multiply(self._inverse).T.tocsr()  # (words, passages)

    def score(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Shape (questions, passages)."""
        asked = self._vectorizer.transform(questions)
        asked.data[:] = 1.0
        return np.asarray((asked @ self._weights).todense(), dtype=np.float32)


def fuse(*legs: Sequence[str]) -> list[str]:
    """The ids of all legs by reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), best first."""
    scores: dict[str, float] = {}
    for leg in legs:
        for rank, chunk_id in enumerate(leg, 1):
            scores[chunk_id] = scores.get(chunk_id, 0.0) + 1 / (_RRF_K + rank)
    return sorted(scores, key=lambda chunk_id: -scores[chunk_id])


def _foremost(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The numbers of the `_LEG` best of each row, best first."""
    near = np.argpartition(-scores, _LEG, axis=1)[:, :_LEG]
    order = np.argsort(-np.take_along_axis(scores, near, axis=1), axis=1)
    return np.take_along_axis(near, order, axis=1)


def passages(catalogue: Catalogue) -> dict[str, str]:
    """The words of every chunk as they are embedded, by its id."""
    return {
        chunk.chunk_id: embedding_text(chunk, record.title)
        for record in catalogue.documents()
        for number in range(1, record.pages + 1)
        for chunk in catalogue.chunks_on(record.doc_id, number)
    }


def load(path: Path) -> list[list[str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _is_wrong(chunk_id: str, question: TrainingQuestion, folded: dict[str, str]) -> bool:
    """A passage that holds the answer's words may answer the question too."""
    answer = fold(question.answer)
    return chunk_id != question.chunk_id and not (len(answer) > 1 and answer in folded[chunk_id])


def _vectors(library: Library) -> tuple[list[str], NDArray[np.float32]]:
    from lsqa.catalogue import chunk_of_vector

    records = list(library.catalogue.vectors())
    return [chunk_of_vector(r.vector_id) for r in records], np.stack([r.vector for r in records])


def _whole_lines(path: Path) -> int:
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    path.write_bytes(whole)
    return whole.count(b"\n")
