"""Recordings of any length: short ones in one piece, long ones window by window, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from speech_emotion.core.errors import require
from speech_emotion.inference.predictor import NO_SPEECH, Prediction, Predictor, THRESHOLD

WINDOW, HOP = 3.0, 1.5  # seconds; a window is as long as the longest clips that the model was trained on


@dataclass(frozen=True)
class TimelineSettings:
    """How recordings are cut and judged.

    Attributes:
        window: seconds in a window. Recordings up to twice as long are classified in one piece.
        hop: seconds from one window to the next.
        threshold: probability below which a label is "unsure".
    """

    window: float = WINDOW
    hop: float = HOP
    threshold: float = THRESHOLD

    def __post_init__(self):
        require(0.1 <= self.window <= 60, f"a window of {self.window} s; expected 0.1 to 60")
        require(0.05 <= self.hop <= self.window, f"a hop of {self.hop} s; expected 0.05 to the window, {self.window}")
        require(0 <= self.threshold <= 1, f"a threshold of {self.threshold}; expected a probability, 0 to 1")


@dataclass(frozen=True)
class Segment:
    """What was heard from `start` to `end`, in seconds."""

    start: float
    end: float
    prediction: Prediction


@dataclass(frozen=True)
class Timeline:
    """What was heard in a whole recording, and in its windows, in order (one if it was classified in one piece)."""

    whole: Prediction
    segments: list[Segment]


def classify(predictor: Predictor, pieces: Iterable[np.ndarray], settings: TimelineSettings = TimelineSettings()) -> Timeline:
    """Classify a recording.

    Args:
        pieces: float32 (samples,) at the predictor's rate, each of any length, such as `audio.stream` yields.

    Raises:
        UserError: the recording is shorter than a frame.
    """
    rate, pieces = predictor.sample_rate, iter(pieces)
    start = _at_least(pieces, round(2 * settings.window * rate) + 1)
    if len(start) <= 2 * settings.window * rate:
        whole = predictor.predict(start, rate, settings.threshold)
        return Timeline(whole, [Segment(0.0, whole.duration, whole)])
    segments = list(follow(predictor, chain([start], pieces), settings))
    return Timeline(_summary(predictor, segments, settings.threshold), segments)


def follow(predictor: Predictor, pieces: Iterable[np.ndarray], settings: TimelineSettings = TimelineSettings()) -> Iterator[Segment]:
    """Yield every window's segment as soon as its samples have come; arguments as for `classify`."""
    rate = predictor.sample_rate
    for start, window in windows(pieces, round(settings.window * rate), round(settings.hop * rate)):
        prediction = predictor.predict(window, rate, settings.threshold)
        yield Segment(start / rate, (start + len(window)) / rate, prediction)


def windows(pieces: Iterable[np.ndarray], size: int, hop: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (first sample, window of `size` samples) every `hop` samples, whatever the lengths of the pieces.

    The last window ends with the signal, so that every sample is in a window and every window is full; only a signal
    shorter than `size` gives one window that is not.
    """
    held, origin, start = np.empty(0, np.float32), 0, 0  # `held` begins at sample `origin`, the next window at `start`
    for piece in pieces:
        held = np.concatenate([held, piece])
        while origin + len(held) >= start + size:
            yield start, held[start - origin :][:size]
            start += hop
        drop = max(0, min(start - origin, len(held) - size))  # the last `size` samples may yet be the last window
        held, origin = held[drop:], origin + drop
    end, done = origin + len(held), start - hop + size
    if start == 0 or end > done:
        last = held[-size:]
        yield end - len(last), last


def _at_least(pieces: Iterator[np.ndarray], samples: int) -> np.ndarray:
    taken, total = [np.empty(0, np.float32)], 0
    while total < samples and (piece := next(pieces, None)) is not None:
        taken.append(piece)
        total += len(piece)
    return np.concatenate(taken)


def _summary(predictor: Predictor, segments: list[Segment], threshold: float) -> Prediction:
    """The mean of the windows in which there was speech."""
    found = [segment.prediction.probabilities for segment in segments if segment.prediction.label != NO_SPEECH]
    heard = [list(probabilities.values()) for probabilities in found]
    if not heard:
        return Prediction(NO_SPEECH, duration=segments[-1].end)
    return predictor.decide(np.mean(heard, axis=0), segments[-1].end, threshold)
