"""Write an ONNX graph like a formula: `g.Sub(x, g.ReduceMean(x))` adds two nodes.

No converter is involved, so that equal weights always give equal bytes.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # the file format that belongs to the opset
TYPES = {"float32": TensorProto.FLOAT, "int32": TensorProto.INT32, "int64": TensorProto.INT64}


class Graph:
    """Collects nodes and constants.

    Every ONNX operator is a method. It takes the names of values, or arrays and numbers, which become constants; it
    takes the operator's attributes as keywords; and it returns the name of its output. `output=` chooses that name.
    """

    def __init__(self, prefix: str = ""):
        """Names in the graph start with `prefix`, apart from inputs and outputs."""
        self.prefix = prefix
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[object, onnx.TensorProto] = {}
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def __getattr__(self, operator: str) -> Callable[..., str]:
        if not operator[0].isupper():
            raise AttributeError(operator)

        def add(*inputs: str | np.ndarray | list[int] | float, output: str = "", **attributes) -> str:
            names = [value if isinstance(value, str) else self._constant(value) for value in inputs]
            name = f"{self.prefix}{operator}_{len(self.nodes)}"
            self.nodes.append(helper.make_node(operator, names, [output or name], name=name, **attributes))
            return output or name

        return add

    def input(self, name: str, kind: str, shape: list[int | str]) -> str:
        """Declare an input of a type in TYPES; text in `shape` names an open dimension."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[kind], shape))
        return name

    def optional_input(self, name: str, default: np.ndarray) -> str:
        """Declare an input of the type and shape of `default`, which is its value if it is not given."""
        tensor = numpy_helper.from_array(default, name)
        self.inputs.append(helper.make_tensor_value_info(name, tensor.data_type, default.shape))
        self.constants[name] = tensor
        return name

    def output(self, name: str, kind: str, shape: list[int | str]) -> None:
        """Declare that the value `name` is an output."""
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[kind], shape))

    def model(self) -> onnx.ModelProto:
        """Return the graph as a checked model."""
        constants = list(self.constants.values())
        body = helper.make_graph(self.nodes, "speech_emotion", self.inputs, self.outputs, constants)
        model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model

    def _constant(self, value: np.ndarray | list[int] | float) -> str:
        """Keep an array once, however often it is used. A Python float becomes float32, an int int64."""
        array = np.ascontiguousarray(value) if np.ndim(value) else np.asarray(value)
        if isinstance(value, float):
            array = array.astype(np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            name = f"{self.prefix}constant_{len(self.constants)}"
            self.constants[key] = numpy_helper.from_array(array, name)
        return self.constants[key].name
