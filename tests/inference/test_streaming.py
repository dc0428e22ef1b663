import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings

RATE = 16000


@pytest.fixture(scope="module")
def sentence(spoken):
    """A sentence of two seconds."""
    return spoken(0, RATE)


@pytest.fixture(scope="module")
def signal(sentence):
    """A quiet second, the sentence, a quiet second."""
    quiet = 1e-4 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    return np.concatenate([quiet, sentence, quiet])


def stream(predictor, signal, size=1600, rate=RATE, **settings):
    """Return the predictions for a signal that arrives in blocks of `size` samples."""
    streaming = StreamingPredictor(predictor, rate, StreamingSettings(**settings))
    predictions = []
    for start in range(0, len(signal), size):
        predictions += streaming.feed(signal[start : start + size])
    return predictions


def in_utterance(predictions):
    return [prediction for prediction in predictions if prediction.window]


def values(prediction):
    return np.array(list(prediction.probabilities.values()))


def test_every_hop_has_a_prediction_and_a_level(predictor):
    predictions = stream(predictor, np.full(RATE, 0.5, np.float32), 1000)
    assert [prediction.time for prediction in predictions] == [0.25, 0.5, 0.75, 1.0]
    assert [prediction.level for prediction in predictions] == pytest.approx([0.5] * 4)


def test_a_window_is_classified_like_a_clip(predictor, signal):
    predictions = in_utterance(stream(predictor, signal, 777))
    assert len(predictions) > 4
    for prediction in predictions:
        start, end = (round(time * RATE) for time in prediction.window)
        assert prediction.window_prediction == predictor.predict(signal[start:end], RATE)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_other_sample_rates_are_resampled(predictor, spoken, rate):
    signal = spoken(0, rate)
    resampled = loading.resample(signal, rate, RATE)
    predictions = in_utterance(stream(predictor, signal, rate // 10, rate))
    assert predictions
    for prediction in predictions:
        start, end = (round(time * RATE) for time in prediction.window)
        expected = predictor.predict(resampled[start:end], RATE)
        assert prediction.window_prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-3)


@given(cuts=st.lists(st.integers(0, 64000), max_size=20))
@hypothesis_settings(max_examples=10)
def test_the_size_of_the_blocks_does_not_matter(predictor, signal, cuts):
    streaming = StreamingPredictor(predictor, RATE)
    predictions = []
    for block in np.split(signal, sorted(cuts)):
        predictions += streaming.feed(block)
    assert predictions == stream(predictor, signal, len(signal))


def test_a_label_appears_soon_after_speech_begins_and_goes_when_it_ends(predictor, signal):
    predictions = stream(predictor, signal)
    labels = {prediction.time: prediction.prediction.label for prediction in predictions}
    assert {label for time, label in labels.items() if time <= 1.0} == {NO_SPEECH}
    assert {label for time, label in labels.items() if time <= 2.5} != {NO_SPEECH}
    assert predictions[-1].prediction.label == NO_SPEECH
    assert predictions[-1].window is None
    assert predictions[-1].window_prediction is None


def test_a_window_ends_with_the_speech_and_not_with_the_pause(predictor, signal, sentence):
    ends = [prediction.window[1] for prediction in in_utterance(stream(predictor, signal))]
    assert max(ends) <= 1 + len(sentence) / RATE + 0.1


def test_noise_hum_and_silence_are_no_speech(predictor):
    noise = 0.05 * np.random.default_rng(0).standard_normal(3 * RATE)
    hum = 0.2 * np.sin(2 * np.pi * 50 * np.arange(3 * RATE) / RATE)
    for signal in (noise, hum, np.zeros(3 * RATE)):
        assert {item.prediction.label for item in stream(predictor, signal)} == {NO_SPEECH}


def test_the_label_is_unsure_below_the_threshold(predictor, signal):
    labels = {item.prediction.label for item in stream(predictor, signal, threshold=1.0)}
    assert labels == {NO_SPEECH, UNSURE}


def test_without_smoothing_the_prediction_is_that_of_the_window(predictor, signal):
    for prediction in in_utterance(stream(predictor, signal, smoothing=0)):
        assert prediction.prediction.probabilities == prediction.window_prediction.probabilities


def test_smoothing_is_an_exponential_moving_average(predictor, signal):
    predictions = in_utterance(stream(predictor, signal, hop=0.25, smoothing=0.5))
    expected = values(predictions[0].window_prediction)
    for prediction in predictions[1:4]:
        expected = expected + (1 - np.exp(-0.25 / 0.5)) * (values(prediction.window_prediction) - expected)
        np.testing.assert_allclose(values(prediction.prediction), expected, atol=1e-6)


def test_a_window_is_no_longer_than_the_setting(predictor, sentence):
    predictions = in_utterance(stream(predictor, np.tile(sentence, 4), window=1.5))
    assert max(item.window[1] - item.window[0] for item in predictions) == pytest.approx(1.5)


def test_memory_does_not_grow(predictor, sentence):
    streaming = StreamingPredictor(predictor, RATE)
    for _ in range(40):
        streaming.feed(sentence[:RATE])
    assert len(streaming._samples) < 6 * RATE


@pytest.mark.parametrize(
    "changes", [{"window": 0.6}, {"hop": 0}, {"min_speech": 90}, {"pause": -1}, {"smoothing": -1}, {"threshold": 2}]
)
def test_settings_out_of_range_are_errors(changes):
    with pytest.raises(UserError, match=f"a {next(iter(changes))} of .*; expected"):
        StreamingSettings(**changes)


@pytest.mark.parametrize("rate", [0, 10, float("nan"), 1e9])
def test_impossible_sample_rates_are_errors(predictor, rate):
    with pytest.raises(UserError, match="a sample rate of"):
        StreamingPredictor(predictor, rate)


def test_blocks_with_nan_are_errors(predictor):
    with pytest.raises(UserError, match="NaN"):
        StreamingPredictor(predictor, RATE).feed(np.full(100, np.nan, np.float32))
