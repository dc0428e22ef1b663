"""Predict the emotions in a recording of any length: a short one whole, a long one in windows, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.predictor import NO_SPEECH, Prediction, Predictor
from speech_emotion.inference.sample_buffer import SampleBuffer
from speech_emotion.inference.signals import check_range
from speech_emotion.inference.speaker import Speaker


@dataclass(frozen=True)
class TimelineSettings:
    """How recordings are cut into windows. A value out of range raises UserError.

    A recording no longer than two windows is classified whole.
    """

    window: float = 3.0  # seconds; the length of the longest training clips
    hop: float = 1.5  # seconds from the start of a window to that of the next
    threshold: float | None = None  # probability below which a label is UNSURE; None: the model's own

    def __post_init__(self):
        check_range("window", self.window, 0.1, 60)
        check_range("hop", self.hop, 0.05, self.window)
        if self.threshold is not None:
            check_range("threshold", self.threshold, 0, 1)


@dataclass(frozen=True)
class Segment:
    """The prediction for the window from `start` to `end`, in seconds."""

    start: float
    end: float
    prediction: Prediction


@dataclass(frozen=True)
class Timeline:
    """The predictions for a whole recording and for each of its windows, in order."""

    whole: Prediction
    segments: list[Segment]


def classify(
    predictor: Predictor,
    chunks: Iterable[np.ndarray],
    settings: TimelineSettings = TimelineSettings(),
    speaker: Speaker | None = None,
    voice: Voice | None = None,
) -> Timeline:
    """Classify a recording. The prediction for a long one is the mean over the windows with speech.

    Args:
        chunks: the signal, float32 (samples,) at the predictor's rate, in chunks of any length, as
            `audio.loading.stream` yields them.
        speaker: who speaks in the whole recording, and was heard with it before, by `hear`.
        voice: who speaks, if the person was enrolled. Then there is no `speaker`.

    Raises:
        TooShortError: the recording is shorter than one frame.
        UserError: the voice was enrolled with another model.
    """
    rate = predictor.sample_rate
    segments = []
    for start, window in _whole_or_windows(chunks, rate, settings):
        prediction = predictor.predict(window, rate, settings.threshold, speaker, True, voice)
        segments.append(Segment(start / rate, (start + len(window)) / rate, prediction))
    return Timeline(_mean(predictor, segments, settings.threshold), segments)


def hear(
    predictor: Predictor, chunks: Iterable[np.ndarray], settings: TimelineSettings = TimelineSettings()
) -> Speaker:
    """Return what a recording says about its speaker, if there is only one. Takes and raises what `classify` does."""
    speaker = Speaker()
    for _, window in _whole_or_windows(chunks, predictor.sample_rate, settings):
        predictor.hear(window, predictor.sample_rate, speaker)
    return speaker


def _whole_or_windows(
    chunks: Iterable[np.ndarray], rate: int, settings: TimelineSettings
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (position of the first sample, samples) of what is classified at once."""
    chunks = iter(chunks)
    beginning = np.empty(0, np.float32)
    for chunk in chunks:
        beginning = np.concatenate([beginning, chunk])
        if len(beginning) > 2 * settings.window * rate:
            break
    else:  # the whole recording is no longer than two windows
        yield 0, beginning
        return
    yield from windows(chain([beginning], chunks), round(settings.window * rate), round(settings.hop * rate))


def windows(chunks: Iterable[np.ndarray], size: int, hop: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (position of the first sample, window) every `hop` samples of a signal of at least `size` samples.

    Every window has `size` samples. The last one ends with the signal, so that every sample is in a window.
    """
    samples = SampleBuffer()
    start = 0  # of the next window
    for chunk in chunks:
        samples.append(chunk)
        while samples.end >= start + size:
            yield start, samples.read(start, start + size)
            start += hop
        samples.discard_before(samples.end - size)  # the last window begins here if the signal ends here
    end_of_previous = start - hop + size
    if samples.end > end_of_previous:
        last = samples.end - size
        yield last, samples.read(last, samples.end)


def _mean(predictor: Predictor, segments: list[Segment], threshold: float | None) -> Prediction:
    duration = segments[-1].end
    predictions = [segment.prediction for segment in segments if segment.prediction.label != NO_SPEECH]
    if not predictions:
        return Prediction(NO_SPEECH, duration=duration)
    probabilities = [list(prediction.probabilities.values()) for prediction in predictions]
    return predictor.to_prediction(np.mean(probabilities, axis=0), duration, threshold)
