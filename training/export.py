"""The trained reader up to one of its exits as an ONNX graph in int8, as it is shipped.

python -m training.export reader.npz reader.onnx LAYERS
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from lsqa.models.onnx_graph import GraphBuilder

EPSILON = 1e-12
HEADS = 12


def save_onnx(reader: Mapping[str, NDArray[np.float16]], path: Path, layers: int) -> None:
    """The first `layers` of a reader, whose parameters go by the names that torch gives them, and the exit behind.

    Inputs: `words` (1, tokens, hidden), float32, word embeddings; `segment` (1, tokens), int64, 0 for the question and
    1 for the passage. Outputs, float32 logits: `relevance` (1, 1, 1) and `span` (1, tokens, 2).
    """
    path.write_bytes(_ReaderBuilder(reader).build(layers).SerializeToString())


class _ReaderBuilder(GraphBuilder):
    def __init__(self, reader: Mapping[str, NDArray[np.float16]]) -> None:
        super().__init__()
        self._reader = reader
        self._hidden = reader["places"].shape[1]

    def build(self, layers: int) -> onnx.ModelProto:
        states = self._placed()
        for number in range(layers):
            states = self._layer(states, f"layers.{number}.")
        self._heads(states, f"exits.{layers}.")
        segment = helper.make_tensor_value_info("segment", TensorProto.INT64, [1, "tokens"])
        return self.model(
            f"lsqa-reader of {layers} layers",
            [_tensor("words", [1, "tokens", self._hidden]), segment],
            [_tensor("relevance", [1, 1, 1]), _tensor("span", [1, "tokens", 2])],
        )

    def _array(self, name: str) -> NDArray[np.float32]:
        return self._reader[name].astype(np.float32)

    def _placed(self) -> str:
        start, tokens = self.constant("start", np.zeros(1, dtype=np.int64)), "words.tokens"
        self.node("Shape", ("words",), tokens, start=1, end=2)
        places = self.node("Slice", (self.constant("places", self._array("places")), start, tokens), "placed")
        kinds = self.node("Gather", (self.constant("segments", self._array("segments")), "segment"), "kinds", axis=0)
        summed = self.node("Add", (self.node("Add", ("words", places), "words.placed"), kinds), "sum")
        scale, bias = (self.constant(f"norm.{n}", self._array(f"norm.{n}")) for n in ("weight", "bias"))
        return self.node("LayerNormalization", (summed, scale, bias), "normed", axis=-1, epsilon=EPSILON)

    def _layer(self, states: str, name: str) -> str:
        matrices = np.split(self._array(f"{name}query_key_value.weight"), 3)
        biases = np.split(self._array(f"{name}query_key_value.bias"), 3)
        parts = [self.product(states, f"{name}{n}", m, b) for n, m, b in zip("qkv", matrices, biases, strict=True)]
        context = self.node("MultiHeadAttention", parts, f"{name}context", num_heads=HEADS)
        out = self._product(context, f"{name}attention_out")
        attended = self._added(out, states, f"{name}attention_norm")
        inner = self.product_by_token(attended, f"{name}inner", self._array(f"{name}inner.weight"), None)
        inner_bias = self.constant(f"{name}inner.b", self._array(f"{name}inner.bias"))
        active = self.node("BiasGelu", (inner, inner_bias), f"{name}active")
        matrix, bias = self._array(f"{name}outer.weight"), self._array(f"{name}outer.bias")
        outer = self.product_by_token(active, f"{name}outer", matrix, bias)
        return self._added(outer, attended, f"{name}outer_norm")

    def _product(self, states: str, name: str) -> str:
        return self.product(states, name, self._array(f"{name}.weight"), self._array(f"{name}.bias"))

    def _added(self, update: str, states: str, name: str) -> str:
        weight, bias = self._array(f"{name}.weight"), self._array(f"{name}.bias")
        return self.add_and_normalize(update, states, name, weight, bias, EPSILON)

    def _heads(self, states: str, name: str) -> None:
        first = self.constant("first", np.zeros(1, dtype=np.int64))
        mark = self.node("Gather", (states, first), "mark", axis=1)
        pooled = self.node("Tanh", (self._linear(mark, f"{name}pool", "pooled linear"),), "pooled")
        self._linear(pooled, f"{name}relevance", "relevance")
        self._linear(states, f"{name}span", "span")

    def _linear(self, states: str, name: str, output: str) -> str:
        weight, bias = self._array(f"{name}.weight"), self._array(f"{name}.bias")
        multiplied = self.node("MatMul", (states, self.constant(f"{name}.w", weight.T)), f"{name}.product")
        return self.node("Add", (multiplied, self.constant(f"{name}.b", bias)), output)


def _tensor(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("reader", type=Path)
    parser.add_argument("path", type=Path)
    parser.add_argument("layers", type=int)
    options = parser.parse_args()
    save_onnx(np.load(options.reader), options.path, options.layers)


if __name__ == "__main__":
    main()
