import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the stages, and before NumPy is imported

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import settings

# The same examples on every run, and no failure because the machine is busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
METADATA = {"labels": '["anger", "fear", "sadness"]', "temperature": "1.0"}  # of a small network


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have slow tests, so that no worker is left with one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def features_params():
    """The settings of the features of the small model, a FeatureSettings."""
    from speech_emotion.audio.mfcc import FeatureSettings  # imports librosa, which takes a second

    return FeatureSettings(
        sample_rate=16000, trim_db=40.0, n_fft=512, hop_length=160, n_mels=64, n_mfcc=40, frames_per_step=4
    )


@pytest.fixture(scope="session")
def write_network() -> Callable[..., Path]:
    """A function that writes a small network with the interface of a trained one."""
    return _write_network


def _write_network(path: Path, weights: np.ndarray, metadata: dict[str, str] = METADATA) -> Path:
    """Write log_softmax(mean of the real frames @ weights); weights: (coefficients, classes).

    With a speaker_prior in the metadata, the mean is first normalized by the speaker's statistics, and the embedding.
    """
    from speech_emotion.onnx_model.graph import Graph

    g = Graph()
    g.input("features", "float32", ["batch", "frames", len(weights)])
    g.input("lengths", "int32", ["batch"])
    lengths = g.Cast(g.Unsqueeze("lengths", [1]), to=onnx.TensorProto.INT64)
    frames = g.Squeeze(g.Shape("features", start=1, end=2))
    is_real = g.Unsqueeze(g.Less(g.Range(0, frames, 1), lengths), [2])
    total = g.ReduceSum(g.Where(is_real, "features", 0.0), [1], keepdims=0)
    mean = g.Div(total, g.Cast(lengths, to=onnx.TensorProto.FLOAT))
    if "speaker_prior" in metadata:
        statistics = g.input("speaker_statistics", "float32", ["batch", 2, len(weights)])
        speaker_mean, speaker_std = (g.Squeeze(g.Slice(statistics, [i], [i + 1], [1]), [1]) for i in range(2))
        mean = g.Div(g.Sub(mean, speaker_mean), speaker_std)
        g.Identity(mean, output="embedding")
    g.LogSoftmax(g.MatMul(mean, weights.astype(np.float32)), axis=-1, output="log_probabilities")
    g.output("log_probabilities", "float32", ["batch", weights.shape[1]])
    if "speaker_prior" in metadata:
        g.output("embedding", "float32", ["batch", len(weights)])
    model = g.model()
    onnx.helper.set_model_props(model, metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path


@pytest.fixture(scope="session")
def shipped(tmp_path_factory, features_params) -> Path:
    """A small model file like the one that is shipped: real front end, random network, three emotions."""
    from speech_emotion.packaging import merged_model

    folder = tmp_path_factory.mktemp("shipped")
    weights = np.random.default_rng(3).normal(scale=0.02, size=(features_params.n_mfcc, 3))
    network = _write_network(folder / "network.onnx", weights)
    description = {"corpus": "synthetic", "protocol": "words", "scores": {"uar": 0.5}}
    onnx.save(merged_model.merge(onnx.load(network), features_params, description), folder / "ser.onnx")
    return folder / "ser.onnx"


@pytest.fixture(scope="session")
def shipped_for_speakers(tmp_path_factory, features_params) -> Path:
    """As `shipped`, with a network that uses the statistics of speakers."""
    from speech_emotion.packaging import merged_model

    folder = tmp_path_factory.mktemp("shipped_for_speakers")
    generator = np.random.default_rng(4)
    coefficients = features_params.n_mfcc
    prior = np.concatenate([[30], generator.normal(0, 10, coefficients), generator.uniform(50, 100, coefficients)])
    weights = generator.normal(size=(coefficients, 3))
    network = _write_network(folder / "network.onnx", weights, METADATA | {"speaker_prior": str(prior.tolist())})
    onnx.save(merged_model.merge(onnx.load(network), features_params, {"corpus": "voices"}), folder / "ser.onnx")
    return folder / "ser.onnx"


@pytest.fixture(scope="session")
def speech_like() -> Callable[..., np.ndarray]:
    """A function that makes a gliding harmonic tone with noise that swells and fades, float32 (samples,)."""
    return _speech_like


def _speech_like(seconds: float, rate: int = 16000, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (generator.uniform(100, 250) * time + 20 * np.sin(3 * time))
    tone = sum(np.sin(n * phase) / n for n in range(1, 16))
    envelope = 0.02 + np.sin(np.pi * time / seconds) ** 2
    return (envelope * (0.1 * tone + 0.005 * generator.standard_normal(len(time)))).astype(np.float32)


@pytest.fixture(scope="session")
def spoken() -> Callable[..., np.ndarray]:
    """A function that returns sentence `number` of the synthetic corpus, float32 (samples,) at `rate`."""
    from corpora.synthetic import generate, speech
    from speech_emotion.audio import loading
    from speech_emotion.core import params

    settings = params.load("generate", generate.Settings, generate.DESCRIPTION)
    sentences = [samples for _, samples in islice(generate.clips(settings), 8)]
    return lambda number, rate: loading.resample((sentences[number] / 32768).astype(np.float32), speech.RATE, rate)


@pytest.fixture(scope="session")
def tess(tmp_path_factory) -> Path:
    """A folder with data/tess/raw, verified from the folder or zip archive of TESS that SER_TESS names."""
    from speech_emotion.corpus import description, download

    if "SER_TESS" not in os.environ:
        pytest.skip("SER_TESS is not set")
    folder = tmp_path_factory.mktemp("tess")
    download.fetch_corpus(description.load("tess"), folder / "data/tess", max_missing=1)
    return folder
