"""One library's vectors in Chroma."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import numpy as np
from filelock import Timeout

from lsqa.catalogue import Vector, VectorRecord
from lsqa.errors import HomeError, IndexUnavailableError, LibraryError
from lsqa.settings import ChromaServer
from lsqa.vector_index.places import FolderPlace, Place, ServerPlace
from lsqa.vector_index.sparse import makes_sparse_indexes

_SAME: Final = 0.999  # a vector's similarity with itself, less what float32 loses
_NOT_WRITABLE: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_PAGE: Final = 1000  # vectors asked for at a time; hosted servers say less

Neighbour = tuple[str, float]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Stored:
    """A vector as Chroma has it; `doc_id` is what a filter goes by."""

    vector_id: str
    doc_id: str
    vector: Vector


class VectorIndex:
    """The vectors of one library under one encoder. Nothing is loaded before the first use."""

    def __init__(self, home: Path, collection: str, *, server: ChromaServer | None = None) -> None:
        self._place: Place = ServerPlace(server) if server else FolderPlace(home)
        self._threads = RLock()
        self.collection = collection
        self._client: Any = None
        self._collection: Any = None

    # What readers do

    @property
    def is_loaded(self) -> bool:
        return self._collection is not None

    def load(self) -> bool:
        """Make ready for `query`. False where a write is under way for long or died half-way, or where the folder
        cannot be written: search elsewhere meanwhile.

        Raises `LibraryError` where the index is missing or damaged, `IndexUnavailableError` where the server does not
        answer.
        """
        with self._threads:
            if self.is_loaded:
                return True
            try:
                with self._place.exclusive():
                    if not self._place.is_trusted:
                        return False
                    with self._errors("read"):
                        self._connect(create=False)
                        self._collection.count()
            except Timeout:
                return False
            except OSError as error:
                if error.errno not in _NOT_WRITABLE:
                    raise
                return False  # the lock is a file
            except LibraryError:
                self.close()
                raise
            return True

    def query(self, vector: Vector, k: int, doc_ids: Sequence[str] | None = None) -> tuple[Neighbour, ...]:
        """The `k` nearest vectors: (vector id, cosine similarity), best first. `vector` has d values. Raises
        `LibraryError`."""
        if k < 1 or (doc_ids is not None and not doc_ids):
            return ()
        where = None if doc_ids is None else {"doc_id": {"$in": list(doc_ids)}}
        asked = {"query_embeddings": [np.asarray(vector, dtype=np.float32)], "n_results": k, "where": where}
        with self._threads:
            try:
                with self._errors("read"):
                    found = self._collection.query(**asked, include=["distances"])
            except LibraryError as error:
                if not self._was_replaced(error) or not self.load():
                    raise
                with self._errors("read"):
                    found = self._collection.query(**asked, include=["distances"])
        return tuple((i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True))

    def _was_replaced(self, error: LibraryError) -> bool:
        """Whether another process has made the server's collection anew, under the same name; then it is let go of."""
        from chromadb.errors import NotFoundError

        if self._place.is_own or not isinstance(error.__cause__, NotFoundError):
            return False
        self.close()
        return True

    @property
    def follows_others(self) -> bool:
        """Whether what other processes write is seen without loading it again."""
        return not self._place.is_own

    def offers_sparse(self) -> bool:
        """Whether Chroma could keep sparse vectors here, found out without touching this library's. Raises
        `LibraryError` where it says neither yes nor no."""
        with self._errors("try out"), self._place.scratch() as client:
            return makes_sparse_indexes(client)

    def close(self) -> None:
        """Let go of Chroma; the next `load` sees what other processes wrote since."""
        with self._threads:
            client, self._client, self._collection = self._client, None, None
            if client is not None:
                self._place.disconnect(client)

    # What the writer does

    @property
    def count(self) -> int:
        with self._errors("read"):
            return int(self._collection.count())

    def ids(self) -> frozenset[str]:
        """The ids of all vectors."""
        return frozenset(i for found in self._pages([]) for i in found["ids"])

    def stored(self) -> Iterator[Stored]:
        """Every vector as it is stored, some at a time. Raises `LibraryError`."""
        for found in self._pages(["embeddings", "metadatas"]):
            for i, vector, known in zip(found["ids"], found["embeddings"], found["metadatas"], strict=True):
                yield Stored(i, str((known or {}).get("doc_id", "")), np.asarray(vector, dtype=np.float32))

    def _pages(self, include: list[str]) -> Iterator[Any]:
        size = min(_PAGE, self._batch)
        for start in range(0, self.count, size):
            with self._errors("read"):
                found = self._collection.get(include=include, limit=size, offset=start)
            yield found

    def others(self) -> tuple[str, ...]:
        """The collections that this library had under other encoders."""
        own = self.collection.rpartition("-")[0] + "-"
        with self._errors("read"):
            names = [other.name for other in self._client.list_collections()]
        return tuple(name for name in names if name.startswith(own) and name != self.collection)

    def open_for_writing(self) -> bool:
        """Load, with the collection made where absent. False where the index is damaged and needs `refill`."""
        self.close()  # a client that is only forgotten stays, and with it what it has in memory
        try:
            with self._place.exclusive(), self._errors("open"):
                if not self._place.is_trusted:
                    return False
                self._connect(create=True)
                self._collection.count()
        except HomeError:
            raise
        except LibraryError:
            self.close()
            if not self._place.is_own:
                raise
            return False
        return True

    def is_sound(self, sample: Sequence[VectorRecord]) -> bool:
        """Whether the graph still finds vectors that the index lists: it loses more than half where its files vanish.

        The graph is approximate and may miss one by itself, so a quarter of `sample` is forgiven.
        """
        try:
            nearest = [self.query(record.vector, 1) for record in sample]
        except (HomeError, IndexUnavailableError):
            raise
        except LibraryError:
            return False
        return 4 * sum(not found or found[0][1] < _SAME for found in nearest) <= len(sample)

    def upsert(self, records: Iterable[VectorRecord]) -> None:
        """Add vectors or put them in the place of those of the same id. Raises `LibraryError`."""
        with self._writing():
            self._upsert(records)

    def delete(self, vector_ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids do no harm. Raises `LibraryError`."""
        with self._writing():
            for some in _batches(vector_ids, self._batch):
                self._collection.delete(ids=list(some))

    def refill(self, records: Iterable[VectorRecord]) -> None:
        """Throw the index away and make it again from `records`. Raises `LibraryError`."""
        with self._writing(), self._errors("rebuild"):
            self.close()
            self._place.wipe()
            self._connect(create=True)
            if not self._place.is_own:
                self._client.delete_collection(self.collection)
                self.close()
                self._connect(create=True)
            self._upsert(records)

    def drop_others(self) -> None:
        """Remove the collections that this library had under other encoders."""
        with self._writing():
            for name in self.others():
                self._client.delete_collection(name)

    # How

    @property
    def _batch(self) -> int:
        return int(self._client.get_max_batch_size())

    def _upsert(self, records: Iterable[VectorRecord]) -> None:
        for some in _batches(records, self._batch):
            self._collection.upsert(
                ids=[r.vector_id for r in some],
                embeddings=np.stack([r.vector for r in some]),
                metadatas=[{"doc_id": r.doc_id, "page": r.page} for r in some],
            )

    def _connect(self, *, create: bool) -> None:
        client = self._place.connect(create=create)
        self._client = client  # held before the collection is asked for, so that `close` lets go of it in any case
        if create:
            self._collection = client.get_or_create_collection(
                self.collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        else:
            self._collection = client.get_collection(self.collection, embedding_function=None)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write: where it does not come to its end in the folder, the next writer makes the index again."""
        with self._threads, self._place.exclusive(), self._errors("write"), self._place.writing():
            yield

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        from chromadb.errors import ChromaError

        try:
            yield
        except (Timeout, LibraryError):
            raise
        except Exception as error:
            # The client of a server raises whatever its HTTP library does, and plain `Exception` for replies.
            if self._place.is_own and not isinstance(error, ChromaError | OSError | ValueError):
                raise
            if self._client is not None and self._collection is None:
                self.close()
            raise self._place.explained(doing, error) from error


def _batches(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    iterator = iter(items)
    while some := tuple(islice(iterator, size)):
        yield some
