"""Any encoder of sentence-transformers (`st:MODEL`), with the prefixes that its family was trained with."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from lsqa.errors import ModelUnavailableError

_NO_PREFIXES: Final = ("", "")
_FAMILIES: Final = (
    # part of the model's name; prefixes of a question and of a passage, from the models' own cards
    ("ruri-v3", ("検索クエリ: ", "検索文書: ")),
    ("e5", ("query: ", "passage: ")),
    ("bge-m3", _NO_PREFIXES),
)


def family_prefixes(model: str) -> tuple[str, str]:
    """Prefixes of a question and of a passage; none for an unknown family and for instruction-tuned E5."""
    name = model.rstrip("/").rsplit("/", 1)[-1].lower()
    words = name.split("-")
    for family, prefixes in _FAMILIES:
        if "instruct" not in words and all(part in words for part in family.split("-")):
            return prefixes
    return _NO_PREFIXES


class SentenceTransformersEmbeddings(Embeddings):
    """A model of sentence-transformers; importing the library takes seconds, so only this class does."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelUnavailableError(
                f"the embedder st:{model} needs sentence-transformers, which cannot be imported ({error})",
                hint="pip install sentence-transformers, or use the embedder bundled",
            ) from error
        try:
            self._model = SentenceTransformer(model)
        except (OSError, ValueError, RuntimeError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelUnavailableError(
                f"the model {model} cannot be loaded: {reason}",
                hint="check the name and the network, or give the path of a downloaded model as st:PATH",
            ) from error
        self._query_prefix, self._passage_prefix = family_prefixes(model)
        self.fingerprint = f"st:{model}"

    def encode(self, texts: Sequence[str], prefix: str) -> NDArray[np.float32]:
        """Vectors of `prefix + text`, shape (texts, dimensions), unit length, in the order of `texts`."""
        vectors: NDArray[np.float32] = self._model.encode(
            [prefix + text for text in texts], normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages."""
        vectors: list[list[float]] = self.encode(texts, self._passage_prefix).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Vector of a question."""
        vector: list[float] = self.encode([text], self._query_prefix)[0].tolist()
        return vector
