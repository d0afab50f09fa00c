"""The reader `bundled`: does this passage answer the question, and in which words?

A cross-encoder of twelve layers. The lower six are the bundled encoder's and read question and passage each for itself,
so a passage's states are kept for the next question; the upper six see both, were trained for this
(`training/`, `weights/README.md`), and ship inside the package.
"""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lsqa.errors import ModelUnavailableError
from lsqa.models.bundled_encoder import available_cores, convert_bundled
from lsqa.models.lower_layers import LowerLayers, TokenStates
from lsqa.models.passage_reading import PassageReading
from lsqa.text import Span

WEIGHTS_FILE: Final = "reader.onnx"
_KEPT_TOKENS: Final = 40_000  # 61 MB of states
_LONGEST_SPAN: Final = 40  # tokens


class BundledReader:
    """Reads passages for a question. Serves several threads at once."""

    is_calibrated = True

    def __init__(self, lower: LowerLayers, weights: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a passage a core, as the encoder does
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._lower = lower
        self._kept = _KeptStates(_KEPT_TOKENS)

    def read(self, question: str, passages: Sequence[str]) -> tuple[PassageReading, ...]:
        """A reading of each passage, in their order."""
        asked = self._lower.read(question, is_question=True).states[None]

        def read_one(passage: str) -> PassageReading:
            states = self._states(passage)
            relevance, span = self._session.run(None, {"question": asked, "passage": states.states[None]})
            return _reading(float(relevance[0]), span[0], states.spans)

        if len(passages) < 2:
            return tuple(map(read_one, passages))
        with ThreadPoolExecutor(available_cores()) as threads:
            return tuple(threads.map(read_one, passages))

    def _states(self, passage: str) -> TokenStates:
        if (kept := self._kept.get(passage)) is None:
            kept = self._lower.read(passage, is_question=False)
            self._kept.put(passage, kept)
        return kept


class _KeptStates:
    """The states of the passages read last, up to a number of tokens in all."""

    def __init__(self, tokens: int) -> None:
        self._room = tokens
        self._states: OrderedDict[str, TokenStates] = OrderedDict()
        self._lock = Lock()

    def get(self, passage: str) -> TokenStates | None:
        with self._lock:
            if passage in self._states:
                self._states.move_to_end(passage)
            return self._states.get(passage)

    def put(self, passage: str, states: TokenStates) -> None:
        with self._lock:
            if passage in self._states:
                return
            self._states[passage] = states
            self._room -= len(states.states)
            while self._room < 0 and len(self._states) > 1:
                self._room += len(self._states.popitem(last=False)[1].states)


def _reading(relevance: float, logits: NDArray[np.float32], spans: Sequence[Span]) -> PassageReading:
    """`logits` (tokens, 2): of the answer's first and last token."""
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
        ConversionError: the lower layers' weights cannot be converted.
        ModelUnavailableError: the package that carries them is missing, or the reader's own weights are.
    """
    folder = convert_bundled(models_dir)
    with as_file(files("lsqa") / "weights" / WEIGHTS_FILE) as weights:
        if not weights.exists():
            raise ModelUnavailableError(
                "this version of lsqa ships no weights of a reader",
                hint=f"train one (training/), put its {WEIGHTS_FILE} into {weights.parent}, or set LSQA_RERANKER=none",
            )
        return BundledReader(LowerLayers(folder), weights)
