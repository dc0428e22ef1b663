"""Predict the emotion of live speech: the last seconds of the current utterance are classified again at every hop."""

from dataclasses import dataclass

import numpy as np
import soxr

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError
from speech_emotion.inference.limits import check_range
from speech_emotion.inference.predictor import NO_SPEECH, THRESHOLD, Prediction, Predictor, as_mono
from speech_emotion.inference.sample_buffer import SampleBuffer
from speech_emotion.inference.smoothing import Smoother
from speech_emotion.inference.timeline import Segment
from speech_emotion.inference.voice_activity import MARGIN, RATE, UtteranceDetector


@dataclass(frozen=True)
class StreamingSettings:
    """How a stream is classified, with all times in seconds. A value out of range raises UserError.

    Attributes:
        window: longest stretch that is classified: the last seconds of the current utterance.
        hop: from one prediction to the next.
        min_speech: length of an utterance, with its margins, before the first prediction.
        pause: time without speech that ends an utterance.
        smoothing: time constant of the moving average over the windows' probabilities; 0 turns it off.
        threshold: probability below which a label is UNSURE.
    """

    window: float = 3.0
    hop: float = 0.25
    min_speech: float = 0.75
    pause: float = 0.6
    smoothing: float = 0.5
    threshold: float = THRESHOLD

    def __post_init__(self):
        check_range("min_speech", self.min_speech, 0.1, 60)
        check_range("window", self.window, max(0.5, self.min_speech), 60)
        check_range("hop", self.hop, 0.1, 5)
        check_range("pause", self.pause, 0, 10)
        check_range("smoothing", self.smoothing, 0, 60)
        check_range("threshold", self.threshold, 0, 1)


@dataclass(frozen=True)
class LivePrediction:
    """The state of a stream at the end of a hop.

    Attributes:
        time: end of the hop, in seconds from the start of the stream.
        prediction: to show, from the smoothed probabilities; NO_SPEECH between utterances.
        window: start and end, in seconds, of the last classified window of the utterance; None between utterances.
        window_prediction: for that window alone, equal to `Predictor.predict` of it; None between utterances.
        voice_probability: highest probability of speech in the hop, 0 to 1.
        level: root mean square of the hop; full scale is 1.
    """

    time: float
    prediction: Prediction
    window: tuple[float, float] | None
    window_prediction: Prediction | None
    voice_probability: float
    level: float


class StreamingPredictor:
    """Classifies one stream, block by block. Several may share a predictor.

    Positions are counted in samples at the predictor's rate, so the predictions do not depend on the block size.
    """

    def __init__(self, predictor: Predictor, rate: float, settings: StreamingSettings = StreamingSettings()):
        """Start a stream of `rate` Hz.

        Raises:
            UserError: the rate is out of range, or the model's rate is not that of the voice activity detector.
        """
        check_range("sample rate", rate, *decoding.SAMPLE_RATES)
        if predictor.sample_rate != RATE:
            raise UserError(f"a model for {predictor.sample_rate} Hz; live speech needs one for {RATE} Hz")
        self._predictor = predictor
        self._settings = settings
        self._resampler = None
        if rate != RATE:
            self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality=loading.RESAMPLING_QUALITY)
        self._samples = SampleBuffer()
        # How far back from the newest sample a window can begin.
        self._reach = round((settings.window + settings.pause + settings.hop) * RATE) + 2 * MARGIN
        self._hop = round(settings.hop * RATE)
        self._hop_end = self._hop  # position where the current hop ends
        self._detector = UtteranceDetector(settings.pause)
        self._smoother = Smoother(settings.hop, settings.smoothing)
        self._segment: Segment | None = None  # the last classified window of the current utterance

    def feed(self, block: np.ndarray) -> list[LivePrediction]:
        """Take the next block of the stream, and return a prediction for each hop that it completes.

        Args:
            block: of any length, in one of the forms that `Predictor.predict` takes.

        Raises:
            UserError: the block has NaN or another shape or type.
        """
        signal = as_mono(block)
        if self._resampler is not None:
            signal = self._resampler.resample_chunk(signal)
        self._samples.append(signal)
        predictions = []
        while self._samples.end >= self._hop_end:
            predictions.append(self._finish_hop())
            self._hop_end += self._hop
        self._samples.discard_before(self._samples.end - self._reach)
        return predictions

    def _finish_hop(self) -> LivePrediction:
        hop = self._samples.read(self._hop_end - self._hop, self._hop_end)
        voice_probability = self._detector.advance(self._samples, self._hop_end)
        self._classify_utterance()
        segment = self._segment
        return LivePrediction(
            time=self._hop_end / RATE,
            prediction=self._smoothed_prediction(),
            window=(segment.start, segment.end) if segment else None,
            window_prediction=segment.prediction if segment else None,
            voice_probability=voice_probability,
            level=float(np.sqrt(np.square(hop, dtype=np.float64).mean())),
        )

    def _classify_utterance(self) -> None:
        """Classify the end of the current utterance, if there is one that is long enough and has grown."""
        if self._detector.utterance is None:
            self._segment = None
            self._smoother.reset()
            return
        start, end = self._detector.utterance
        end = min(end, self._hop_end)
        window_start = max(start, end - round(self._settings.window * RATE))
        has_grown = self._segment is None or self._segment.end < end / RATE
        if not has_grown or end - start < self._settings.min_speech * RATE:
            return
        prediction = self._predictor.predict(self._samples.read(window_start, end), RATE, self._settings.threshold)
        if prediction.label != NO_SPEECH:  # if it is too quiet, the previous prediction stays
            self._segment = Segment(window_start / RATE, end / RATE, prediction)
            self._smoother.update(np.array(list(prediction.probabilities.values())))

    def _smoothed_prediction(self) -> Prediction:
        if self._segment is None:
            return Prediction(NO_SPEECH)
        duration = self._segment.end - self._segment.start
        return self._predictor.to_prediction(self._smoother.average, duration, self._settings.threshold)
