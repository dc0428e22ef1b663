from itertools import islice, repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH
from speech_emotion.inference.timeline import TimelineSettings, classify, windows

RATE = 16000


def chunks(signal, size=7000):
    return (signal[start : start + size] for start in range(0, len(signal), size))


def times(timeline):
    return [(segment.start, segment.end) for segment in timeline.segments]


@given(lengths=st.lists(st.integers(0, 40), max_size=12), size=st.integers(1, 30), fraction=st.floats(0.05, 1))
def test_windows_are_full_and_cover_everything(lengths, size, fraction):
    hop = max(1, int(fraction * size))
    lengths.append(size)  # a signal has at least one window
    signal = np.arange(sum(lengths), dtype=np.float32)
    found = list(windows(np.split(signal, np.cumsum(lengths)[:-1]), size, hop))
    starts = [start for start, _ in found]
    assert starts[:-1] == [hop * number for number in range(len(starts) - 1)]
    assert starts == sorted(set(starts))
    for start, window in found:
        assert window.tolist() == list(range(start, start + size))
    assert set(np.concatenate([window for _, window in found])) == set(signal)


def test_windows_come_as_soon_as_their_samples_do():
    endless = repeat(np.ones(10, np.float32))
    assert [start for start, _ in islice(windows(endless, 25, 5), 4)] == [0, 5, 10, 15]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 6.0])
def test_a_short_recording_is_classified_whole(predictor, speech_like, seconds):
    signal = speech_like(seconds)
    timeline = classify(predictor, chunks(signal))
    assert timeline.whole == predictor.predict(signal, RATE)
    assert times(timeline) == [(0, seconds)]


def test_a_long_recording_is_classified_in_windows(predictor, speech_like):
    signal = speech_like(7.0)
    timeline = classify(predictor, chunks(signal), TimelineSettings(window=3, hop=1.5))
    assert times(timeline) == [(0, 3), (1.5, 4.5), (3, 6), (4, 7)]
    for segment in timeline.segments:
        window = signal[round(segment.start * RATE) : round(segment.end * RATE)]
        assert segment.prediction == predictor.predict(window, RATE)
    mean = np.mean([list(segment.prediction.probabilities.values()) for segment in timeline.segments], axis=0)
    np.testing.assert_allclose(list(timeline.whole.probabilities.values()), mean, atol=1e-6)
    assert timeline.whole.duration == 7.0


def test_silent_windows_do_not_count(predictor, speech_like):
    signal = np.concatenate([np.zeros(12 * RATE, np.float32), speech_like(3.0)])
    timeline = classify(predictor, chunks(signal), TimelineSettings(window=3, hop=3))
    labels = [segment.prediction.label for segment in timeline.segments]
    assert labels[:4] == [NO_SPEECH] * 4
    assert timeline.whole.probabilities == pytest.approx(timeline.segments[-1].prediction.probabilities)


def test_a_silent_recording_is_no_speech(predictor):
    timeline = classify(predictor, repeat(np.zeros(RATE, np.float32), 20))
    assert timeline.whole.label == NO_SPEECH
    assert timeline.whole.duration == 20


def test_the_size_of_the_chunks_does_not_matter(predictor, speech_like):
    signal = speech_like(8.0)
    assert classify(predictor, chunks(signal, 160)) == classify(predictor, [signal])


@pytest.mark.parametrize(
    "changes", [{"window": 0}, {"window": 100}, {"hop": 4}, {"hop": 0}, {"threshold": 1.1}, {"window": float("nan")}]
)
def test_settings_out_of_range_raise_a_user_error(changes):
    with pytest.raises(UserError, match=f"the {next(iter(changes))} is .*expected"):
        TimelineSettings(**changes)
