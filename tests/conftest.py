"""Fixtures that several test modules use."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the stages do, and before numpy is imported

import json
from collections.abc import Callable
from itertools import islice
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


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> Path:
    """A small model file as the package stage writes it: real front end, random network, three emotions."""
    from speech_emotion.packaging import merge
    from speech_emotion.audio import mfcc  # librosa takes a second to import, and most tests do without

    settings = FeatureSettings(
        sample_rate=16000, trim_db=40.0, n_fft=512, hop_length=160, n_mels=64, n_mfcc=40, deltas=0, pool=4
    )
    folder = tmp_path_factory.mktemp("shipped")
    weights = np.random.default_rng(3).normal(scale=0.02, size=(settings.n_mfcc, 3)).astype(np.float32)
    network = _write_model(folder / "network.onnx", weights, ["anger", "fear", "sadness"])
    joined = merge.merge(settings, onnx.load(network), {"corpus": "synthetic", "fold": "words", "scores": {"uar": 0.5}})
    onnx.save(joined, folder / "ser.onnx")
    return folder / "ser.onnx"


@pytest.fixture(scope="session")
def speech_like() -> Callable[..., np.ndarray]:
    """A function that makes a gliding harmonic tone with noise that swells and fades, float32 (samples,)."""
    return _speech_like


@pytest.fixture(scope="session")
def spoken() -> Callable[..., np.ndarray]:
    """A function that says sentence `number` of the embedded corpus, float32 (samples,) at `rate`."""
    from corpora.synthetic import generate, speech
    from speech_emotion.audio import loading
    from speech_emotion.core import params

    made = [
        samples for _, samples in islice(generate.clips(params.load_section("generate", generate.Settings, generate.CORPUS)), 8)
    ]
    return lambda number, rate: loading.resample((made[number] / 32768).astype(np.float32), speech.RATE, rate)


def _speech_like(seconds: float, rate: int = 16000, seed: int = 0) -> np.ndarray:
    generator, time = np.random.default_rng(seed), np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (generator.uniform(100, 250) * time + 20 * np.sin(3 * time))
    tone = sum(np.sin(n * phase) / n for n in range(1, 16))
    swell = 0.02 + np.sin(np.pi * time / seconds) ** 2
    return (swell * (0.1 * tone + 0.005 * generator.standard_normal(len(time)))).astype(np.float32)
