"""A trained network as an ONNX graph, so that running it needs no TensorFlow."""

import json

import numpy as np
import onnx

from speech_emotion.core.moments import VARIANCE_FLOOR
from speech_emotion.network.settings import ModelSettings, NetworkInput
from speech_emotion.onnx_model.graph import Graph

ONNX_FROM_KERAS_GATES = [0, 3, 1, 2]  # Keras: input, forget, cell, output; ONNX: input, output, forget, cell

Weights = dict[str, list[np.ndarray]]
"""{name of a layer: its arrays, in Keras' order}, for a network that network.model.build_model made."""


def build_network(weights: Weights, settings: ModelSettings, metadata: dict[str, object]) -> onnx.ModelProto:
    """Return the graph.

    Inputs: `features`, float32 (batch, frames, coefficients), padded at the end; `lengths`, int32 (batch,); and, if the
    network has it, `speaker_statistics`, float32 (batch, 2, coefficients).
    Outputs: `log_probabilities`, float32 (batch, classes), at the temperature; and, if the network knows the speaker,
    `embedding`, float32 (batch, columns), which describes a clip for a classifier of this person: the mean and the
    logarithm of the standard deviation of the frames, normalized by the speaker, and what each branch pools.

    Args:
        metadata: Must have `labels`, the emotions in the order of the output, and `temperature`. Written as JSON.
    """
    g = Graph()
    coefficients = len(weights[f"project_{settings.network_inputs()[0].representation}"][0])
    g.input("features", "float32", ["batch", "frames", coefficients])
    g.input("lengths", "int32", ["batch"])
    if settings.uses_speaker_statistics:
        g.input("speaker_statistics", "float32", ["batch", 2, coefficients])
    mask = _frame_mask(g)
    branches, pooled = [], []
    for network_input in settings.network_inputs():
        x = g.MatMul("features", weights[f"project_{network_input.representation}"][0])
        x = _normalize(g, x, mask, network_input)
        mean, std = weights[f"standardize_{network_input.name}"]
        x = g.Div(g.Sub(x, mean), std)
        for name in settings.branch_names(network_input):
            pooled.append(_pooled(g, x, mask, weights, name, settings))
            kernel, bias = weights[f"classify_{name}"]
            branches.append(g.LogSoftmax(g.Add(g.MatMul(pooled[-1], kernel), bias), axis=-1))
    scaled = g.Div(g.Sum(*branches), float(len(branches) * metadata["temperature"]))
    g.LogSoftmax(scaled, axis=-1, output="log_probabilities")
    g.output("log_probabilities", "float32", ["batch", len(metadata["labels"])])
    if settings.uses_speaker_statistics:
        g.Concat(*_mean_and_deviation(g, mask), *pooled, axis=1, output="embedding")
        g.output("embedding", "float32", ["batch", "columns"])
    model = g.model()
    onnx.helper.set_model_props(model, {key: json.dumps(metadata[key], sort_keys=True) for key in sorted(metadata)})
    return model


def _frame_mask(g: Graph) -> str:
    """Return 1 for real frames and 0 for padding, float32 (batch, frames, 1)."""
    frames = g.Squeeze(g.Shape("features", start=1, end=2))
    positions = g.Range(0, frames, 1)
    lengths = g.Unsqueeze(g.Cast("lengths", to=onnx.TensorProto.INT64), [1])
    return g.Cast(g.Unsqueeze(g.Less(positions, lengths), [2]), to=onnx.TensorProto.FLOAT)


def _normalize(g: Graph, x: str, mask: str, network_input: NetworkInput) -> str:
    """As network.layers.UtteranceNormalization and SpeakerNormalization."""
    if network_input.normalization == "none":
        return x
    if network_input.normalization == "speaker":
        return _normalize_by_speaker(g, x, mask)
    centered = g.Mul(g.Sub(x, _masked_mean(g, x, mask)), mask)
    if network_input.normalization == "cmn":
        return centered
    variance = _masked_mean(g, g.Mul(centered, centered), mask)
    return g.Div(centered, g.Sqrt(g.Add(variance, VARIANCE_FLOOR)))


def _normalize_by_speaker(g: Graph, x: str, mask: str) -> str:
    """As network.layers.SpeakerNormalization. `x` has the leading columns of `features`, or all of them."""
    columns = g.Shape(x, start=2, end=3)
    mean = g.Slice("speaker_statistics", [0], [1], [1])
    std = g.Slice("speaker_statistics", [1], [2], [1])
    mean, std = (g.Slice(value, [0], columns, [2]) for value in (mean, std))
    return g.Mul(g.Div(g.Sub(x, mean), std), mask)


def _mean_and_deviation(g: Graph, mask: str) -> tuple[str, str]:
    """Return the mean over time of the features, normalized by the speaker, and the log of their standard deviation.

    Both have the shape (batch, coefficients).
    """
    x = _normalize_by_speaker(g, "features", mask)
    mean = _masked_mean(g, x, mask)
    centered = g.Mul(g.Sub(x, mean), mask)
    variance = _masked_mean(g, g.Mul(centered, centered), mask)
    log_std = g.Log(g.Sqrt(g.Add(variance, VARIANCE_FLOOR)))
    return g.Squeeze(mean, [1]), g.Squeeze(log_std, [1])


def _pooled(g: Graph, x: str, mask: str, weights: Weights, name: str, settings: ModelSettings) -> str:
    """Standardized frames to what a branch classifies: (batch, frames, columns) to (batch, units)."""
    if settings.convolution:
        x = _convolution(g, x, mask, weights[f"convolution_{name}"])
    x = g.Transpose(x, perm=[1, 0, 2])  # (frames, batch, columns), as ONNX wants it
    for number in range(settings.layers):
        x = _lstm(g, x, weights[f"lstm_{name}_{number}"], settings)
    x = g.Transpose(x, perm=[1, 0, 2])
    if settings.pooling == "attention":
        return _attention(g, x, mask, weights[f"pool_{name}"])
    return g.Squeeze(_masked_mean(g, x, mask), [1])


def _convolution(g: Graph, x: str, mask: str, arrays: list[np.ndarray]) -> str:
    """As network.layers.Convolution: (batch, frames, columns) to (batch, frames, filters)."""
    kernel, bias = arrays  # (frames, columns, filters), (filters,)
    columns_first = g.Transpose(g.Mul(x, mask), perm=[0, 2, 1])
    margin = len(kernel) // 2
    y = g.Conv(columns_first, np.transpose(kernel, [2, 1, 0]), bias, pads=[margin, margin])
    return g.Mul(g.Transpose(g.Relu(y), perm=[0, 2, 1]), mask)


def _attention(g: Graph, x: str, mask: str, arrays: list[np.ndarray]) -> str:
    """As network.layers.AttentionPooling: (batch, frames, units) to (batch, units)."""
    padding = g.Mul(g.Sub(1.0, mask), 1e9)
    scores = g.Sub(g.MatMul(x, arrays[0]), padding)  # (batch, frames, 1)
    weighted = g.Mul(g.Mul(x, mask), g.Softmax(scores, axis=1))
    return g.Squeeze(g.ReduceSum(weighted, [1]), [1])


def _lstm(g: Graph, x: str, arrays: list[np.ndarray], settings: ModelSettings) -> str:
    """(frames, batch, columns) to (frames, batch, units of all directions)."""
    kernels, recurrents, biases = arrays[0::3], arrays[1::3], arrays[2::3]  # one of each for every direction
    no_recurrent_bias = np.zeros_like(biases[0])
    y = g.LSTM(
        x,
        np.stack([_onnx_gates(kernel.T) for kernel in kernels]),
        np.stack([_onnx_gates(recurrent.T) for recurrent in recurrents]),
        np.stack([np.concatenate([_onnx_gates(bias), no_recurrent_bias]) for bias in biases]),
        "lengths",
        hidden_size=settings.units,
        direction="bidirectional" if settings.bidirectional else "forward",
    )
    y = g.Transpose(y, perm=[0, 2, 1, 3])  # (frames, batch, directions, units)
    return g.Reshape(y, [0, 0, -1])


def _onnx_gates(array: np.ndarray) -> np.ndarray:
    gates = np.split(array, 4)
    return np.concatenate([gates[gate] for gate in ONNX_FROM_KERAS_GATES])


def _masked_mean(g: Graph, x: str, mask: str) -> str:
    """Average over the real frames: (batch, frames, columns) to (batch, 1, columns)."""
    return g.Div(g.ReduceSum(g.Mul(x, mask), [1]), g.ReduceSum(mask, [1]))
