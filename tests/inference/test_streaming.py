"""Live speech: a stream is judged as its windows are, however it is cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, Predictor, UNSURE
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings

RATE, OWN = 16000, StreamingSettings()


@pytest.fixture(scope="module")
def predictor(shipped):
    return Predictor(shipped)


@pytest.fixture(scope="module")
def signal(spoken):
    """A second of quiet, a sentence of two seconds, a second of quiet."""
    quiet = 1e-4 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    return np.concatenate([quiet, spoken(0, RATE), quiet])


def listen(predictor, signal, size, rate=RATE, settings=OWN):
    listener = StreamingPredictor(predictor, rate, settings)
    return [moment for start in range(0, len(signal), size) for moment in listener.feed(signal[start : start + size])]


def test_every_hop_gives_a_moment(predictor, signal):
    moments = listen(predictor, signal, 1000)
    assert [moment.time for moment in moments] == [0.25 * n for n in range(1, len(signal) // 4000 + 1)]


def test_a_window_is_judged_as_offline(predictor, signal):
    judged = [moment for moment in listen(predictor, signal, 777) if moment.window]
    assert len(judged) > 4
    for moment in judged:
        start, end = (round(time * RATE) for time in moment.window)
        assert moment.instant == predictor.predict(signal[start:end], RATE)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
def test_any_rate_is_judged_as_offline(predictor, spoken, rate):
    signal = spoken(0, rate)
    heard = loading.resample(signal, rate, RATE)
    judged = [moment for moment in listen(predictor, signal, rate // 10, rate) if moment.window]
    assert judged
    for moment in judged:
        start, end = (round(time * RATE) for time in moment.window)
        offline = predictor.predict(heard[start:end], RATE)
        assert moment.instant.probabilities == pytest.approx(offline.probabilities, abs=1e-3)


@given(cuts=st.lists(st.integers(0, 64000), max_size=20))
@examples(max_examples=10)
def test_moments_do_not_depend_on_the_blocks(predictor, signal, cuts):
    listener = StreamingPredictor(predictor, RATE)
    made = [moment for block in np.split(signal, sorted(cuts)) for moment in listener.feed(block)]
    assert made == listen(predictor, signal, len(signal))


def test_a_label_comes_within_a_second_and_a_half_of_speech_and_goes_after_it(predictor, signal):
    moments = listen(predictor, signal, 800)
    labels = {moment.time: moment.prediction.label for moment in moments}
    assert all(label == NO_SPEECH for time, label in labels.items() if time <= 1.0)
    assert any(label != NO_SPEECH for time, label in labels.items() if time <= 2.5)
    assert labels[moments[-1].time] == NO_SPEECH
    assert moments[-1].window is None and moments[-1].instant is None


def test_a_pause_is_not_judged(predictor, signal, spoken):
    """What is judged ends with the speech, as a clip of a corpus does, not with the pause that ends it."""
    ends = [moment.window[1] for moment in listen(predictor, signal, 800) if moment.window]
    assert max(ends) <= 1 + len(spoken(0, RATE)) / RATE + 0.1


def test_noise_and_hum_are_no_speech(predictor):
    time = np.arange(3 * RATE) / RATE
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(time))
    for signal in (noise, 0.2 * np.sin(2 * np.pi * 50 * time), np.zeros(len(time))):
        assert {moment.prediction.label for moment in listen(predictor, signal, 1600)} == {NO_SPEECH}


def test_below_the_threshold_it_is_unsure(predictor, signal):
    labels = {moment.prediction.label for moment in listen(predictor, signal, 1600, settings=StreamingSettings(threshold=1.0))}
    assert labels == {NO_SPEECH, UNSURE}


def test_without_smoothing_a_moment_is_its_window(predictor, signal):
    moments = listen(predictor, signal, 1600, settings=StreamingSettings(smoothing=0))
    judged = [moment for moment in moments if moment.window]
    assert all(moment.prediction.probabilities == pytest.approx(moment.instant.probabilities) for moment in judged)


def test_smoothing_is_a_moving_average(predictor, signal):
    judged = [moment for moment in listen(predictor, signal, 1600) if moment.window]
    share = 1 - np.exp(-0.25 / 0.5)
    first, second = (np.array(list(moment.instant.probabilities.values())) for moment in judged[:2])
    expected = first + share * (second - first)
    np.testing.assert_allclose(list(judged[1].prediction.probabilities.values()), expected, atol=1e-6)


def test_a_window_is_never_longer_than_asked(predictor, spoken):
    signal = np.tile(spoken(0, RATE), 4)
    moments = listen(predictor, signal, 4000, settings=StreamingSettings(window=1.5))
    lengths = [moment.window[1] - moment.window[0] for moment in moments if moment.window]
    assert max(lengths) == pytest.approx(1.5)


def test_memory_does_not_grow(predictor, spoken):
    listener, block = StreamingPredictor(predictor, RATE), spoken(0, RATE)[:RATE]
    for _ in range(40):
        listener.feed(block)
    assert len(listener._held) < 6 * RATE


def test_the_level_of_a_hop(predictor):
    moments = listen(predictor, np.full(RATE, 0.5, np.float32), 4000)
    assert [moment.level for moment in moments] == pytest.approx([0.5] * 4)


@pytest.mark.parametrize(
    "changes", [{"window": 0.6}, {"hop": 0}, {"shortest": 90}, {"pause": -1}, {"smoothing": -1}, {"threshold": 2}]
)
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(UserError, match=f"a {next(iter(changes))} of .*; expected"):
        StreamingSettings(**changes)


@pytest.mark.parametrize("rate", [0, 10, float("nan"), 1e9])
def test_a_rate_that_nothing_records_is_refused(predictor, rate):
    with pytest.raises(UserError, match="a sample rate of"):
        StreamingPredictor(predictor, rate)


def test_blocks_that_are_no_speech_are_refused(predictor):
    with pytest.raises(UserError, match="NaN"):
        StreamingPredictor(predictor, RATE).feed(np.full(100, np.nan, np.float32))
