"""The library as readers see it."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from lsqa.catalogue import FILE_NAME, Catalogue, Vector, VectorRecord, chunk_of_vector
from lsqa.errors import EmptyLibraryError, LibraryError
from lsqa.keyword_index import KeywordIndex
from lsqa.library.folder import REBUILD_COMMAND, check_fingerprint, home_errors, index_fingerprint, refuse_file
from lsqa.library.page_vectors import PageVectorReader
from lsqa.vector_index import VectorIndex, exact_search

_SPARE = 8  # neighbours asked for beyond k, for those that a writer has just replaced
_SAMPLE = 16
_MOST_NAMED = 5_000
_log = logging.getLogger(__name__)


class Library:
    """A data folder opened for reading: `catalogue`, `keywords`, `nearest` for the vectors, `pages` for those of whole
    pages."""

    def __init__(self, home: Path, catalogue: Catalogue, vectors: VectorIndex) -> None:
        self.home = home
        self.catalogue = catalogue
        self.keywords = KeywordIndex(catalogue.connection)
        self.vectors = vectors
        self.pages = PageVectorReader(catalogue)
        self._threads = RLock()  # one thread may find that Chroma has to be loaded again while another searches
        self._seen_generation = -1
        self._fallback: tuple[int, tuple[VectorRecord, ...]] | None = None

    @classmethod
    def open(cls, home: Path, encoder: str | None = None, *, chroma_url: str = "") -> "Library":
        """The library in `home`, for reading; nothing is made or changed.

        `encoder` is the embedder's fingerprint; without it, anything that needs no encoder can be read.

        Raises:
            EmptyLibraryError: nothing has been ingested.
            HomeError: the folder cannot be read.
            StaleIndexError: the index was made with another encoder, chunking, folding or tokens.
        """
        refuse_file(home)
        with home_errors(home):
            if not (home / FILE_NAME).is_file():
                raise _empty(home)
            catalogue = Catalogue.open(home)
        try:
            if not catalogue.document_count:
                raise _empty(home)
            if encoder is not None:
                check_fingerprint(home, catalogue.fingerprint, index_fingerprint(encoder))
        except BaseException:
            catalogue.close()
            raise
        return cls(home, catalogue, open_vectors(home, catalogue, encoder or catalogue.meta("encoder"), chroma_url))

    def nearest(self, vector: Vector, k: int, doc_ids: Sequence[str] | None = None) -> tuple[tuple[str, float], ...]:
        """The `k` chunks nearest to `vector` (d values): (chunk id, cosine similarity), best first. Raises
        `LibraryError`."""
        asked = k + _SPARE
        # Chroma names each document in one statement of SQLite: of more, its neighbours are sifted here.
        few = doc_ids if doc_ids is None or len(doc_ids) <= _MOST_NAMED else None
        while True:
            with self._threads:
                found = self._neighbours(vector, asked, few)
            visible = self.catalogue.visible_vectors([i for i, _ in found])
            hits = tuple((chunk_of_vector(i), score) for i, score in found if i in visible)
            if few is None and doc_ids is not None:
                wanted = self.catalogue.chunks_of_documents([i for i, _ in hits], doc_ids)
                hits = tuple(hit for hit in hits if hit[0] in wanted)
            if len(hits) >= k or len(found) < asked:
                return hits[:k]
            asked *= 4

    def _neighbours(self, vector: Vector, k: int, doc_ids: Sequence[str] | None) -> tuple[tuple[str, float], ...]:
        generation = self.catalogue.generation
        self._follow(generation)
        if self._ready():
            self._fallback = None
            return self.vectors.query(vector, k, doc_ids)
        if self._fallback is None or self._fallback[0] != generation:
            _log.warning("the vector index in %s is being written or awaits the next ingest; doing without", self.home)
            self._fallback = generation, tuple(self.catalogue.vectors())
        return exact_search(self._fallback[1], vector, k, doc_ids)

    def _ready(self) -> bool:
        if self.vectors.is_loaded:
            return True
        if not self.vectors.load():
            return False
        if self.vectors.is_sound(self.sample()) or self.catalogue.generation != self._seen_generation:
            return True
        self.vectors.close()
        raise LibraryError(f"the vector index in {self.home} is damaged", hint=f"`{REBUILD_COMMAND}` makes it again")

    def sample(self) -> tuple[VectorRecord, ...]:
        """Some vectors that the vector index has to find."""
        return tuple(self.catalogue.vectors(self.catalogue.sample_vector_ids(_SAMPLE)))

    def _follow(self, generation: int) -> None:
        """Chroma does not notice what other processes write: load it again where the library has changed."""
        # A snapshot may be older than what another thread has seen.
        if generation > self._seen_generation:
            self.vectors.close()
            self._seen_generation = generation

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_vectors(home: Path, catalogue: Catalogue, encoder: str, url: str) -> VectorIndex:
    # One collection for each encoder: their vectors differ in number of values, and a rebuild fills the new one beside
    # the old.
    name = f"lsqa-{catalogue.meta('library')}-{hashlib.sha256(encoder.encode()).hexdigest()[:8]}"
    return VectorIndex(home, name, url=url)


def _empty(home: Path) -> EmptyLibraryError:
    return EmptyLibraryError(
        f"nothing has been ingested into {home} yet", hint="ingest documents first: lsqa ingest PATH"
    )
