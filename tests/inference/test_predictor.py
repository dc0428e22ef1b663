"""The predictor: what it takes, what it says, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, Predictor, SILENCE_DBFS, SPEECH_DBFS, UNSURE, as_mono, level

RATE = 16000


@pytest.fixture(scope="module")
def predictor(shipped):
    return Predictor(shipped)


def test_a_prediction_is_a_label_and_probabilities(predictor, speech_like):
    made = predictor.predict(speech_like(1.5), RATE, threshold=0)
    assert list(made.probabilities) == predictor.labels == ["anger", "fear", "sadness"]
    assert sum(made.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert made.label == made.emotion
    assert made.confidence == made.probabilities[made.label]
    assert made.duration == 1.5


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 192_000])
def test_any_rate_gives_about_the_same(predictor, speech_like, rate):
    own = predictor.predict(speech_like(1.5), RATE)
    other = predictor.predict(speech_like(1.5, rate), rate)
    assert other.duration == pytest.approx(1.5, abs=0.01)
    assert other.emotion == own.emotion


def test_whole_numbers_and_channels_are_taken(predictor, speech_like):
    signal = speech_like(1.0)
    own = predictor.probabilities(signal)
    for other in (
        (signal * 2**15).astype(np.int16),
        (signal * 2.0**31).astype(np.int32),
        signal.astype(float),
        np.stack([signal] * 3, axis=1),
    ):
        np.testing.assert_allclose(predictor.probabilities(as_mono(other)), own, atol=0.02)


@pytest.mark.parametrize(("threshold", "unsure"), [(0.0, False), (1.0, True)])
def test_below_the_threshold_it_is_unsure(predictor, speech_like, threshold, unsure):
    made = predictor.predict(speech_like(1.0), RATE, threshold)
    assert (made.label == UNSURE) == unsure
    assert made.emotion in predictor.labels


@pytest.mark.parametrize("scale", [0.0, 1e-5])
def test_silence_is_no_speech(predictor, speech_like, scale):
    made = predictor.predict(speech_like(1.0) * np.float32(scale), RATE)
    assert (made.label, made.emotion, made.confidence) == (NO_SPEECH, None, 0.0)
    assert made.probabilities == {}


@pytest.mark.parametrize(("amplitude", "expected"), [(1.0, -3.01), (0.1, -23.01), (0.001, -63.01)])
def test_the_level_of_a_tone_is_known(amplitude, expected):
    tone = amplitude * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    quiet_for_long = np.concatenate([np.zeros(10 * RATE), tone]).astype(np.float32)
    assert level(quiet_for_long, RATE) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("samples", [0, 1, 5000])
def test_the_level_of_nothing(samples):
    assert level(np.zeros(samples, np.float32), RATE) == SILENCE_DBFS < SPEECH_DBFS


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (np.zeros(0, np.float32), "0.000 s long, shorter than a frame; expected 0.032 s or more"),
        (np.ones(511, np.float32), "shorter than a frame"),
        (np.full(RATE, np.nan), "NaN or infinite"),
        (np.full(RATE, np.inf), "NaN or infinite"),
        (np.full((RATE, 2), [np.inf, -np.inf]), "NaN or infinite"),
        (np.full(RATE, 1e300), "NaN or infinite"),
        (np.full(RATE, 1e10), r"a sample of 1e\+10; expected -1 to 1"),
        (np.full((RATE, 2), np.float32(3e38)), "NaN or infinite"),
        (np.zeros((2, RATE, 1)), r"shape \(2, 16000, 1\); expected"),
        (np.zeros(RATE, np.uint8), "type uint8"),
        (np.zeros(RATE, complex), "type complex128"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_signal_is_refused(predictor, signal, message):
    with pytest.raises(UserError, match=message):
        predictor.predict(signal, RATE)


@pytest.mark.parametrize("rate", [0, -16000, 1e-9, 1e12, float("nan")])
def test_a_rate_that_nothing_is_recorded_at_is_refused(predictor, rate):
    with pytest.raises(UserError, match="expected 1,000 to 1,000,000"):
        predictor.predict(np.ones(RATE), rate)


def test_threads_may_share_one(predictor, speech_like):
    signals = [speech_like(0.3 + seed / 20, seed=seed) for seed in range(40)]
    alone = [predictor.predict(signal, RATE) for signal in signals]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda signal: predictor.predict(signal, RATE), signals)) == alone


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none\.onnx: no such model; .*dvc repro"):
        Predictor(tmp_path / "none.onnx")


def test_a_damaged_model_is_refused(tmp_path, shipped):
    (tmp_path / "ser.onnx").write_bytes(shipped.read_bytes()[:5000])
    with pytest.raises(UserError, match="cannot be read as an ONNX model"):
        Predictor(tmp_path / "ser.onnx")


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "no labels, sample_rate, features in its metadata; fetch it again"),
        ({"labels": "[anger"}, "its metadata cannot be read as JSON"),
    ],
)
def test_a_model_that_does_not_say_what_it_is_is_refused(tmp_path, shipped, metadata, message):
    proto = onnx.load(shipped)
    del proto.metadata_props[:]
    onnx.helper.set_model_props(proto, metadata)
    onnx.save(proto, tmp_path / "ser.onnx")
    with pytest.raises(UserError, match=rf"ser\.onnx: {message}"):
        Predictor(tmp_path / "ser.onnx")


def test_the_network_of_a_fold_is_not_the_shipped_model(shipped):
    with pytest.raises(UserError, match=r"from \['features', 'lengths'\] .*; expected signal to \['probabilities'"):
        Predictor(shipped.with_name("network.onnx"))
