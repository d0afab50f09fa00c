"""The vectors of whole pages, kept in memory until the catalogue changes.

The first question after a change reads the pages that it needs. Whoever asks a second one will ask a third: then all
are read at once where memory has room for them, else those that were asked for lately are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from lsqa.catalogue import Catalogue
from lsqa.recent import FileState, RecentlyUsed, file_state

Place = tuple[str, int]
_LIMIT = 64 * 2**20  # bytes of vectors, and
_EACH = 500  # bytes that a page, and each of its chunks, takes beside them


@dataclass(frozen=True, slots=True)
class PageVectors:
    """n chunks in reading order: `vectors` (n, d) of unit length."""

    chunk_ids: tuple[str, ...]
    places: tuple[Place, ...]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Page:
    rows: tuple[int, ...]
    chunk_ids: tuple[str, ...]
    vectors: NDArray[np.float32]


class PageVectorReader:
    """Reads them from a catalogue. Threads may share it."""

    def __init__(self, catalogue: Catalogue, limit: int = _LIMIT) -> None:
        self._catalogue = catalogue
        self._limit = limit
        self._lock = RLock()
        self._state: FileState | None = None
        self._a_chunk = 0  # bytes that one takes, 0 before any was read in this state
        self._pages: RecentlyUsed[Place, _Page] = RecentlyUsed(limit)

    def read(self, places: Sequence[Place]) -> PageVectors:
        """Every chunk of the pages; places that are no pages (any more) are left out."""
        wanted = list(dict.fromkeys(places))
        with self._lock:
            state = file_state(self._catalogue.connection)
            if state is None or state != self._state:
                self._state, self._pages, self._a_chunk = state, RecentlyUsed(self._limit), 0
            held = {place: self._pages.get(place) for place in wanted}
            loaded = self._load([place for place, page in held.items() if page is None])
        pages = {place: page for place in wanted if (page := held[place] or loaded.get(place)) is not None}
        if not pages:
            return PageVectors((), (), np.zeros((0, 0), dtype=np.float32))
        order = np.argsort([row for page in pages.values() for row in page.rows])
        chunk_ids = [chunk_id for page in pages.values() for chunk_id in page.chunk_ids]
        of_chunk = [place for place, page in pages.items() for _ in page.rows]
        vectors = np.concatenate([page.vectors for page in pages.values()])
        in_order = order.tolist()
        return PageVectors(tuple(chunk_ids[i] for i in in_order), tuple(of_chunk[i] for i in in_order), vectors[order])

    def _load(self, places: Sequence[Place]) -> dict[Place, _Page]:
        if not places:
            return {}
        room = self._a_chunk and self._catalogue.chunk_count * self._a_chunk <= self._limit
        found: dict[Place, list[tuple[int, str, NDArray[np.float32]]]] = {}
        for row, chunk_id, doc_id, number, vector in self._catalogue.page_vectors(None if room else places):
            found.setdefault((doc_id, number), []).append((row, chunk_id, vector))
        loaded = {place: _page(chunks) for place, chunks in found.items()}
        if file_state(self._catalogue.connection) != self._state:  # a writer came between: not to be kept
            return loaded
        for place, page in loaded.items():
            size = page.vectors.nbytes + _EACH * (1 + len(page.rows))
            self._pages.put(place, page, size)
            self._a_chunk = max(self._a_chunk, size // len(page.rows))
        return loaded


def _page(chunks: Sequence[tuple[int, str, NDArray[np.float32]]]) -> _Page:
    rows, chunk_ids, vectors = zip(*chunks, strict=True)
    matrix = np.stack(vectors)
    norms = np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return _Page(rows, chunk_ids, (matrix / norms).astype(np.float32))
