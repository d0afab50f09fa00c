"""Building blocks of the ONNX graphs: constants, nodes, and the parts of a BERT layer.

Operators of the domain com.microsoft are those of ONNX Runtime.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_RUNTIME_DOMAIN: Final = "com.microsoft"
_RUNTIME_OPERATORS: Final = frozenset(
    (
        "BiasGelu",
        "DynamicQuantizeMatMul",
        "GatherBlockQuantized",
        "MultiHeadAttention",
    )
)
_INT7_MAX: Final = 63.0


class GraphBuilder:
    """Collects nodes and constants; every method returns the name of the value it made.

    The weights of the int8 products are 7 bits wide: on processors without VNNI the sum of two products of a uint8 and
    an int8 saturates 16 bits (see "reduce_range" in the quantisation guide of ONNX Runtime), and the eighth bit is
    worth .0004 of cosine.
    """

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._smallest = self._last_axis = ""

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """A value that is part of the model."""
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """One operator with one output."""
        domain = _RUNTIME_DOMAIN if operator in _RUNTIME_OPERATORS else ""
        self._nodes.append(helper.make_node(operator, list(inputs), [output], domain=domain, **attributes))
        return output

    def product(self, states: str, name: str, matrix: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """`states` times `matrix` (outputs, inputs) in int8, one scale for each output; the input is quantised as it
        comes."""
        scales = np.abs(matrix).max(axis=1) / _INT7_MAX
        levels = np.rint(matrix / scales[:, None]).astype(np.int8)
        inputs = [
            states,
            self.constant(f"{name}.w", levels.T),
            self.constant(f"{name}.scale", scales.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scales), dtype=np.int8)),
        ]
        if bias is not None:
            inputs.append(self.constant(f"{name}.b", bias))
        return self.node("DynamicQuantizeMatMul", inputs, name)

    def product_by_token(
        self, states: str, name: str, matrix: NDArray[np.float32], bias: NDArray[np.float32] | None
    ) -> str:
        """Like `product`, with each token's input scaled by its own largest value (token-wise quantisation; Yao et al.
        2022, ZeroQuant): an outlier of one token costs the others no precision."""
        if not self._smallest:
            self._smallest = self.constant("smallest", np.array(1e-6, dtype=np.float32))
            self._last_axis = self.constant("last axis", np.array([-1], dtype=np.int64))
        sizes = self.node("Abs", (states,), f"{name}.sizes")
        largest = self.node("ReduceMax", (sizes, self._last_axis), f"{name}.largest", keepdims=1)
        scale = self.node("Max", (largest, self._smallest), f"{name}.token scale")
        scaled = self.node("Div", (states, scale), f"{name}.scaled")
        scaled_back = self.product(scaled, f"{name}.levels", matrix, None), scale
        if bias is None:
            return self.node("Mul", scaled_back, name)
        unbiased = self.node("Mul", scaled_back, f"{name}.unbiased")
        return self.node("Add", (unbiased, self.constant(f"{name}.b", bias)), name)

    def add_and_normalize(
        self, update: str, states: str, name: str, scale: NDArray[np.float32], bias: NDArray[np.float32], epsilon: float
    ) -> str:
        """Layer normalisation of `update` + `states`. As two operators: ONNX Runtime's own one for both,
        SkipLayerNormalization, takes four times as long."""
        summed = self.node("Add", (update, states), f"{name}.sum")
        inputs = (summed, self.constant(f"{name}.w", scale), self.constant(f"{name}.b", bias))
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=epsilon)

    def model(
        self, name: str, inputs: Sequence[onnx.ValueInfoProto], outputs: Sequence[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        """All that was collected, as a model."""
        graph = helper.make_graph(self._nodes, name, list(inputs), list(outputs), self._constants)
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(_RUNTIME_DOMAIN, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)
