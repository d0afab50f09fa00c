"""The reader `bundled`: does this passage answer the question, and in which words?

A cross-encoder over the bundled encoder's word embeddings, trained for this (`training/`). Its weights are a file of
int8 that belongs into `weights/`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lsqa.errors import ModelUnavailableError
from lsqa.models.bundled_encoder import available_cores, convert_bundled
from lsqa.models.passage_reading import PassageReading
from lsqa.models.reader_input import QUESTION_TOKENS, side_by_side
from lsqa.models.unigram_tokenizer import load_tokenizer
from lsqa.models.word_embeddings import WordEmbeddings
from lsqa.text import Span

WEIGHTS_FILE: Final = "reader.onnx"
_LONGEST_SPAN: Final = 40  # tokens


class BundledReader:
    """Reads passages for a question. Serves several threads at once."""

    is_calibrated = True

    def __init__(self, folder: Path, weights: Path) -> None:
        """`folder` holds the encoder's converted weights, `weights` is the reader's own file."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a passage a core, as the encoder does
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._words = WordEmbeddings(folder)
        self._tokenizer = load_tokenizer(folder)

    def read(self, question: str, passages: Sequence[str]) -> tuple[PassageReading, ...]:
        """A reading of each passage, in their order."""
        asked = self._tokenizer.encode(question, QUESTION_TOKENS)

        def read_one(passage: str) -> PassageReading:
            pair = side_by_side(asked, passage, self._tokenizer)
            inputs = {"words": self._words.of(pair.tokens)[None], "segment": pair.segment[None]}
            relevance, span = self._session.run(["relevance", "span"], inputs)
            return _reading(relevance.item(), span[0, len(asked) : -1], pair.spans)

        if len(passages) < 2:
            return tuple(map(read_one, passages))
        with ThreadPoolExecutor(available_cores()) as threads:
            return tuple(threads.map(read_one, passages))


def _reading(relevance: float, logits: NDArray[np.float32], spans: Sequence[Span]) -> PassageReading:
    """`logits` (passage tokens, 2): of the answer's first and last token."""
    if not len(spans):
        return PassageReading(relevance)
    starts, ends = _log_softmax(logits[:, 0]), _log_softmax(logits[:, 1])
    sums = starts[:, None] + ends[None, :]
    allowed = np.triu(np.tril(np.ones_like(sums, dtype=bool), _LONGEST_SPAN - 1))
    best = int(np.where(allowed, sums, -np.inf).argmax())
    first, last = divmod(best, len(ends))
    return PassageReading(relevance, (spans[first][0], spans[last][1]), float(np.exp(sums[first, last])))


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[Any]:
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def open_bundled_reader(models_dir: Path) -> "BundledReader":
    """The bundled reader over the converted weights in `models_dir`, which are made where they are not there.

    Raises:
        ConversionError: the encoder's weights cannot be converted.
        ModelUnavailableError: the package that carries them is missing, or the reader's own weights are.
    """
    folder = convert_bundled(models_dir)
    with as_file(files("lsqa") / "weights" / WEIGHTS_FILE) as weights:
        if not weights.exists():
            raise ModelUnavailableError(
                "this version of lsqa ships no weights of a reader",
                hint=f"train one (training/), put its {WEIGHTS_FILE} into {weights.parent}, or set LSQA_RERANKER=none",
            )
        return BundledReader(folder, weights)
