"""Embeddings for the chunks of an ingest, each text encoded once and kept at once."""

from collections.abc import Callable, Mapping

import numpy as np
from langchain_core.embeddings import Embeddings

from lsqa.chunks import Chunk, embedding_text
from lsqa.errors import ModelError
from lsqa.library import WritableLibrary

SLICE = 64  # texts for each call of the encoder: what a crash can lose, and how often progress is told


class Encoder:
    """An `Embeddings` and the library that keeps what it makes. `encoded` counts the texts that had to be encoded."""

    def __init__(self, embedder: Embeddings, library: WritableLibrary) -> None:
        self._embedder = embedder
        self._library = library
        self.encoded = 0

    def keyed(self, chunks: tuple[Chunk, ...], title: str) -> tuple[tuple[str, str], ...]:
        """For each chunk the key of its embedding and the text that is encoded. Equal texts have equal keys."""
        texts = [embedding_text(chunk, title) for chunk in chunks]
        return tuple((self._library.embedding_key(text), text) for text in texts)

    def encode(self, texts: Mapping[str, str], on_slice: Callable[[int], None]) -> None:
        """Encode what the catalogue has no embedding of. `texts` maps keys to texts; `on_slice` hears how many are
        done more.

        Raises `ModelError` where the encoder gives back something else than one vector a text.
        """
        stored = self._library.catalogue.embeddings(list(texts))
        missing = [key for key in texts if key not in stored]
        on_slice(len(texts) - len(missing))
        for start in range(0, len(missing), SLICE):
            keys = missing[start : start + SLICE]
            vectors = np.asarray(self._embedder.embed_documents([texts[key] for key in keys]), dtype=np.float32)
            if vectors.ndim != 2 or len(vectors) != len(keys) or not np.isfinite(vectors).all():
                raise ModelError(
                    f"the encoder made {vectors.shape} numbers of {len(keys)} texts", hint="choose another embedder"
                )
            self._library.keep_embeddings(dict(zip(keys, vectors, strict=True)))
            self.encoded += len(keys)
            on_slice(len(keys))
