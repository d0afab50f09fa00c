"""Vectors of passages that were encoded lately, kept in memory.

An answer compares its foremost units with the question by meaning, and questions to one library meet the same units
again and again: encoding them takes four fifths of the processor's time for a first answer.
"""

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from lsqa.recent import RecentlyUsed

_LIMIT = 32 * 2**20  # bytes: about 15,000 passages in 384 dimensions
_EACH = 400  # bytes that a passage takes beside its vector and its text
_QUESTIONS = 64 * 2**10  # bytes: a question is encoded to search and again to choose, close to each other

_Vector = NDArray[np.float32]


class KnownVectors(Embeddings):
    """An encoder that does not encode twice what it was asked for lately. `limit` is in bytes. For any number of
    threads, if `encoder` is."""

    def __init__(self, encoder: Embeddings, limit: int = _LIMIT) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._passages: RecentlyUsed[str, _Vector] = RecentlyUsed(limit)
        self._questions: RecentlyUsed[str, _Vector] = RecentlyUsed(min(limit, _QUESTIONS))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, in their order."""
        return self._known(self._passages, texts, self._encoder.embed_documents)

    def embed_query(self, text: str) -> list[float]:
        """Vector of a question."""
        return self._known(self._questions, [text], lambda _: [self._encoder.embed_query(text)])[0]

    def _known(
        self,
        kept: RecentlyUsed[str, _Vector],
        texts: Sequence[str],
        encode: Callable[[list[str]], list[list[float]]],
    ) -> list[list[float]]:
        with self._lock:
            held = {text: vector for text in texts if (vector := kept.get(text)) is not None}
        # Two threads may encode the same text: better than one that waits for the other.
        if new := list(dict.fromkeys(text for text in texts if text not in held)):
            encoded = {t: np.asarray(v, dtype=np.float32) for t, v in zip(new, encode(new), strict=True)}
            held |= encoded
            with self._lock:
                for text, vector in encoded.items():
                    kept.put(text, vector, vector.nbytes + 4 * len(text) + _EACH)
        return [held[text].tolist() for text in texts]
