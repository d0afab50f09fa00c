"""The trained reader as an ONNX graph in int8, as it is shipped."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn

from lsqa.models.onnx_graph import GraphBuilder
from training.network import Layer, Reader

EPSILON = 1e-12


def save_onnx(reader: Reader, path: Path) -> None:
    """Inputs `question` and `passage`: states of the lower layers, float32, (1, tokens, hidden). Outputs: `relevance`,
    (1,), and `span`, (1, passage tokens, 2), logits."""
    path.write_bytes(_ReaderBuilder(reader).build().SerializeToString())


class _ReaderBuilder(GraphBuilder):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self._hidden = reader.segments.shape[1]

    def build(self) -> onnx.ModelProto:
        segments = _array(self._reader.segments)
        question = self.node("Add", ("question", self.constant("segment.question", segments[0])), "question.placed")
        passage = self.node("Add", ("passage", self.constant("segment.passage", segments[1])), "passage.placed")
        states = self.node("Concat", (question, passage), "pair", axis=1)
        for number, layer in enumerate(self._reader.layers):
            states = self._layer(states, layer, f"u{number}.")  # type: ignore[arg-type]
        self._heads(states)
        return self.model(
            "lsqa-reader",
            [
                _tensor("question", [1, "question tokens", self._hidden]),
                _tensor("passage", [1, "tokens", self._hidden]),
            ],
            [_tensor("relevance", [1]), _tensor("span", [1, "tokens", 2])],
        )

    def _layer(self, states: str, layer: Layer, name: str) -> str:
        matrices = np.split(_array(layer.query_key_value.weight), 3)
        biases = np.split(_array(layer.query_key_value.bias), 3)
        parts = [self.product(states, f"{name}{n}", m, b) for n, m, b in zip("qkv", matrices, biases, strict=True)]
        context = self.node("MultiHeadAttention", parts, f"{name}context", num_heads=layer.heads)
        out = self.product(context, f"{name}ao", _array(layer.attention_out.weight), _array(layer.attention_out.bias))
        norm = layer.attention_norm
        attended = self.add_and_normalize(out, states, f"{name}aln", _array(norm.weight), _array(norm.bias), EPSILON)
        inner = self.product(attended, f"{name}fi", _array(layer.inner.weight), None)
        active = self.node("BiasGelu", (inner, self.constant(f"{name}fi.b", _array(layer.inner.bias))), f"{name}active")
        outer = self.product(active, f"{name}fo", _array(layer.outer.weight), _array(layer.outer.bias))
        norm = layer.outer_norm
        return self.add_and_normalize(outer, attended, f"{name}oln", _array(norm.weight), _array(norm.bias), EPSILON)

    def _heads(self, states: str) -> None:
        first = self.constant("first", np.zeros(1, dtype=np.int64))
        far = self.constant("far", np.array([np.iinfo(np.int64).max], dtype=np.int64))
        tokens_axis = self.constant("tokens axis", np.ones(1, dtype=np.int64))
        begin = self.node("Shape", ("question",), "question.tokens", start=1, end=2)
        passage = self.node("Slice", (states, begin, far, tokens_axis), "passage.states")
        marks = [self.node("Gather", (source, first), f"{source}.mark", axis=1) for source in (states, passage)]
        both = self.node("Concat", marks, "marks", axis=2)
        pooled = self.node("Tanh", (self._linear(both, "pool", self._reader.pool),), "pooled")
        score = self._linear(pooled, "score", self._reader.relevance)
        self.node("Squeeze", (score, self.constant("last axes", np.array([1, 2], dtype=np.int64))), "relevance")
        self._linear(passage, "span", self._reader.span)

    def _linear(self, states: str, name: str, linear: nn.Linear) -> str:
        weight, bias = _array(linear.weight), _array(linear.bias)
        multiplied = self.node("MatMul", (states, self.constant(f"{name}.w", weight.T)), f"{name}.product")
        return self.node("Add", (multiplied, self.constant(f"{name}.b", bias)), name)


def _array(values: Tensor) -> NDArray[np.float32]:
    return values.detach().float().numpy()


def _tensor(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
