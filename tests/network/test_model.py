from pathlib import Path

import numpy as np
import onnx
import pytest
import scipy.fft

from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import VARIANCE_FLOOR
from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics, with_statistics
from speech_emotion.network import batches, calibration, model, training
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.tensorflow_setup import keras
from speech_emotion.onnx_model import export
from speech_emotion.onnx_model.network_session import NetworkSession, check_agreement

LABELS = ["anger", "fear", "sadness"]
SETTINGS = ModelSettings(
    inputs=[{"mfcc": "none"}, {"mfcc": "cmn"}, {"log_mel": "cmvn"}],
    mfcc_used=4,
    ensemble_size=2,
    convolution=0,
    pooling="mean",
    units=4,
    layers=1,
    bidirectional=True,
    spectral_tilt_std_db=2.0,
    input_noise_std=0.5,
    input_dropout=0.1,
    dropout=0.5,
)
GENERATOR = np.random.default_rng(3)
SEQUENCES = [GENERATOR.normal(5, 3, size=(n, 6)).astype(np.float32) for n in (1, 7, 30, 12)]
PARTITION = Partition(list("abcd"), SEQUENCES, np.array([0, 1, 2, 0]), ["A", "A", "B", "B"])


NO_PRIOR = np.zeros(13)


def build(**changes) -> tuple[keras.Model, ModelSettings]:
    settings = SETTINGS.model_copy(update=changes)
    keras.utils.set_random_seed(1)
    network = model.build_model(6, len(LABELS), settings)
    model.fit_standardization(network, batches.sequential_batches(PARTITION), settings)
    return network, settings


def save(path, network: keras.Model, settings: ModelSettings, temperature: float = 1.0) -> NetworkSession:
    weights = {layer.name: layer.get_weights() for layer in network.layers if layer.get_weights()}
    metadata = {"labels": LABELS, "temperature": temperature}
    onnx.save(export.build_network(weights, settings, metadata), path)
    return NetworkSession(path)


@pytest.fixture(scope="module")
def built() -> tuple[keras.Model, ModelSettings]:
    return build()


@pytest.fixture(scope="module")
def path(built, tmp_path_factory) -> Path:
    """The ONNX file of `built`."""
    path = tmp_path_factory.mktemp("network") / "model.onnx"
    save(path, *built)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": 2, "ensemble_size": 1},
        {"bidirectional": False, "inputs": [{"mfcc": "cmn"}]},
        {"units": 1, "inputs": [{"log_mel": "none"}]},
    ],
    ids=str,
)
def test_onnx_gives_what_keras_gives(tmp_path, changes):
    network, settings = build(**changes)
    session = save(tmp_path / "model.onnx", network, settings)
    difference = session.log_probabilities(SEQUENCES) - training.predict(network, PARTITION)
    assert np.abs(difference).max() < 1e-5


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": [{"mfcc": "speaker"}]},
        {"inputs": [{"mfcc": "cmvn"}, {"mfcc": "speaker"}], "mfcc_used": 6},
        {"inputs": [{"mfcc": "speaker"}], "convolution": 5, "pooling": "attention"},
    ],
    ids=str,
)
def test_onnx_gives_what_keras_gives_with_statistics_of_the_speaker(tmp_path, changes):
    partition = with_statistics(PARTITION, NO_PRIOR, 4, seed=1)
    settings = SETTINGS.model_copy(update=changes)
    network = model.build_model(6, len(LABELS), settings)
    model.fit_standardization(network, batches.sequential_batches(partition), settings)
    session = save(tmp_path / "model.onnx", network, settings)
    assert session.uses_speaker_statistics
    found = session.log_probabilities(SEQUENCES, partition.speaker_statistics)
    assert np.abs(found - training.predict(network, partition)).max() < 1e-5
    alone = SpeakerStatistics(PARTITION, NO_PRIOR).of_clips(range(4), 1, np.random.default_rng(1))
    assert np.abs(session.log_probabilities(SEQUENCES, alone) - found).max() > 1e-3


def test_the_embedding_is_the_moments_of_the_normalized_frames_and_what_the_branches_pool(tmp_path):
    partition = with_statistics(PARTITION, NO_PRIOR, 4, seed=1)
    settings = SETTINGS.model_copy(update={"inputs": [{"mfcc": "speaker"}]})
    network = model.build_model(6, len(LABELS), settings)
    model.fit_standardization(network, batches.sequential_batches(partition), settings)
    session = save(tmp_path / "model.onnx", network, settings)
    expected = []
    for sequence, (mean, std) in zip(SEQUENCES, partition.speaker_statistics, strict=True):
        normalized = (sequence - mean) / std
        expected.append([*normalized.mean(axis=0), *np.log(np.sqrt(normalized.var(axis=0) + VARIANCE_FLOOR))])
    classify = [layer for layer in network.layers if layer.name.startswith("classify")]
    pooled = keras.Model(network.inputs, [layer.input for layer in classify])
    [inputs] = batches.sequential_batches(partition)
    log_probabilities, embeddings = session.log_probabilities_and_embeddings(SEQUENCES, partition.speaker_statistics)
    np.testing.assert_allclose(embeddings[:, :12], expected, atol=1e-4)
    np.testing.assert_allclose(embeddings[:, 12:], np.concatenate(pooled.predict_on_batch(inputs), axis=1), atol=1e-5)
    np.testing.assert_allclose(log_probabilities, session.predict(partition), atol=1e-6)


def test_the_temperature_is_inside_the_graph(tmp_path, built):
    session = save(tmp_path / "model.onnx", *built, temperature=0.5)
    expected = calibration.apply_temperature(training.predict(built[0], PARTITION), 0.5)
    np.testing.assert_allclose(session.log_probabilities(SEQUENCES), expected, atol=1e-5)
    assert session.labels == LABELS


def test_padding_changes_nothing(path):
    session = NetworkSession(path)
    alone = np.concatenate([session.log_probabilities([sequence]) for sequence in SEQUENCES])
    np.testing.assert_allclose(session.log_probabilities(SEQUENCES), alone, atol=1e-6)


def test_digital_silence_is_not_taken_for_padding(built, path):
    silence = [np.zeros((5, 6), np.float32), np.zeros((9, 6), np.float32)]
    expected = training.predict(built[0], Partition(["a", "b"], silence, np.array([0, 1])))
    np.testing.assert_allclose(NetworkSession(path).log_probabilities(silence), expected, atol=1e-5)


@pytest.mark.parametrize(("normalization", "factor", "offset"), [("cmn", 1, 9), ("cmvn", 3, 9)])
def test_an_input_does_not_see_what_its_normalization_removes(normalization, factor, offset):
    network, _ = build(inputs=[{"mfcc": normalization}, {"log_mel": normalization}])
    changed = Partition(PARTITION.names, [factor * sequence + offset for sequence in SEQUENCES], PARTITION.targets)
    np.testing.assert_allclose(training.predict(network, changed), training.predict(network, PARTITION), atol=1e-4)


@pytest.mark.parametrize("normalization", ["none", "cmn"])
def test_standardized_training_frames_have_mean_0_and_standard_deviation_1(normalization):
    network, _ = build(inputs=[{"log_mel": normalization}])
    standardized = keras.Model(network.inputs, network.get_layer(f"standardize_log_mel_{normalization}").output)
    (inputs,) = batches.sequential_batches(PARTITION)
    is_real = np.arange(inputs["features"].shape[1]) < inputs["lengths"][:, None]
    frames = standardized.predict_on_batch(inputs)[is_real]
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(frames.std(axis=0), 1, atol=1e-4)


def test_log_mel_is_the_spectrum_that_the_coefficients_came_from():
    bands = GENERATOR.normal(size=(5, 8))
    coefficients = scipy.fft.dct(bands, axis=1, norm="ortho")
    np.testing.assert_allclose(coefficients @ model.projection_matrix("log_mel", 8, 3), bands, atol=1e-6)


def test_mfcc_is_the_first_coefficients():
    frame = np.arange(6)[None]
    np.testing.assert_array_equal(frame @ model.projection_matrix("mfcc", 6, 2), [[0, 1]])


@pytest.mark.parametrize(
    ("normalization", "std_db", "sees_it"), [("none", 2, True), ("none", 0, False), ("cmn", 2, False)]
)
def test_only_an_input_that_keeps_the_mean_sees_the_tilt(normalization, std_db, sees_it):
    no_other_noise = {"input_noise_std": 0.0, "input_dropout": 0.0, "dropout": 0.0}
    network, _ = build(inputs=[{"log_mel": normalization}], spectral_tilt_std_db=float(std_db), **no_other_noise)
    (inputs,) = batches.sequential_batches(PARTITION)
    difference = np.abs(np.array(network(inputs, training=True)) - np.array(network(inputs))).max()
    assert (difference > 1e-3) == sees_it


def test_equal_weights_give_equal_bytes(tmp_path, built, path):
    save(tmp_path / "again.onnx", *built)
    assert (tmp_path / "again.onnx").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("difference", [0.01, np.nan])
def test_a_file_that_differs_from_keras_is_refused(built, path, difference):
    expected = training.predict(built[0], PARTITION)
    check_agreement(path, expected, SEQUENCES)
    expected[1, 0] += difference
    with pytest.raises(RuntimeError, match="differs from Keras"):
        check_agreement(path, expected, SEQUENCES)


def test_more_coefficients_than_there_are_is_an_error():
    with pytest.raises(UserError, match=r"model\.mfcc_used is 7; expected at most"):
        build(mfcc_used=7)
