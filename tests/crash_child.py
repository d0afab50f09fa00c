"""The victim of `test_crash.py`: ingests a file and kills itself where it is told to, or is killed from outside."""

import hashlib
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from lsqa.catalogue import Entry, VectorRecord
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.settings import ChromaServer
from lsqa.vector_index import VectorIndex

ENCODER = "crash-test"


class Fuse:
    """Kills this process, as `kill -9` does, when `point` is passed for the `count`-th time."""

    def __init__(self, point: str, count: int) -> None:
        self._point = point
        self._left = count

    def passing(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class SlowEmbeddings(Embeddings):
    def __init__(self, fuse: Fuse, delay: float) -> None:
        self._fuse = fuse
        self._delay = delay

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self._fuse.passing("encode")
        time.sleep(self._delay)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return [float(x) for x in np.random.default_rng(seed).normal(size=8)]


class FusedIndex(VectorIndex):
    def __init__(self, home: Path, collection: str, fuse: Fuse, server: ChromaServer | None) -> None:
        super().__init__(home, collection, server=server)
        self._fuse = fuse

    def upsert(self, records: Iterable[VectorRecord]) -> None:
        self._fuse.passing("pending stored")
        super().upsert(records)
        self._fuse.passing("vectors added")

    def _upsert(self, records: Iterable[VectorRecord]) -> None:
        records = tuple(records)
        super()._upsert(records[: len(records) // 2])
        self._fuse.passing("half the vectors added")
        super()._upsert(records)

    def delete(self, vector_ids: Sequence[str]) -> None:
        self._fuse.passing("published")
        super().delete(vector_ids)
        self._fuse.passing("garbage deleted")


class FusedLibrary(WritableLibrary):
    fuse: Fuse

    def store(self, entries: Sequence[Entry]) -> None:
        super().store(entries)
        self.fuse.passing("batch stored")

    def note_files(self, signatures: Mapping[str, str]) -> None:
        self.fuse.passing("before noting files")
        super().note_files(signatures)


def main(
    home: Path, file: Path, chroma: ChromaServer | None, point: str, count: int, delay: float, is_writing: Event
) -> None:
    """Ingest `file`, each encoding slowed by `delay` seconds, and die at the `count`-th passing of `point`."""
    fuse = Fuse(point, count)
    with WritableLibrary.open_for_writing(home, ENCODER, chroma=chroma) as library:
        collection = library.vectors.collection
    index = FusedIndex(home, collection, fuse, chroma)
    with FusedLibrary.open_for_writing(home, ENCODER, vectors=index) as library:
        assert isinstance(library, FusedLibrary)
        library.fuse = fuse
        is_writing.set()
        ingest([file], library, SlowEmbeddings(fuse, delay))
