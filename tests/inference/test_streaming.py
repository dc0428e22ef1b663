import copy
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE, Predictor
from speech_emotion.inference.speaker import Speaker
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings

RATE = 16000


@pytest.fixture(scope="module")
def sentence(spoken):
    return spoken(0, RATE)  # two seconds


@pytest.fixture(scope="module")
def signal(sentence):
    """A quiet second, the sentence, a quiet second."""
    quiet = 1e-4 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    return np.concatenate([quiet, sentence, quiet])


def stream(predictor, signal, size=1600, rate=RATE, **settings):
    """Return the predictions for a signal that arrives in chunks of `size` samples."""
    streaming = StreamingPredictor(predictor, rate, StreamingSettings(**settings))
    predictions = []
    for start in range(0, len(signal), size):
        predictions += streaming.feed(signal[start : start + size])
    return predictions


def in_utterance(predictions):
    return [prediction for prediction in predictions if prediction.segment]


def segments(predictions):
    return [prediction.segment for prediction in in_utterance(predictions)]


def samples(segment):
    return slice(round(segment.start * RATE), round(segment.end * RATE))


def values(prediction):
    return np.array(list(prediction.probabilities.values()))


def test_every_hop_has_a_prediction_and_its_rms(predictor):
    predictions = stream(predictor, np.full(RATE, 0.5, np.float32), 1000)
    assert [prediction.time for prediction in predictions] == [0.25, 0.5, 0.75, 1.0]
    assert [prediction.rms for prediction in predictions] == pytest.approx([0.5] * 4)


def test_a_window_is_classified_like_a_clip(predictor, signal):
    windows = segments(stream(predictor, signal, 777))
    assert len(windows) > 4
    for segment in windows:
        assert segment.prediction == predictor.predict(signal[samples(segment)], RATE)


def test_an_utterance_counts_for_the_next_one_of_the_same_stream(shipped_for_speakers, signal):
    predictor = Predictor(shipped_for_speakers)
    windows = segments(stream(predictor, np.concatenate([signal, signal])))
    first = [segment for segment in windows if segment.end < len(signal) / RATE]
    second = [segment for segment in windows if segment.start > len(signal) / RATE]
    twice = np.concatenate([signal, signal])
    assert all(segment.prediction == predictor.predict(twice[samples(segment)], RATE) for segment in first)
    speaker = Speaker()
    predictor.hear(twice[samples(first[-1])], RATE, speaker)
    for segment in second:
        expected = predictor.predict(twice[samples(segment)], RATE, speaker=copy.copy(speaker))
        assert segment.prediction == expected


@pytest.mark.parametrize("pause", [0.65, 0.7, 0.8])
def test_an_utterance_counts_even_if_the_next_one_begins_in_the_same_hop(shipped_for_speakers, pause, monkeypatch):
    """The end of the first utterance falls between two hops, and so does the start of the second."""
    streaming = StreamingPredictor(Predictor(shipped_for_speakers), RATE)
    first, second = (0, 2 * RATE), (2 * RATE + round(pause * RATE), 5 * RATE)
    detector = SimpleNamespace(utterance=first, advance=lambda samples, end: None)
    monkeypatch.setattr(streaming, "_detector", detector)
    noise = np.random.default_rng(0).normal(scale=0.1, size=5 * RATE).astype(np.float32)
    streaming.feed(noise[: second[0]])
    detector.utterance = second
    last = streaming.feed(noise[second[0] :])[-1]
    assert streaming._speaker.utterances == 1
    assert last.segment.start >= second[0] / RATE


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_other_sample_rates_are_resampled(predictor, spoken, rate):
    signal = spoken(0, rate)
    resampled = loading.resample(signal, rate, RATE)
    windows = segments(stream(predictor, signal, rate // 10, rate))
    assert windows
    for segment in windows:
        expected = predictor.predict(resampled[samples(segment)], RATE)
        assert segment.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-3)


def test_the_size_of_the_chunks_does_not_matter(predictor, signal):
    at_once = stream(predictor, signal, len(signal))
    for number in (1, 5, 20, 200):
        cuts = np.sort(np.random.default_rng(number).integers(0, len(signal), number))
        streaming = StreamingPredictor(predictor, RATE)
        predictions = []
        for chunk in np.split(signal, [0, *cuts]):  # the first one is empty
            predictions += streaming.feed(chunk)
        assert predictions == at_once


def test_a_label_appears_soon_after_speech_begins_and_goes_when_it_ends(predictor, signal):
    *predictions, last = stream(predictor, signal)
    labels = [prediction.prediction.label for prediction in predictions]
    assert set(labels[:4]) == {NO_SPEECH}  # up to 1 s
    assert set(labels[:10]) != {NO_SPEECH}
    assert (last.prediction.label, last.segment) == (NO_SPEECH, None)


def test_a_window_ends_with_the_speech_and_not_with_the_pause(predictor, signal, sentence):
    ends = [segment.end for segment in segments(stream(predictor, signal))]
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
        assert prediction.prediction.probabilities == prediction.segment.prediction.probabilities


def test_smoothing_is_an_exponential_moving_average(predictor, signal):
    predictions = in_utterance(stream(predictor, signal, hop=0.25, smoothing=0.5))
    expected = values(predictions[0].segment.prediction)
    for prediction in predictions[1:4]:
        expected = expected + (1 - np.exp(-0.25 / 0.5)) * (values(prediction.segment.prediction) - expected)
        np.testing.assert_allclose(values(prediction.prediction), expected, atol=1e-6)


def test_a_window_is_no_longer_than_the_setting(predictor, sentence):
    windows = segments(stream(predictor, np.tile(sentence, 4), window=1.5))
    assert max(segment.end - segment.start for segment in windows) == pytest.approx(1.5)


def test_memory_does_not_grow(predictor, sentence):
    streaming = StreamingPredictor(predictor, RATE)
    tracemalloc.start()
    for _ in range(12):
        streaming.feed(sentence[:RATE])
    bytes_in_use, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bytes_in_use < 6 * sentence[:RATE].nbytes


@pytest.mark.parametrize(
    "changes", [{"window": 0.6}, {"hop": 0}, {"min_speech": 90}, {"pause": -1}, {"smoothing": -1}, {"threshold": 2}]
)
def test_settings_out_of_range_raise_a_user_error(changes):
    with pytest.raises(UserError, match=f"the {next(iter(changes))} is .*expected"):
        StreamingSettings(**changes)
