"""The network in Keras and in ONNX: masking, normalisation, and that both give the same answers."""

import numpy as np
import onnx
import pytest
import scipy.fft

from speech_emotion.network import batches, calibration, layers, model, training
from speech_emotion.onnx_model import export
from speech_emotion.core.errors import UserError
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.tensorflow_setup import keras, tf
from speech_emotion.onnx_model.session import NetworkSession
from stages import train

LABELS = ["anger", "fear", "sadness"]
SETTINGS = ModelSettings(
    views=[{"mfcc": "none"}, {"mfcc": "mean"}, {"mel": "mean-variance"}, {"mel": "none"}],
    cepstra=4,
    members=2,
    units=4,
    depth=1,
    bidirectional=True,
    tilt=2.0,
    noise=0.5,
    input_dropout=0.1,
    dropout=0.5,
)
GENERATOR = np.random.default_rng(3)
SEQUENCES = [GENERATOR.normal(5, 3, size=(n, 6)).astype(np.float32) for n in (1, 7, 30, 12)]
PART = Partition(list("abcd"), SEQUENCES, np.array([0, 1, 2, 0]))


def network(orders: int = 1, **changes) -> tuple[keras.Model, ModelSettings]:
    settings = ModelSettings(**(vars(SETTINGS) | changes))
    keras.utils.set_random_seed(1)
    built = model.build_model(6 // orders, orders, len(LABELS), settings)
    model.fit_standardization(built, batches.sequential_batches(PART), settings)
    return built, settings


def exported(tmp_path, **changes) -> tuple[keras.Model, NetworkSession]:
    built, settings = network(**changes)
    export.save(tmp_path / "model.onnx", built, settings, {"labels": LABELS, "temperature": 1.0})
    return built, NetworkSession(tmp_path / "model.onnx")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"views": [{"mfcc": "mean"}]},
        {"depth": 2},
        {"bidirectional": False},
        {"units": 1, "views": [{"mel": "none"}]},
        {"orders": 2, "cepstra": 2},
        {"members": 1},
    ],
    ids=str,
)
def test_onnx_gives_what_keras_gives(tmp_path, changes):
    built, classifier = exported(tmp_path, **changes)
    difference = classifier.log_probabilities(SEQUENCES) - training.predict(built, PART)
    assert np.abs(difference).max() < 1e-5


def test_the_temperature_is_inside_the_graph(tmp_path):
    built, settings = network()
    export.save(tmp_path / "model.onnx", built, settings, {"labels": LABELS, "temperature": 0.5})
    expected = calibration.apply_temperature(training.predict(built, PART), 0.5)
    difference = NetworkSession(tmp_path / "model.onnx").log_probabilities(SEQUENCES) - expected
    assert np.abs(difference).max() < 1e-5


def test_padding_changes_nothing(tmp_path):
    _, classifier = exported(tmp_path)
    together = classifier.log_probabilities(SEQUENCES)
    alone = np.concatenate([classifier.log_probabilities([sequence]) for sequence in SEQUENCES])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_probabilities_sum_to_one():
    built, _ = network()
    np.testing.assert_allclose(np.exp(training.predict(built, PART)).sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(("view", "factor", "offset"), [("mean", 1, 9), ("mean-variance", 3, 9)])
def test_a_view_does_not_see_what_it_normalises(view, factor, offset):
    built, _ = network(views=[{"mfcc": view}, {"mel": view}])
    shifted = Partition(PART.names, [factor * sequence + offset for sequence in SEQUENCES], PART.targets)
    np.testing.assert_allclose(training.predict(built, shifted), training.predict(built, PART), atol=1e-4)


@pytest.mark.parametrize("normalisation", ["none", "mean"])
def test_scaling_gives_the_training_frames_mean_0_and_deviation_1(normalisation):
    built, _ = network(views=[{"mel": normalisation}])
    scaled = keras.Model(built.inputs, built.get_layer(f"scale_mel_{normalisation}").output)
    (inputs,) = batches.sequential_batches(PART)
    real = np.arange(inputs["features"].shape[1]) < inputs["lengths"][:, None]
    frames = scaled.predict_on_batch(inputs)[real]
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(frames.std(axis=0), 1, atol=1e-4)


def test_mel_is_the_log_mel_spectrum_that_the_coefficients_came_from():
    bands = GENERATOR.normal(size=(5, 8))
    coefficients = scipy.fft.dct(bands, axis=1, norm="ortho")
    np.testing.assert_allclose(coefficients @ model.projection("mel", 8, 1, 3), bands, atol=1e-6)


def test_mfcc_is_the_first_coefficients_of_every_order():
    frame = np.arange(12)[None]
    np.testing.assert_array_equal(frame @ model.projection("mfcc", 6, 2, 2), [[0, 1, 6, 7]])


def test_mixing_mixes_with_the_batch_in_reverse():
    batch, share = np.arange(4, dtype=np.float32).reshape(2, 2, 1), np.array([0.75, 1], np.float32)
    mixed = layers.Mixup()(batch, share)
    np.testing.assert_allclose(mixed[:, :, 0], [[0.75 * 0 + 0.25 * 2, 0.75 * 1 + 0.25 * 3], [2, 3]])


def test_a_mixture_lasts_as_long_as_the_longer_clip_in_it():
    mask = np.array([[1, 0], [1, 1]], np.float32)[:, :, None]
    alone, mixed = (layers.MixupMask()(mask, np.array([share, 1], np.float32)) for share in (1.0, 0.5))
    np.testing.assert_array_equal(alone, mask)
    np.testing.assert_array_equal(mixed, np.ones((2, 2, 1)))


def test_the_lstm_is_that_of_keras():
    """Both ways, clip by clip without its padding: the same weights give the same answers and the same gradients."""
    x = tf.constant(GENERATOR.normal(size=(3, 9, 5)).astype(np.float32))
    lengths = [9, 4, 1]
    mask = (np.arange(9) < np.array(lengths)[:, None]).astype(np.float32)[:, :, None]
    ours, theirs = layers.LSTM(6, True), keras.layers.Bidirectional(keras.layers.LSTM(6, return_sequences=True))
    ours(x, mask)
    theirs(x)
    assert [array.shape for array in ours.get_weights()] == [array.shape for array in theirs.get_weights()]
    np.testing.assert_array_equal(ours.get_weights()[2], theirs.get_weights()[2])  # the bias as Keras begins
    theirs.set_weights([array + GENERATOR.normal(0, 0.2, array.shape) for array in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    slopes = GENERATOR.normal(size=(3, 9, 12)).astype(np.float32)
    for clip, length in enumerate(lengths):
        expected, expected_gradients = answer_and_gradients(theirs, slopes[clip, :length], x[clip : clip + 1, :length])
        answer, gradients = answer_and_gradients(ours, slopes[clip] * mask[clip], x[clip : clip + 1], mask[clip][None])
        np.testing.assert_allclose(answer[0, :length], expected[0], atol=1e-6)
        np.testing.assert_allclose(gradients[0][:, :length], expected_gradients[0], atol=1e-5)
        for one, other in zip(gradients[1:], expected_gradients[1:], strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)


def answer_and_gradients(layer: keras.layers.Layer, slopes: np.ndarray, x: tf.Tensor, *rest) -> tuple:
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = layer(x, *rest)
        total = tf.reduce_sum(answer * slopes)
    return answer, tape.gradient(total, [x, *layer.trainable_variables])


def test_tilt_adds_a_line_over_the_bands_while_training_alone():
    keras.utils.set_random_seed(1)
    x = np.zeros((200, 3, 16), np.float32)
    tilt = layers.RandomSpectralTilt(2.0, 2)
    np.testing.assert_array_equal(tilt(x), x)
    added = np.array(tilt(x, training=True))
    np.testing.assert_array_equal(added[:, 0], added[:, 2])  # the same in every frame
    np.testing.assert_array_equal(added[:, :, 8:], 0)  # the differences
    bands = added[:, 0, :8] @ model.projection("mel", 8, 1, 8)
    np.testing.assert_allclose(np.diff(bands, n=2), 0, atol=1e-5)
    np.testing.assert_allclose(bands.mean(axis=1), 0, atol=1e-6)
    assert (bands[:, -1] - bands[:, 0]).std() == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize(("view", "tilt", "heard"), [("none", 2.0, True), ("none", 0.0, False), ("mean", 2.0, False)])
def test_only_a_view_that_keeps_the_mean_hears_the_tilt(view, tilt, heard):
    quiet = {"noise": 0.0, "input_dropout": 0.0, "dropout": 0.0}
    built, _ = network(views=[{"mel": view}], tilt=tilt, **quiet)
    (inputs,) = batches.sequential_batches(PART)
    difference = np.abs(np.array(built(inputs, training=True)) - np.array(built(inputs))).max()
    assert (difference > 1e-3) == heard


def test_the_same_weights_are_the_same_bytes(tmp_path):
    built, settings = network()
    for name in "ab":
        export.save(tmp_path / name, built, settings, {"labels": LABELS, "fold": "words", "temperature": 1.0})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("wrong", [0.01, np.nan])
def test_a_file_that_answers_otherwise_than_keras_is_refused(tmp_path, wrong):
    built, _ = exported(tmp_path)
    expected = training.predict(built, PART)
    train.check(tmp_path / "model.onnx", PART, expected)
    expected[1, 0] += wrong
    with pytest.raises(RuntimeError, match="differs from Keras"):
        train.check(tmp_path / "model.onnx", PART, expected)


def test_the_labels_travel_with_the_weights(tmp_path):
    _, classifier = exported(tmp_path)
    assert classifier.labels == LABELS
    assert {item.key for item in onnx.load(tmp_path / "model.onnx").metadata_props} == {"labels", "temperature"}


def test_more_coefficients_than_there_are_is_refused_where_a_view_takes_them():
    with pytest.raises(UserError, match="model.cepstra is 7; expected at most the 6 of features.n_mfcc"):
        network(cepstra=7)
    network(cepstra=7, views=[{"mel": "none"}])


def test_a_clip_of_zeros_is_a_clip(tmp_path):
    """Digital silence is all zeros, as padding is; only the length tells them apart."""
    built, classifier = exported(tmp_path)
    silence = [np.zeros((5, 6), np.float32), np.zeros((9, 6), np.float32)]
    expected = training.predict(built, Partition(["a", "b"], silence, np.array([0, 1])))
    np.testing.assert_allclose(classifier.log_probabilities(silence), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"views": ["mean"]}, "'mean'; expected mfcc or mel: none, mean or mean-variance"),
        ({"views": [{"mel": "median"}]}, "'median'}; expected mfcc or mel"),
        ({"views": [{"mel": "mean"}, {"mel": "mean"}]}, "twice"),
        ({"cepstra": 0}, "1 or more"),
        ({"views": []}, "empty"),
        ({"units": 0}, "1 or more"),
        ({"members": 0}, "1 or more"),
        ({"tilt": -1.0}, "0 or more"),
        ({"dropout": 1.0}, r"model\.dropout is 1\.0"),
    ],
)
def test_a_setting_out_of_range_is_named(change, message):
    with pytest.raises(UserError, match=message):
        ModelSettings(**(vars(SETTINGS) | change))
