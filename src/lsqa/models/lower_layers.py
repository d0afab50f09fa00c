"""The bundled encoder's lower layers: the states of a text's tokens, which the reader goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.models.bundled_encoder import PASSAGE_PREFIX, QUERY_PREFIX
from lsqa.models.unigram_tokenizer import UnigramTokenizer, load_tokenizer
from lsqa.text import Span

QUESTION_TOKENS: Final = 96
PASSAGE_TOKENS: Final = 384


@dataclass(frozen=True, slots=True)
class TokenStates:
    """`states` (tokens, 384) float32; `spans` holds for each token the characters of the text that it stands for, (0,
    0) for marks and for what belongs to the encoder's prefix."""

    states: NDArray[np.float32]
    spans: Sequence[Span]


class LowerLayers:
    """The graph `lower.onnx` of a folder of converted weights. Serves several threads at once."""

    def __init__(self, folder: Path, tokenizer: UnigramTokenizer | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "lower.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer or load_tokenizer(folder)

    def read(self, text: str, *, is_question: bool) -> TokenStates:
        """The states of `text`, cut at `QUESTION_TOKENS` or `PASSAGE_TOKENS`."""
        prefix = QUERY_PREFIX if is_question else PASSAGE_PREFIX
        limit = QUESTION_TOKENS if is_question else PASSAGE_TOKENS
        tokens, spans = self._tokenizer.encode_with_spans(prefix + text, limit)
        ids = np.array([tokens], dtype=np.int64)
        states: NDArray[np.float32] = self._session.run(None, {"input_ids": ids})[0][0]
        shift = len(prefix)
        return TokenStates(states, [(max(a - shift, 0), max(b - shift, 0)) for a, b in spans])
