"""The library as readers see it."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from time import monotonic
from types import TracebackType
from typing import Self

from lsqa.catalogue import FILE_NAME, Catalogue, Vector, VectorRecord, chunk_of_vector
from lsqa.errors import EmptyLibraryError, IndexUnavailableError, LibraryError, StaleIndexError
from lsqa.keyword_index import KeywordIndex
from lsqa.library.folder import REBUILD_COMMAND, check_fingerprint, home_errors, index_fingerprint, refuse_file
from lsqa.library.page_vectors import PageVectorReader
from lsqa.settings import ChromaServer
from lsqa.vector_index import ExactIndex, VectorIndex

_SPARE = 8  # neighbours asked for beyond k, for those that a writer has just replaced
_SAMPLE = 16
_MOST_NAMED = 5_000
_AWAY_SECONDS = 5.0  # until a server that did not answer is tried again
_log = logging.getLogger(__name__)


class Library:
    """A data folder opened for reading: `catalogue`, `keywords`, `nearest` for the vectors, `pages` for those of whole
    pages."""

    def __init__(self, home: Path, catalogue: Catalogue, vectors: VectorIndex) -> None:
        self.home = home
        self.catalogue = catalogue
        self.keywords = KeywordIndex(catalogue.connection, catalogue.directory)
        self.vectors = vectors
        self.pages = PageVectorReader(catalogue)
        self._threads = RLock()  # one thread may find that Chroma has to be loaded again while another searches
        self._seen_generation = -1
        self._fallback: tuple[int, ExactIndex] | None = None
        self._away_until = 0.0
        self._opened_with = catalogue.fingerprint

    @classmethod
    def open(cls, home: Path, encoder: str | None = None, *, chroma: ChromaServer | None = None) -> "Library":
        """The library in `home`, for reading; nothing is made or changed.

        `encoder` is the embedder's fingerprint; without it, anything that needs no encoder can be read. `chroma` is the
        server that holds the vectors, if any.

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
        return cls(home, catalogue, open_vectors(home, catalogue, encoder or catalogue.meta("encoder"), chroma))

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
        is_away = monotonic() < self._away_until
        why = (
            "its server did not answer"
            if is_away
            else "it is being written, awaits the next ingest, or its folder cannot be written"
        )
        try:
            if not is_away and self._ready():
                found = self.vectors.query(vector, k, doc_ids)
                self._fallback = None
                return found
        except IndexUnavailableError as error:
            self._away_until = monotonic() + _AWAY_SECONDS
            why = error.message
        if self._fallback is None or self._fallback[0] != generation:
            _log.warning("doing without the vector index of %s: %s", self.home, why)
            self._fallback = generation, ExactIndex(self.catalogue.vectors())
        return self._fallback[1].query(vector, k, doc_ids)

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
        return vector_sample(self.catalogue)

    def _follow(self, generation: int) -> None:
        """Chroma in the folder does not notice what other processes write: load it again where the library has
        changed."""
        # A snapshot may be older than what another thread has seen.
        if generation > self._seen_generation:
            if self.catalogue.fingerprint != self._opened_with:
                raise StaleIndexError(
                    f"the index in {self.home} was made anew in another way, with {self.catalogue.fingerprint}",
                    hint="open it again with that embedder and this version of lsqa",
                )
            if not self.vectors.follows_others:
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


def open_vectors(home: Path, catalogue: Catalogue, encoder: str, chroma: ChromaServer | None) -> VectorIndex:
    # One collection for each encoder: their vectors differ in number of values, and a rebuild fills the new one beside
    # the old.
    name = f"lsqa-{catalogue.meta('library')}-{hashlib.sha256(encoder.encode()).hexdigest()[:8]}"
    return VectorIndex(home, name, server=chroma)


def vector_sample(catalogue: Catalogue) -> tuple[VectorRecord, ...]:
    """Some vectors that the vector index has to find."""
    return tuple(catalogue.vectors(catalogue.sample_vector_ids(_SAMPLE)))


def _empty(home: Path) -> EmptyLibraryError:
    return EmptyLibraryError(
        f"nothing has been ingested into {home} yet", hint="ingest documents first: lsqa ingest PATH"
    )
