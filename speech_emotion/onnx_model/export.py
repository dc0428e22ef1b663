"""Write a trained network as an ONNX graph, so that whatever runs it needs no TensorFlow.

The graph is put together node by node: ONNX has an LSTM of its own, which a converter would unroll into a loop, and the
same weights always give the same bytes.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from speech_emotion.network.settings import EPSILON, ModelSettings, NetworkInput
from speech_emotion.network.tensorflow_setup import keras
from speech_emotion.onnx_model.graph import Graph

KERAS_GATES = [0, 3, 1, 2]  # Keras' input, forget, cell, output in ONNX's order: input, output, forget, cell


def save(path: Path, fitted: keras.Model, settings: ModelSettings, metadata: dict[str, object]) -> None:
    """Write a network that `ser.model.build` made; see `to_onnx`."""
    weights = {layer.name: layer.get_weights() for layer in fitted.layers if layer.get_weights()}
    onnx.save(to_onnx(weights, settings, metadata), path)


def to_onnx(weights: dict[str, list[np.ndarray]], settings: ModelSettings, metadata: dict[str, object]) -> onnx.ModelProto:
    """Return the graph of a network that `ser.model.build` made.

    Inputs: `features`, float32 (batch, frames, coefficients), padded behind; `lengths`, int32 (batch,), its frames.
    Output: `log_probabilities`, float32 (batch, classes).

    Args:
        weights: {layer name: its arrays, in Keras' order}.
        metadata: written as JSON values into the file's metadata; `labels` are the emotions in output order, and
            `temperature` divides the log probabilities (see ser/calibration.py).
    """
    graph = Graph()
    mask = _mask(graph)
    views = settings.named_views()
    matrices = {view.basis: weights[f"project_{view.basis}"][0] for view in views}
    frames = {basis: _project(graph, basis, matrix) for basis, matrix in matrices.items()}
    branches = []
    for view in views:
        x = _scale(graph, _normalise(graph, frames[view.basis], mask, view), weights, view)
        branches += [_branch(graph, x, mask, weights, name, settings) for name in settings.branches(view)]
    total = branches[0] if len(branches) == 1 else graph.node("Sum", "sum_of_branches", *branches)
    divisor = graph.weight("branches_and_temperature", np.float32(len(branches) * metadata["temperature"]))
    mean = graph.node("Div", "mean_of_branches", total, divisor)
    graph.node("LogSoftmax", "log_probabilities", mean, axis=-1)
    coefficients, classes = len(next(iter(matrices.values()))), len(metadata["labels"])
    inputs = [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "frames", coefficients]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
    ]
    output = helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["batch", classes])
    proto = graph.model(inputs, [output])
    helper.set_model_props(proto, {key: json.dumps(metadata[key], sort_keys=True) for key in sorted(metadata)})
    return proto


def _mask(graph: Graph) -> str:
    """1 where a frame is real, 0 where it is padding: (batch, frames, 1); the node `count` sums it: (batch, 1, 1)."""
    shape = graph.node("Shape", "shape", "features", start=1, end=2)
    frames = graph.node("Squeeze", "frames", shape)
    zero, one = graph.weight("zero", np.int64(0)), graph.weight("one", np.int64(1))
    steps = graph.node("Range", "steps", zero, frames, one)
    lengths = graph.node("Cast", "lengths_64", "lengths", to=TensorProto.INT64)
    lengths = graph.node("Unsqueeze", "lengths_column", lengths, graph.weight("axis_1", np.array([1])))
    real = graph.node("Less", "real", steps, lengths)
    real = graph.node("Unsqueeze", "real_frames", real, graph.weight("axis_2", np.array([2])))
    mask = graph.node("Cast", "mask", real, to=TensorProto.FLOAT)
    graph.node("ReduceSum", "count", mask, graph.weight("axis_1", np.array([1])))
    return mask


def _project(graph: Graph, basis: str, matrix: np.ndarray) -> str:
    return graph.node("MatMul", f"{basis}_frames", "features", graph.weight(f"{basis}_projection", matrix))


def _normalise(graph: Graph, x: str, mask: str, view: NetworkInput) -> str:
    if view.normalisation == "none":
        return x
    name = view.name
    mean = _mean(graph, x, mask, f"{name}/utterance_mean")
    centred = graph.node("Mul", f"{name}/centred", graph.node("Sub", f"{name}/difference", x, mean), mask)
    if view.normalisation == "mean":
        return centred
    variance = _mean(graph, graph.node("Mul", f"{name}/square", centred, centred), mask, f"{name}/variance")
    variance = graph.node("Add", f"{name}/positive", variance, graph.weight("epsilon", np.float32(EPSILON)))
    return graph.node("Div", f"{name}/normalised", centred, graph.node("Sqrt", f"{name}/root", variance))


def _scale(graph: Graph, x: str, weights: dict[str, list[np.ndarray]], view: NetworkInput) -> str:
    """Scale as fitted, and put time first, as ONNX' LSTM wants it: (frames, batch, columns)."""
    mean, deviation = weights[f"scale_{view.name}"]
    x = graph.node("Sub", f"{view.name}/shifted", x, graph.weight(f"{view.name}/mean", mean))
    x = graph.node("Div", f"{view.name}/scaled", x, graph.weight(f"{view.name}/deviation", deviation))
    return graph.node("Transpose", f"{view.name}/time_major", x, perm=[1, 0, 2])


def _branch(
    graph: Graph, x: str, mask: str, weights: dict[str, list[np.ndarray]], name: str, settings: ModelSettings
) -> str:
    for number in range(settings.depth):
        x = _lstm(graph, x, weights[f"lstm_{name}_{number}"], f"{name}/lstm_{number}", settings)
    x = graph.node("Transpose", f"{name}/batch_major", x, perm=[1, 0, 2])
    mean = _mean(graph, x, mask, f"{name}/mean")
    pooled = graph.node("Squeeze", f"{name}/pooled", mean, graph.weight("axis_1", np.array([1])))
    kernel, bias = weights[f"classify_{name}"]
    x = graph.node("MatMul", f"{name}/evidence", pooled, graph.weight(f"{name}/kernel", kernel))
    x = graph.node("Add", f"{name}/logits", x, graph.weight(f"{name}/bias", bias))
    return graph.node("LogSoftmax", f"{name}/log_probabilities", x, axis=-1)


def _lstm(graph: Graph, x: str, weights: list[np.ndarray], name: str, settings: ModelSettings) -> str:
    """(frames, batch, features) to (frames, batch, units of all directions)."""
    kernels, recurrents, biases = weights[0::3], weights[1::3], weights[2::3]  # one each a direction
    zeros = np.zeros_like(biases[0])  # ONNX has a second bias, for the recurrent part
    inputs = [
        graph.weight(f"{name}/kernel", np.stack([_gates(kernel.T) for kernel in kernels])),
        graph.weight(f"{name}/recurrent", np.stack([_gates(recurrent.T) for recurrent in recurrents])),
        graph.weight(f"{name}/bias", np.stack([np.concatenate([_gates(bias), zeros]) for bias in biases])),
    ]
    direction = "bidirectional" if settings.bidirectional else "forward"
    y = graph.node("LSTM", name, x, *inputs, "lengths", hidden_size=settings.units, direction=direction)
    y = graph.node("Transpose", f"{name}/directions_last", y, perm=[0, 2, 1, 3])  # (frames, batch, directions, units)
    return graph.node("Reshape", f"{name}/joined", y, graph.weight("join", np.array([0, 0, -1])))


def _gates(array: np.ndarray) -> np.ndarray:
    return np.concatenate([np.split(array, 4)[gate] for gate in KERAS_GATES])


def _mean(graph: Graph, x: str, mask: str, name: str) -> str:
    """Average over the real frames: (batch, frames, columns) and (batch, frames, 1) to (batch, 1, columns)."""
    axis = graph.weight("axis_1", np.array([1]))
    total = graph.node("ReduceSum", f"{name}/sum", graph.node("Mul", f"{name}/real", x, mask), axis)
    return graph.node("Div", name, total, "count")
