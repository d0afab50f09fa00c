"""Vector search: Chroma, embedded in the data folder or as a server. Cosine, explicit ids, explicit vectors, no
telemetry.

Chroma's embedded index is not made for several processes: it loads its graph once a process and writes it back in
place. So every write, and every loading by a reader, holds `chroma.lock` for its moment, and a marker file stands
beside the folder while a write is under way: a marker found by someone who holds the lock means that the writer died
inside Chroma and the folder is not to be trusted. Whatever happens to the folder, the catalogue holds every vector,
and `refill` makes the index again without an encoder.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout

from lsqa.catalogue import Vector, VectorRecord
from lsqa.errors import HomeError, LibraryError

FOLDER_NAME = "chroma"
_LOAD_SECONDS = 10.0  # how long a reader waits for a writer's single write
_SQLITE_MAGIC = b"SQLite format 3\0"
_SAME = 0.999  # a vector's similarity with itself, less what float32 loses

Neighbour = tuple[str, float]
Item = TypeVar("Item")


class VectorIndex:
    """The vectors of one library under one encoder. Nothing is loaded before the first use."""

    def __init__(self, home: Path, collection: str, *, url: str = "") -> None:
        self._folder = home / FOLDER_NAME
        self._marker = home / "chroma.writing"
        self._lock = FileLock(home / "chroma.lock", timeout=_LOAD_SECONDS)
        self._threads = RLock()
        self.collection = collection
        self._url = url
        self._client: Any = None
        self._collection: Any = None

    # What readers do

    @property
    def is_loaded(self) -> bool:
        return self._collection is not None

    def load(self) -> bool:
        """Make ready for `query`. False where a write is under way for long or died half-way: search elsewhere
        meanwhile.

        Raises `LibraryError` where the index is missing or damaged, or the server does not answer.
        """
        with self._threads:
            if self.is_loaded:
                return True
            try:
                with self._exclusive():
                    if self._marker.exists():
                        return False
                    with self._errors("read"):
                        self._connect(create=False)
                        self._collection.count()
            except Timeout:
                return False
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
        with self._threads, self._errors("read"):
            found = self._collection.query(
                query_embeddings=[np.asarray(vector, dtype=np.float32)], n_results=k, where=where, include=["distances"]
            )
        return tuple((i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True))

    def close(self) -> None:
        """Let go of Chroma; the next `load` sees what other processes wrote since."""
        with self._threads:
            client, self._client, self._collection = self._client, None, None
            if client is not None:
                client.close()

    # What the writer does

    @property
    def count(self) -> int:
        with self._errors("read"):
            return int(self._collection.count())

    def ids(self) -> frozenset[str]:
        """The ids of all vectors."""
        with self._errors("read"):
            return frozenset(self._collection.get(include=[])["ids"])

    def open_for_writing(self) -> bool:
        """Load, with the collection made where absent. False where the index is damaged and needs `refill`."""
        try:
            with self._exclusive(), self._errors("open"):
                if self._marker.exists() and not self._url:
                    return False
                self._connect(create=True)
                self._collection.count()
        except HomeError:
            raise
        except LibraryError:
            self.close()
            if self._url:
                raise
            return False
        return True

    def is_sound(self, sample: Sequence[VectorRecord]) -> bool:
        """Whether the graph still finds vectors that the index lists: it loses more than half where its files vanish.

        The graph is approximate and may miss one by itself, so a quarter of `sample` is forgiven.
        """
        try:
            nearest = [self.query(record.vector, 1) for record in sample]
        except HomeError:
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
            if self._url:
                self._connect(create=True)
                self._client.delete_collection(self.collection)
                self.close()
            elif self._folder.is_dir():
                shutil.rmtree(self._folder)
            else:
                self._folder.unlink(missing_ok=True)
            self._connect(create=True)
            self._upsert(records)

    def drop_others(self) -> None:
        """Remove the collections that this library had under other encoders."""
        own = self.collection.rpartition("-")[0] + "-"
        with self._writing():
            for other in self._client.list_collections():
                if other.name.startswith(own) and other.name != self.collection:
                    self._client.delete_collection(other.name)

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
        client = _server(self._url) if self._url else _embedded(self._folder, create=create)
        self._client = client  # held before the collection is asked for, so that `close` lets go of it in any case
        if create:
            self._collection = client.get_or_create_collection(
                self.collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        else:
            self._collection = client.get_collection(self.collection, embedding_function=None)

    @property
    def _place(self) -> str:
        return self._url or str(self._folder)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Alone with the folder; a server looks after that itself."""
        with ExitStack() as stack:
            if not self._url:
                stack.enter_context(self._lock)
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write: where it does not come to its end, the marker stays and the next writer makes the index again."""
        with self._threads, self._exclusive(), self._errors("write"):
            if self._url:
                yield
                return
            self._marker.touch()
            yield
            self._marker.unlink()

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, OSError, ValueError) as error:
            if isinstance(error, Timeout):
                raise
            if self._client is not None and self._collection is None:
                self.close()
            raise self._explained(doing, error) from error

    def _explained(self, doing: str, error: Exception) -> LibraryError:
        what = f"cannot {doing} the vector index {self._place}: {str(error).strip() or type(error).__name__}"
        if self._url:
            return LibraryError(what, hint="start the Chroma server, or correct LSQA_CHROMA_URL")
        if any(sign in str(error) for sign in ("disk is full", "No space left", "Permission denied", "readonly")):
            return HomeError(what, hint="make room, or give write permission, and run the command again")
        return LibraryError(what, hint="`lsqa ingest --rebuild` makes it again from the catalogue")


def exact_search(
    records: Iterable[VectorRecord], vector: Vector, k: int, doc_ids: Sequence[str] | None = None
) -> tuple[Neighbour, ...]:
    """What `VectorIndex.query` answers, by comparing with every vector: for the time in which Chroma cannot be used."""
    allowed = None if doc_ids is None else frozenset(doc_ids)
    kept = {r.vector_id: r.vector for r in records if allowed is None or r.doc_id in allowed}
    if not kept or k < 1:
        return ()
    matrix = np.stack(list(kept.values()))  # (n, d)
    norms = np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector)
    similarity = matrix @ np.asarray(vector, dtype=np.float32) / np.maximum(norms, 1e-12)  # (n,)
    ids = list(kept)
    return tuple((ids[i], float(similarity[i])) for i in np.argsort(-similarity, kind="stable")[:k])


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _embedded(folder: Path, *, create: bool) -> Any:
    import chromadb

    # Chroma makes an empty index where there is none, and keeps a half-opened one in a cache where it cannot open it.
    database = folder / "chroma.sqlite3"
    if folder.exists() and not folder.is_dir():
        raise OSError("it is a file")
    if database.is_file():
        with database.open("rb") as stream:
            if stream.read(len(_SQLITE_MAGIC)) != _SQLITE_MAGIC:
                raise OSError("chroma.sqlite3 is no database")
    elif not create:
        raise OSError("it is missing")
    return chromadb.PersistentClient(folder, settings=_settings())


def _server(url: str) -> Any:
    import chromadb

    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    connect: Callable[..., Any] = chromadb.HttpClient
    return connect(
        host=parts.hostname or "localhost", port=parts.port or (443 if ssl else 8000), ssl=ssl, settings=_settings()
    )


def _batches(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    iterator = iter(items)
    while some := tuple(islice(iterator, size)):
        yield some
