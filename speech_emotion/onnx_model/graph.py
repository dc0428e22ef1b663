"""Put an ONNX graph together node by node: no converter, and the same bytes for the same weights."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # the format version that belongs to the opset


class Graph:
    """Collects nodes and weights; a node's output is named after it, below an optional prefix."""

    def __init__(self, prefix: str = ""):
        self.prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}

    def weight(self, name: str, array: np.ndarray) -> str:
        """Keep `array` in the file; return the name to use it by. The same name twice is the same array."""
        name = self.prefix + name
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, operator: str, name: str, *inputs: str, **attributes) -> str:
        """Add an ONNX operator; return the name of its output."""
        name = self.prefix + name
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """Return the checked model from `inputs` to `outputs`."""
        body = helper.make_graph(self.nodes, "ser", inputs, outputs, list(self.weights.values()))
        proto = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(proto, full_check=True)
        return proto
