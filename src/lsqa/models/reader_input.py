"""How a question and a passage stand side by side before the reader: `<s> question </s> passage </s>`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.models.unigram_tokenizer import UnigramTokenizer
from lsqa.text import Span

QUESTION_TOKENS: Final = 96
"""With the marks at both ends."""
PASSAGE_TOKENS: Final = 384
"""Without marks."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`tokens` and `segment` (n,), the latter 0 for the question and 1 from the passage's first token; `spans` holds
    for each token from there on but the last mark the characters of the passage that it stands for."""

    tokens: NDArray[np.int64]
    segment: NDArray[np.int64]
    spans: Sequence[Span]


def side_by_side(question: Sequence[int], passage: str, tokenizer: UnigramTokenizer) -> SideBySide:
    """`question` as tokens with its marks, at most `QUESTION_TOKENS`; of `passage` at most `PASSAGE_TOKENS`."""
    tokens, spans = tokenizer.encode_with_spans(passage, PASSAGE_TOKENS + 2)
    both = np.array([*question, *tokens[1:]], dtype=np.int64)
    segment = (np.arange(len(both)) >= len(question)).astype(np.int64)
    return SideBySide(both, segment, spans[1:-1])
