"""Search by comparing with every vector: for the time in which Chroma cannot be used."""

from collections.abc import Iterable, Sequence

import numpy as np

from lsqa.catalogue import Vector, VectorRecord


class ExactIndex:
    """n vectors of d values in memory. Threads may share it; its answers are those of `VectorIndex.query`."""

    def __init__(self, records: Iterable[VectorRecord]) -> None:
        kept = {record.vector_id: record for record in records}
        self._ids = list(kept)
        self._documents = np.array([record.doc_id for record in kept.values()], dtype=object)
        rows = [record.vector for record in kept.values()]
        matrix = np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
        self._unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)  # (n, d)

    def query(self, vector: Vector, k: int, doc_ids: Sequence[str] | None = None) -> tuple[tuple[str, float], ...]:
        """The `k` nearest: (vector id, cosine similarity), best first; of `doc_ids` where they are given."""
        if k < 1 or not self._ids:
            return ()
        asked = np.asarray(vector, dtype=np.float32)
        similarity = self._unit @ asked / max(float(np.linalg.norm(asked)), 1e-12)  # (n,)
        order = np.argsort(-similarity, kind="stable")
        if doc_ids is not None:
            allowed = frozenset(doc_ids)
            order = order[[self._documents[i] in allowed for i in order]]
        return tuple((self._ids[i], float(similarity[i])) for i in order[:k])
