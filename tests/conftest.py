"""Fixtures that several test modules use."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import settings
from onnx import TensorProto, helper, numpy_helper

# The same examples on every run, and no failure because the machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture
def write_model():
    """A function that writes a small network with the interface of a trained one."""
    return _write_model


def _write_model(path: Path, weights: np.ndarray, labels: list[str] | None) -> Path:
    """Write log_softmax(mean of the true frames @ weights); weights: (coefficients, classes) float32."""
    nodes = [
        helper.make_node("Shape", ["features"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["frames"]),
        helper.make_node("Cast", ["lengths"], ["length"], to=TensorProto.INT64),
        helper.make_node("Unsqueeze", ["length", "axis"], ["limit"]),  # (batch, 1)
        helper.make_node("Range", ["zero", "frames", "one"], ["place"]),  # (frames)
        helper.make_node("Less", ["place", "limit"], ["heard"]),  # (batch, frames)
        helper.make_node("Unsqueeze", ["heard", "last"], ["mask"]),
        helper.make_node("Where", ["mask", "features", "nothing"], ["clean"]),
        helper.make_node("ReduceSum", ["clean", "axis"], ["sum"], keepdims=0),  # (batch, coefficients)
        helper.make_node("Cast", ["limit"], ["divisor"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["sum", "divisor"], ["mean"]),
        helper.make_node("MatMul", ["mean", "weights"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["log_probabilities"], axis=-1),
    ]
    constants = {"zero": np.int64(0), "one": np.int64(1), "axis": np.array([1]), "last": np.array([2])}
    constants |= {"nothing": np.float32(0), "weights": weights.astype(np.float32)}
    inputs = [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "frames", len(weights)]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
    ]
    output = helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["batch", weights.shape[1]])
    initial = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "mean", inputs, [output], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if labels is not None:
        helper.set_model_props(model, {"labels": json.dumps(labels)})
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path
