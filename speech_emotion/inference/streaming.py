"""Predict the emotion of live speech: the last seconds of the current utterance are classified again at every hop.

A stream is taken for one speaker: if the model can use it, what was heard counts for the next predictions.
"""

import copy
import math
from dataclasses import dataclass

import numpy as np
import soxr

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.predictor import NO_SPEECH, Prediction, Predictor
from speech_emotion.inference.sample_buffer import SampleBuffer
from speech_emotion.inference.signals import as_mono, check_range
from speech_emotion.inference.speaker import Speaker
from speech_emotion.inference.timeline import Segment
from speech_emotion.inference.voice_activity import MARGIN, RATE, UtteranceDetector


@dataclass(frozen=True)
class StreamingSettings:
    """How a stream is classified, with all times in seconds. A value out of range raises UserError."""

    window: float = 3.0  # longest window; it ends with the newest speech of the current utterance
    hop: float = 0.25  # time between predictions
    min_speech: float = 0.75  # length of an utterance, with its margins, before the first prediction
    pause: float = 0.6  # time without speech that ends an utterance
    smoothing: float = 0.5  # time constant of the exponential moving average of the windows' probabilities; 0: none
    threshold: float | None = None  # probability below which a label is UNSURE; None: the model's own
    same_speaker: bool = True  # whether one person speaks, so that earlier utterances count for the next ones

    def __post_init__(self):
        check_range("min_speech", self.min_speech, 0.1, 60)
        check_range("window", self.window, max(0.5, self.min_speech), 60)
        check_range("hop", self.hop, 0.1, 5)
        check_range("pause", self.pause, 0, 10)
        check_range("smoothing", self.smoothing, 0, 60)
        if self.threshold is not None:
            check_range("threshold", self.threshold, 0, 1)


@dataclass(frozen=True)
class LivePrediction:
    """The state of a stream at the end of a hop."""

    time: float  # seconds from the start of the stream
    prediction: Prediction  # smoothed; NO_SPEECH between utterances
    segment: Segment | None  # last classified window of the utterance, unsmoothed; None between utterances
    rms: float  # root mean square of the hop's samples; full scale is 1


class StreamingPredictor:
    """Classifies one stream, chunk by chunk. Several may share a predictor.

    Positions are counted in samples at the predictor's rate, so the predictions do not depend on the chunk size.
    """

    def __init__(
        self,
        predictor: Predictor,
        rate: float,
        settings: StreamingSettings = StreamingSettings(),
        voice: Voice | None = None,
    ):
        """Start a stream of `rate` Hz. An enrolled `voice` takes the place of what the stream says of its speaker.

        Raises:
            UserError: the rate is out of range, the model's rate is not RATE, or the voice belongs to another model.
        """
        check_range("sample rate", rate, *decoding.SAMPLE_RATES)
        if predictor.sample_rate != RATE:
            raise UserError(f"the model takes {predictor.sample_rate} Hz; live speech needs a model for {RATE} Hz")
        if voice is not None:
            predictor.check_voice(voice)
        self._predictor = predictor
        self._voice = voice
        self._settings = settings
        self._resampler = None
        if rate != RATE:
            self._resampler = soxr.ResampleStream(rate, RATE, 1)  # as audio.loading.stream
        self._samples = SampleBuffer()
        # No read reaches further back than this from the newest sample; SampleBuffer.read asserts it.
        self._history_samples = round((settings.window + settings.pause + settings.hop) * RATE) + 2 * MARGIN
        self._hop = round(settings.hop * RATE)
        self._hop_end = self._hop  # position where the current hop ends
        self._detector = UtteranceDetector(settings.pause)
        # What was heard up to the last utterance, and with the last window of the current one.
        grows = settings.same_speaker and predictor.uses_speaker and voice is None
        self._speaker = Speaker() if grows else None
        self._speaker_now = self._speaker
        self._utterance_start: int | None = None  # of the current utterance, or of the last one
        self._segment: Segment | None = None  # the last classified window of the current utterance
        self._average: np.ndarray | None = None  # smoothed probabilities of the utterance's windows

    def feed(self, chunk: np.ndarray) -> list[LivePrediction]:
        """Take the next chunk of the stream, and return a prediction for each hop that it completes.

        `chunk` is a signal of any length as `Predictor.predict` takes it. Raises UserError as `predict` does.
        """
        signal = as_mono(chunk)
        if self._resampler is not None:
            signal = self._resampler.resample_chunk(signal)
        self._samples.append(signal)
        predictions = []
        while self._samples.end >= self._hop_end:
            predictions.append(self._finish_hop())
            self._hop_end += self._hop
        self._samples.discard_before(self._samples.end - self._history_samples)
        return predictions

    def _finish_hop(self) -> LivePrediction:
        hop = self._samples.read(self._hop_end - self._hop, self._hop_end)
        self._detector.advance(self._samples, self._hop_end)
        self._classify_utterance()
        rms = float(np.sqrt(np.square(hop, dtype=np.float64).mean()))
        return LivePrediction(self._hop_end / RATE, self._smoothed_prediction(), self._segment, rms)

    def _classify_utterance(self) -> None:
        """Classify the end of the current utterance, if there is one that is long enough and has grown."""
        if self._detector.utterance is None:
            self._end_utterance()
            return
        start, end = self._detector.utterance
        if start != self._utterance_start:  # the last one ended within this hop
            self._end_utterance()
            self._utterance_start = start
        end = min(end, self._hop_end)
        window_start = max(start, end - round(self._settings.window * RATE))
        has_grown = self._segment is None or self._segment.end < end / RATE
        if not has_grown or end - start < self._settings.min_speech * RATE:
            return
        window = self._samples.read(window_start, end)
        speaker = copy.copy(self._speaker)  # without earlier windows of this utterance, which overlap
        prediction = self._predictor.predict(window, RATE, self._settings.threshold, speaker, voice=self._voice)
        if prediction.label != NO_SPEECH:  # if it is too quiet, the previous prediction stays
            self._speaker_now = speaker
            self._segment = Segment(window_start / RATE, end / RATE, prediction)
            self._update_average(np.array(list(prediction.probabilities.values())))

    def _end_utterance(self) -> None:
        self._speaker = self._speaker_now
        self._segment = None
        self._average = None

    def _update_average(self, probabilities: np.ndarray) -> None:
        """Include the next window in the average, with the weight of one hop even if earlier hops had no new window."""
        if self._average is None or self._settings.smoothing == 0:
            self._average = probabilities
        else:
            weight = -math.expm1(-self._settings.hop / self._settings.smoothing)
            self._average = self._average + weight * (probabilities - self._average)

    def _smoothed_prediction(self) -> Prediction:
        if self._segment is None:
            return Prediction(NO_SPEECH)
        duration = self._segment.end - self._segment.start
        return self._predictor.to_prediction(self._average, duration, self._settings.threshold)
