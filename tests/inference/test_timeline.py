"""Long recordings in windows."""

from itertools import islice, repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, Predictor
from speech_emotion.inference.timeline import TimelineSettings, classify, follow, windows

RATE = 16000


@pytest.fixture(scope="module")
def predictor(shipped):
    return Predictor(shipped)


def pieces(signal, size=7000):
    return (signal[start : start + size] for start in range(0, len(signal), size))


@given(lengths=st.lists(st.integers(0, 40), min_size=1, max_size=12), size=st.integers(1, 30), share=st.floats(0.05, 1))
def test_windows_are_full_and_leave_nothing_out(lengths, size, share):
    hop, total = max(1, int(share * size)), sum(lengths)
    signal = np.arange(total, dtype=np.float32)
    made = list(windows(np.split(signal, np.cumsum(lengths)[:-1]), size, hop))
    assert all(window.tolist() == signal[start:][: len(window)].tolist() for start, window in made)
    assert all(len(window) == min(size, total) for _, window in made)
    assert set(range(total)) == {start + place for start, window in made for place in range(len(window))}
    starts = [start for start, _ in made]
    assert starts[:-1] == [place * hop for place in range(len(starts) - 1)]
    assert sorted(set(starts)) == starts


def test_windows_come_as_soon_as_their_samples():
    endless = repeat(np.ones(10, np.float32))
    assert [start for start, _ in islice(windows(endless, 25, 5), 4)] == [0, 5, 10, 15]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 6.0])
def test_a_short_recording_is_one_piece(predictor, speech_like, seconds):
    signal = speech_like(seconds)
    heard = classify(predictor, pieces(signal))
    assert heard.whole == predictor.predict(signal, RATE)
    assert [(segment.start, segment.end) for segment in heard.segments] == [(0, seconds)]


def test_a_long_recording_is_its_windows(predictor, speech_like):
    signal = speech_like(7.0)
    heard = classify(predictor, pieces(signal), TimelineSettings(window=3, hop=1.5))
    assert [(segment.start, segment.end) for segment in heard.segments] == [(0, 3), (1.5, 4.5), (3, 6), (4, 7)]
    for segment in heard.segments:
        window = signal[round(segment.start * RATE) : round(segment.end * RATE)]
        assert segment.prediction == predictor.predict(window, RATE)
    mean = np.mean([list(segment.prediction.probabilities.values()) for segment in heard.segments], axis=0)
    np.testing.assert_allclose(list(heard.whole.probabilities.values()), mean, atol=1e-6)
    assert heard.whole.duration == 7.0


def test_silence_does_not_count(predictor, speech_like):
    signal = np.concatenate([np.zeros(12 * RATE, np.float32), speech_like(3.0)])
    heard = classify(predictor, pieces(signal), TimelineSettings(window=3, hop=3))
    labels = [segment.prediction.label for segment in heard.segments]
    assert labels[:4] == [NO_SPEECH] * 4
    assert heard.whole.probabilities == pytest.approx(heard.segments[-1].prediction.probabilities)


def test_nothing_but_silence(predictor):
    heard = classify(predictor, repeat(np.zeros(RATE, np.float32), 20))
    assert heard.whole.label == NO_SPEECH
    assert heard.whole.duration == 20


def test_live_and_recorded_agree(predictor, speech_like):
    signal = speech_like(8.0)
    assert list(follow(predictor, pieces(signal, 160))) == classify(predictor, [signal]).segments


@pytest.mark.parametrize(
    "changes", [{"window": 0}, {"window": 100}, {"hop": 4}, {"hop": 0}, {"threshold": 1.1}, {"window": float("nan")}]
)
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(UserError, match="; expected"):
        TimelineSettings(**changes)


def test_less_than_a_frame_is_refused(predictor):
    with pytest.raises(UserError, match="shorter than a frame"):
        classify(predictor, [np.ones(100, np.float32)])
