"""Vectors of questions and of short texts, those that were asked for lately kept in memory.

The sentences of a page are held against every question that finds the page, and encoding them takes most of an answer's
time. A vector is that of its text alone, whatever it was encoded with, so a kept one is the same.
"""

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from lsqa.recent import RecentlyUsed

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

_LIMIT: Final = 64 * 2**20  # bytes of vectors and texts, and
_EACH: Final = 300  # bytes that one takes beside them
_QUESTION, _PASSAGE = True, False
Vector = NDArray[np.float32]


class TextVectors:
    """The vectors of one encoder. Threads may share it."""

    def __init__(self, embedder: "Embeddings", limit: int = _LIMIT) -> None:
        self._embedder = embedder
        self._lock = Lock()
        self._kept: RecentlyUsed[tuple[bool, str], Vector] = RecentlyUsed(limit)

    def question(self, text: str) -> Vector:
        """The vector (d,) of a question."""
        with self._lock:
            vector = self._kept.get((_QUESTION, text))
        if vector is None:
            vector = np.asarray(self._embedder.embed_query(text), dtype=np.float32)
            self._keep(_QUESTION, text, vector)
        return vector

    def passages(self, texts: Sequence[str]) -> tuple[Vector, ...]:
        """The vector (d,) of each text, in their order."""
        with self._lock:
            found = {text: self._kept.get((_PASSAGE, text)) for text in texts}
        missing = [text for text, vector in found.items() if vector is None]
        made = self._embedder.embed_documents(missing) if missing else []
        for text, values in zip(missing, made, strict=True):
            encoded = found[text] = np.asarray(values, dtype=np.float32)
            self._keep(_PASSAGE, text, encoded)
        return tuple(vector for text in texts if (vector := found[text]) is not None)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._kept.size

    def _keep(self, kind: bool, text: str, vector: Vector) -> None:
        # Nobody may change what another is given.
        vector.flags.writeable = False
        with self._lock:
            self._kept.put((kind, text), vector, vector.nbytes + 4 * len(text) + _EACH)
