"""The model file that is shipped: front end and evaluated network in one graph, with metadata."""

import json
from collections.abc import Iterable
from pathlib import Path

import librosa
import numpy as np
import onnx
import onnxruntime
import scipy
from onnx import compose, helper, numpy_helper

from speech_emotion.audio import mfcc
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments, statistics
from speech_emotion.corpus.description import Corpus
from speech_emotion.inference.predictor import Predictor
from speech_emotion.onnx_model.front_end import build_front_end
from speech_emotion.onnx_model.network_session import NetworkSession
from speech_emotion.onnx_model.session import EMBEDDING

MAX_BYTES = 4_000_000  # the file is kept in Git
MFCC_TOLERANCE = 1e-2  # largest difference from librosa's coefficients, whose range is hundreds
PROBABILITY_TOLERANCE = 1e-3
PACKAGES = (librosa, np, onnx, onnxruntime, scipy)  # their versions go into the metadata


def merge(network: onnx.ModelProto, settings: FeatureSettings, description: dict[str, object]) -> onnx.ModelProto:
    """Return the graph from a signal to probabilities.

    Input: `signal`, float32 (samples,). If the network uses speaker statistics, also the optional `speaker_moments`,
    float32 (1 + 2 * n_mfcc,): the sum of `core.moments.moments` of what was heard of the speaker before.
    Outputs: `probabilities`, float32 (classes,); `features`, float32 (1, frames, n_mfcc), that the network sees;
    and, if the network has it, `embedding`, float32 (columns,), see `onnx_model.export`.

    Args:
        network: model that the train stage wrote; its metadata names the labels.
        settings: Settings of the features that the network was trained on.
        description: More metadata, a JSON value for each key.
    """
    of_network = {item.key: json.loads(item.value) for item in network.metadata_props}
    labels = of_network["labels"]
    uses_speaker = "speaker_statistics" in {item.name for item in network.graph.input}
    speaker_prior = np.array(of_network["speaker_prior"]) if uses_speaker else None
    front_end = build_front_end(settings, speaker_prior)
    links = [(output.name, output.name) for output in front_end.graph.output]
    model = compose.merge_models(front_end, network, links, name="ser", producer_name="speech_emotion")
    del model.opset_import[1:]  # merge_models lists the same opset twice
    has_embedding = EMBEDDING in {item.name for item in network.graph.output}
    _replace_outputs(model, front_end, len(labels), has_embedding)
    metadata = description | {
        "labels": labels,
        "sample_rate": settings.sample_rate,
        "features": settings.model_dump(),
        "versions": {package.__name__: package.__version__ for package in PACKAGES},
    }
    helper.set_model_props(model, {key: json.dumps(metadata[key], sort_keys=True) for key in sorted(metadata)})
    onnx.checker.check_model(model, full_check=True)
    return model


def describe_corpus(corpus: Corpus) -> dict[str, str]:
    """Return what the metadata say of a corpus that the model was trained on."""
    return {
        "name": corpus.acronym,
        "title": corpus.title,
        "license": corpus.license,
        "citation": corpus.citation.strip(),
    }


def check(path: Path, network_path: Path, settings: FeatureSettings, signals: Iterable[tuple[str, np.ndarray]]) -> dict:
    """Compare a merged file with librosa's features and with the network that was evaluated.

    Args:
        signals: Pairs of a clip's name and its signal, float32 (samples,) at the model's rate.

    Returns:
        `clips`, their number, and the largest differences `mfcc` and `probability`.

    Raises:
        UserError: the file is too large.
        RuntimeError: a clip's features, probabilities or label differ by more than rounding explains.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise UserError(f"the model has {size:,} bytes; expected at most {MAX_BYTES:,}; lower the units of the model")
    merged = Predictor(path)
    network = NetworkSession(network_path)
    uses_speaker = network.uses_speaker_statistics
    differences = []
    for name, signal in signals:
        expected_features = mfcc.extract(signal, settings)
        features = merged.features(signal)
        heard = statistics(moments(expected_features), network.speaker_prior)[None] if uses_speaker else None
        expected = np.exp(network.log_probabilities([expected_features], heard)[0])
        probabilities = merged.probabilities(signal)
        if features.shape != expected_features.shape:
            raise RuntimeError(f"{name}: features of shape {features.shape}; expected {expected_features.shape}")
        mfcc_difference = float(np.abs(features - expected_features).max())
        probability_difference = float(np.abs(probabilities - expected).max())
        same_label = probabilities.argmax() == expected.argmax()
        is_close = mfcc_difference <= MFCC_TOLERANCE and probability_difference <= PROBABILITY_TOLERANCE
        if not (is_close and same_label):  # also if a difference is NaN
            raise RuntimeError(
                f"{name}: an MFCC differs by {mfcc_difference:.1e}, a probability by {probability_difference:.1e}"
            )
        differences.append((mfcc_difference, probability_difference))
    largest_mfcc, largest_probability = np.max(differences, axis=0)
    return {"clips": len(differences), "mfcc": float(largest_mfcc), "probability": float(largest_probability)}


def _replace_outputs(model: onnx.ModelProto, front_end: onnx.ModelProto, classes: int, with_embedding: bool) -> None:
    """Turn the outputs for a batch into those for one clip, and add the features as an output."""
    axis = numpy_helper.from_array(np.array([0]), "batch_axis")
    model.graph.initializer.append(axis)
    model.graph.node.append(helper.make_node("Exp", ["log_probabilities"], ["batch_probabilities"], name="exp"))
    squeeze = helper.make_node("Squeeze", ["batch_probabilities", axis.name], ["probabilities"], name="squeeze")
    model.graph.node.append(squeeze)
    probabilities = helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, [classes])
    features = front_end.graph.output[0]
    del model.graph.output[:]
    model.graph.output.extend([probabilities, features])
    if with_embedding:
        _output_for_one_clip(model, EMBEDDING, axis.name)


def _output_for_one_clip(model: onnx.ModelProto, name: str, axis: str) -> None:
    """Make an output of the value `name`, without the axis of the batch."""
    batch_name = f"batch_{name}"
    for node in model.graph.node:
        node.output[:] = [batch_name if output == name else output for output in node.output]
    model.graph.node.append(helper.make_node("Squeeze", [batch_name, axis], [name], name=f"squeeze_{name}"))
    model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["columns"]))
