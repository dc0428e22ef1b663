from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE, Predictor, TooShortError
from speech_emotion.inference.signals import as_mono, peak_level_dbfs

RATE = 16000


def test_a_prediction_has_a_label_and_probabilities(predictor, speech_like):
    prediction = predictor.predict(speech_like(1.5), RATE, threshold=0)
    assert list(prediction.probabilities) == predictor.labels == ["anger", "fear", "sadness"]
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert prediction.label == prediction.emotion
    assert prediction.confidence == prediction.probabilities[prediction.label]
    assert prediction.duration == 1.5


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 192_000])
def test_other_sample_rates_give_the_same_emotion(predictor, speech_like, rate):
    expected = predictor.predict(speech_like(1.5), RATE)
    prediction = predictor.predict(speech_like(1.5, rate), rate)
    assert prediction.duration == pytest.approx(1.5, abs=0.01)
    assert prediction.emotion == expected.emotion


def test_other_types_and_channels_become_mono_float32(speech_like):
    signal = speech_like(1.0)
    int16 = (signal * 2**15).astype(np.int16)
    int32 = (signal * 2.0**31).astype(np.int32)
    stereo = np.stack([signal, signal], axis=1)
    for converted in map(as_mono, (int16, int32, signal.astype(float), stereo)):
        assert converted.dtype == np.float32
        np.testing.assert_allclose(converted, signal, atol=2**-15)


@pytest.mark.parametrize(("threshold", "unsure"), [(0.0, False), (1.0, True)])
def test_the_label_is_unsure_below_the_threshold(predictor, speech_like, threshold, unsure):
    prediction = predictor.predict(speech_like(1.0), RATE, threshold)
    assert (prediction.label == UNSURE) == unsure
    assert prediction.emotion in predictor.labels


@pytest.mark.parametrize("scale", [0.0, 1e-5])
def test_silence_is_no_speech(predictor, speech_like, scale):
    prediction = predictor.predict(speech_like(1.0) * np.float32(scale), RATE)
    assert (prediction.label, prediction.emotion, prediction.confidence) == (NO_SPEECH, None, 0.0)
    assert prediction.probabilities == {}


@pytest.mark.parametrize(("amplitude", "expected"), [(1.0, -3.01), (0.1, -23.01), (0.001, -63.01)])
def test_the_peak_level_is_that_of_the_loudest_50_ms(amplitude, expected):
    tone = amplitude * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    signal = np.concatenate([np.zeros(10 * RATE), tone]).astype(np.float32)
    assert peak_level_dbfs(signal, RATE) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("samples", [0, 1, 5000])
def test_the_peak_level_of_zeros_is_finite(samples):
    assert peak_level_dbfs(np.zeros(samples, np.float32), RATE) == pytest.approx(-120)


@pytest.mark.parametrize("samples", [0, 511])
def test_less_than_one_frame_is_too_short(predictor, samples):
    with pytest.raises(TooShortError, match="0.032 s"):
        predictor.predict(np.ones(samples), RATE)


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (np.full(RATE, np.nan), "NaN or infinite"),
        (np.full((RATE, 2), [np.inf, -np.inf]), "NaN or infinite"),
        (np.full(RATE, 1e300), "NaN or infinite"),
        (np.full((RATE, 2), np.float32(3e38)), "NaN or infinite"),
        (np.full(RATE, 1e10), r"1e\+10"),
        (np.zeros((2, RATE, 1)), r"shape \(2, 16000, 1\)"),
        (np.zeros(RATE, np.uint8), "type uint8"),
        (np.zeros(RATE, complex), "type complex128"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_signals_raise_a_user_error(predictor, signal, message):
    with pytest.raises(UserError, match=message):
        predictor.predict(signal, RATE)


@pytest.mark.parametrize("rate", [0, -16000, 1e-9, 1e12, float("nan")])
def test_impossible_sample_rates_raise_a_user_error(predictor, rate):
    with pytest.raises(UserError, match="expected 1,000 to 1,000,000"):
        predictor.predict(np.ones(RATE), rate)


def test_threads_can_share_a_predictor(predictor, speech_like):
    signals = [speech_like(0.3 + seed / 20, seed=seed) for seed in range(40)]
    expected = [predictor.predict(signal, RATE) for signal in signals]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda signal: predictor.predict(signal, RATE), signals)) == expected


def test_the_network_alone_is_another_kind_of_model(shipped):
    with pytest.raises(UserError, match="expected .*signal"):
        Predictor(shipped.with_name("network.onnx"))
