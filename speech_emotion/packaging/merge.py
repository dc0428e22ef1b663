"""The model file that is shipped: front end and measured network in one graph, with all that is known about it."""

import json
from collections.abc import Iterable
from pathlib import Path

import librosa
import numpy as np
import onnx
import onnxruntime
import scipy
from onnx import TensorProto, compose, helper

from speech_emotion.audio import mfcc
from speech_emotion.onnx_model import front_end
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import require
from speech_emotion.inference.predictor import Predictor
from speech_emotion.onnx_model.session import NetworkSession

BYTES = 2_000_000  # largest file that is written; it is kept in Git
MFCC_TOLERANCE = 1e-2  # largest difference from librosa's coefficients, which span hundreds
TOLERANCE = 1e-3  # largest difference of a probability
PACKAGES = (librosa, np, onnx, onnxruntime, scipy)  # they shaped the front end, or compared it


def merge(settings: FeatureSettings, fold: onnx.ModelProto, description: dict[str, object]) -> onnx.ModelProto:
    """Return the graph from `signal`, float32 (samples,), to `probabilities`, float32 (classes,).

    Its second output are the `features`, float32 (1, frames, coefficients), that the network sees.

    Args:
        settings: of the features that the network was trained on.
        fold: the network, from `ser.export`; its metadata names the labels.
        description: what else is written into the metadata, a JSON value a key.
    """
    labels = {item.key: json.loads(item.value) for item in fold.metadata_props}["labels"]
    del fold.metadata_props[:]
    links = [("features", "features"), ("lengths", "lengths")]
    front = front_end.build(settings)
    joined = compose.merge_models(front, fold, links, name="ser", producer_name="ser")
    joined.graph.node.append(helper.make_node("Exp", ["log_probabilities"], ["batch_probabilities"], name="exp"))
    axis = onnx.numpy_helper.from_array(np.array([0]), "batch_axis")
    joined.graph.initializer.append(axis)
    joined.graph.node.append(helper.make_node("Squeeze", ["batch_probabilities", axis.name], ["probabilities"]))
    features_info = next(item for item in front.graph.output if item.name == "features")
    del joined.graph.output[:]
    joined.graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [len(labels)]))
    joined.graph.output.append(features_info)
    versions = {package.__name__: package.__version__ for package in PACKAGES}
    own = {"labels": labels, "sample_rate": settings.sample_rate, "features": vars(settings), "versions": versions}
    metadata = description | own
    helper.set_model_props(joined, {key: json.dumps(metadata[key], sort_keys=True) for key in sorted(metadata)})
    onnx.checker.check_model(joined, full_check=True)
    return joined


def check_merged(path: Path, fold: Path, settings: FeatureSettings, signals: Iterable[tuple[str, np.ndarray]]) -> dict:
    """Compare a joined file with librosa's features and the network `fold` on (name, signal at the model's rate).

    Returns:
        `clips`, and the largest differences, `mfcc` and `probability`.

    Raises:
        UserError: the file is too large.
        RuntimeError: a clip's features or probabilities differ by more than rounding explains.
    """
    size = path.stat().st_size
    require(size <= BYTES, f"the model has {size:,} bytes, expected at most {BYTES:,}; lower model.units")
    shipped, network = Predictor(path), NetworkSession(fold)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    front = onnxruntime.InferenceSession(front_end.build(settings).SerializeToString(), options)
    found = []
    for name, signal in signals:
        expected = mfcc.extract(signal, settings)
        mfcc = float(np.abs(front.run(["features"], {"signal": signal})[0][0] - expected).max())
        answer, right = shipped.probabilities(signal), np.exp(network.log_probabilities([expected])[0])
        probability = float(np.abs(answer - right).max())
        if mfcc > MFCC_TOLERANCE or probability > TOLERANCE or answer.argmax() != right.argmax():
            raise RuntimeError(f"{name}: an MFCC differs by {mfcc:.1e}, a probability by {probability:.1e}")
        found.append((mfcc, probability))
    mfccs, probabilities = zip(*found, strict=True)
    return {"clips": len(found), "mfcc": max(mfccs), "probability": max(probabilities)}
