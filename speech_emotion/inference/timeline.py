"""Predict the emotions in a recording of any length: a short one whole, a long one in windows, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from speech_emotion.inference.limits import check_range
from speech_emotion.inference.predictor import NO_SPEECH, THRESHOLD, Prediction, Predictor
from speech_emotion.inference.sample_buffer import SampleBuffer


@dataclass(frozen=True)
class TimelineSettings:
    """How recordings are cut into windows. A value out of range raises UserError.

    Attributes:
        window: seconds in a window, by default as long as the longest training clips. A recording of up to two windows
            is classified whole.
        hop: seconds from the start of one window to the next.
        threshold: probability below which a label is UNSURE.
    """

    window: float = 3.0
    hop: float = 1.5
    threshold: float = THRESHOLD

    def __post_init__(self):
        check_range("window", self.window, 0.1, 60)
        check_range("hop", self.hop, 0.05, self.window)
        check_range("threshold", self.threshold, 0, 1)


@dataclass(frozen=True)
class Segment:
    """The prediction for the window from `start` to `end`, in seconds."""

    start: float
    end: float
    prediction: Prediction


@dataclass(frozen=True)
class Timeline:
    """The prediction for a whole recording, and for each window in order (only one if it was classified whole)."""

    whole: Prediction
    segments: list[Segment]


def classify(
    predictor: Predictor, pieces: Iterable[np.ndarray], settings: TimelineSettings = TimelineSettings()
) -> Timeline:
    """Classify a recording. The prediction for a long one is the mean over the windows with speech.

    Args:
        pieces: the signal, float32 (samples,) at the predictor's rate, in pieces of any length, as
            `audio.loading.stream` yields them.

    Raises:
        TooShortError: the recording is shorter than a frame.
    """
    rate = predictor.sample_rate
    pieces = iter(pieces)
    beginning = _take(pieces, round(2 * settings.window * rate) + 1)
    if len(beginning) <= 2 * settings.window * rate:
        whole = predictor.predict(beginning, rate, settings.threshold)
        return Timeline(whole, [Segment(0.0, whole.duration, whole)])
    segments = []
    for start, window in windows(chain([beginning], pieces), round(settings.window * rate), round(settings.hop * rate)):
        prediction = predictor.predict(window, rate, settings.threshold)
        segments.append(Segment(start / rate, (start + len(window)) / rate, prediction))
    return Timeline(_mean(predictor, segments, settings.threshold), segments)


def windows(pieces: Iterable[np.ndarray], size: int, hop: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (position of the first sample, window) every `hop` samples, however the signal is cut into pieces.

    Every window has `size` samples, unless the whole signal has fewer. The last one ends with the signal, so that
    every sample is in a window.
    """
    samples = SampleBuffer()
    start = 0  # of the next window
    for piece in pieces:
        samples.append(piece)
        while samples.end >= start + size:
            yield start, samples.read(start, start + size)
            start += hop
        samples.discard_before(min(start, samples.end - size))  # the last window may begin before `start`
    end_of_previous = start - hop + size
    if start == 0 or samples.end > end_of_previous:
        last = max(0, samples.end - size)
        yield last, samples.read(last, samples.end)


def _take(pieces: Iterator[np.ndarray], count: int) -> np.ndarray:
    """Return the pieces up to the one that completes `count` samples, joined."""
    samples = SampleBuffer()
    for piece in pieces:
        samples.append(piece)
        if samples.end >= count:
            break
    return samples.read(0, samples.end)


def _mean(predictor: Predictor, segments: list[Segment], threshold: float) -> Prediction:
    duration = segments[-1].end
    predictions = [segment.prediction for segment in segments if segment.prediction.label != NO_SPEECH]
    if not predictions:
        return Prediction(NO_SPEECH, duration=duration)
    probabilities = [list(prediction.probabilities.values()) for prediction in predictions]
    return predictor.to_prediction(np.mean(probabilities, axis=0), duration, threshold)
