"""The network in Keras and in ONNX: masking, normalisation, and that both give the same answers."""

import numpy as np
import onnx
import pytest
import scipy.fft

from ser import batches, calibration, export, inference, model, training
from ser.backend import keras
from ser.dataset import Part
from ser.errors import UserError

LABELS = ["anger", "fear", "sadness"]
SETTINGS = model.Settings(
    views=[{"mfcc": "none"}, {"mfcc": "mean"}, {"mel": "mean-variance"}, {"mel": "none"}],
    cepstra=4,
    units=4,
    depth=1,
    bidirectional=True,
    noise=0.5,
    input_dropout=0.1,
    dropout=0.5,
)
GENERATOR = np.random.default_rng(3)
SEQUENCES = [GENERATOR.normal(5, 3, size=(n, 6)).astype(np.float32) for n in (1, 7, 30, 12)]
PART = Part(list("abcd"), SEQUENCES, np.array([0, 1, 2, 0]))


def network(orders: int = 1, **changes) -> tuple[keras.Model, model.Settings]:
    settings = model.Settings(**(vars(SETTINGS) | changes))
    keras.utils.set_random_seed(1)
    built = model.build(6 // orders, orders, len(LABELS), settings)
    model.fit_scaling(built, batches.in_order(PART), settings)
    return built, settings


def exported(tmp_path, **changes) -> tuple[keras.Model, inference.Classifier]:
    built, settings = network(**changes)
    export.save(tmp_path / "model.onnx", built, settings, {"labels": LABELS, "temperature": 1.0})
    return built, inference.Classifier(tmp_path / "model.onnx")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"views": [{"mfcc": "mean"}]},
        {"depth": 2},
        {"bidirectional": False},
        {"units": 1, "views": [{"mel": "none"}]},
        {"orders": 2, "cepstra": 2},
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
    expected = calibration.apply(training.predict(built, PART), 0.5)
    difference = inference.Classifier(tmp_path / "model.onnx").log_probabilities(SEQUENCES) - expected
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
    shifted = Part(PART.names, [factor * sequence + offset for sequence in SEQUENCES], PART.targets)
    np.testing.assert_allclose(training.predict(built, shifted), training.predict(built, PART), atol=1e-4)


@pytest.mark.parametrize("normalisation", ["none", "mean"])
def test_scaling_gives_the_training_frames_mean_0_and_deviation_1(normalisation):
    built, _ = network(views=[{"mel": normalisation}])
    scaled = keras.Model(built.inputs, built.get_layer(f"scale_mel_{normalisation}").output)
    (inputs,) = batches.in_order(PART)
    frames = scaled.predict_on_batch(inputs)[inputs["features"].any(axis=-1)]
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(frames.std(axis=0), 1, atol=1e-4)


def test_mel_is_the_log_mel_spectrum_that_the_coefficients_came_from():
    bands = GENERATOR.normal(size=(5, 8))
    coefficients = scipy.fft.dct(bands, axis=1, norm="ortho")
    np.testing.assert_allclose(coefficients @ model.basis("mel", 8, 1, 3), bands, atol=1e-6)


def test_mfcc_is_the_first_coefficients_of_every_order():
    frame = np.arange(12)[None]
    np.testing.assert_array_equal(frame @ model.basis("mfcc", 6, 2, 2), [[0, 1, 6, 7]])


def test_mixing_mixes_with_the_batch_in_reverse():
    batch, share = np.arange(4, dtype=np.float32).reshape(2, 2, 1), np.array([0.75, 1], np.float32)
    mixed = model.Mixing()([batch, share], mask=[np.ones((2, 2), bool), None])
    np.testing.assert_allclose(mixed[:, :, 0], [[0.75 * 0 + 0.25 * 2, 0.75 * 1 + 0.25 * 3], [2, 3]])


def test_a_mixture_lasts_as_long_as_the_longer_clip_in_it():
    mask = np.array([[True, False], [True, True]])
    mixing = model.Mixing()
    alone, mixed = (mixing.compute_mask([None, np.array([share, 1], np.float32)], [mask, None]) for share in (1.0, 0.5))
    np.testing.assert_array_equal(alone, mask)
    np.testing.assert_array_equal(mixed, [[True, True], [True, True]])


def test_the_same_weights_are_the_same_bytes(tmp_path):
    built, settings = network()
    for name in "ab":
        export.save(tmp_path / name, built, settings, {"labels": LABELS, "fold": "words", "temperature": 1.0})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_labels_travel_with_the_weights(tmp_path):
    _, classifier = exported(tmp_path)
    assert classifier.labels == LABELS
    assert {item.key for item in onnx.load(tmp_path / "model.onnx").metadata_props} == {"labels", "temperature"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"views": ["mean"]}, "'mean'; expected mfcc or mel: none, mean or mean-variance"),
        ({"views": [{"mel": "median"}]}, "'median'}; expected mfcc or mel"),
        ({"views": [{"mel": "mean"}, {"mel": "mean"}]}, "twice"),
        ({"cepstra": 0}, "1 or more"),
        ({"views": []}, "empty"),
        ({"units": 0}, "1 or more"),
        ({"dropout": 1.0}, r"model\.dropout is 1\.0"),
    ],
)
def test_a_setting_out_of_range_is_named(change, message):
    with pytest.raises(UserError, match=message):
        model.Settings(**(vars(SETTINGS) | change))
