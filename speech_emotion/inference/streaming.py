"""Speech as it comes: a window that rolls over blocks of any size, judged at every hop in which somebody speaks."""

import math
from dataclasses import dataclass

import numpy as np
import soxr

from speech_emotion.inference import voice_activity
from speech_emotion.audio.loading import RESAMPLING_QUALITY
from speech_emotion.core.errors import require
from speech_emotion.inference.predictor import NO_SPEECH, Prediction, Predictor, THRESHOLD, as_mono
from speech_emotion.inference.voice_activity import UtteranceDetector


@dataclass(frozen=True)
class StreamingSettings:
    """How a stream is judged.

    Attributes:
        window: seconds judged at most: the last ones of what is being said.
        hop: seconds from one judgement to the next.
        shortest: seconds of speech, margins included, before the first judgement.
        pause: seconds without a voice that end what is being said; shorter ones are part of it.
        smoothing: time constant in seconds of the moving average over judgements; 0 is none.
        threshold: probability below which a label is "unsure".
    """

    window: float = 3.0
    hop: float = 0.25
    shortest: float = 0.75
    pause: float = 0.6
    smoothing: float = 0.5
    threshold: float = THRESHOLD

    def __post_init__(self):
        limits = {"shortest": (0.1, 60), "window": (max(0.5, self.shortest), 60), "hop": (0.1, 5), "pause": (0, 10)}
        for name, (low, high) in (limits | {"smoothing": (0, 60), "threshold": (0, 1)}).items():
            value = getattr(self, name)
            require(low <= value <= high, f"a {name} of {value}; expected {low} to {high}")


@dataclass(frozen=True)
class LivePrediction:
    """What is known at the end of a hop.

    Attributes:
        time: of the hop's end, in seconds from the start of the stream.
        prediction: to show: NO_SPEECH while nobody speaks, else an emotion or UNSURE by the averaged probabilities.
        window: start and end, in seconds, of the samples judged last; None while nobody speaks.
        instant: the judgement of that window alone, equal to `Predictor.predict` of it; None while nobody speaks.
        voice: highest probability of a voice in the hop, 0 to 1.
        level: root mean square of the hop; full scale is 1.
    """

    time: float
    prediction: Prediction
    window: tuple[float, float] | None
    instant: Prediction | None
    voice_activity: float
    level: float


class StreamingPredictor:
    """Judges one stream: `feed` it the blocks in order. A predictor may be shared by many listeners.

    Times are counted in samples at the predictor's rate, so that the moments do not depend on the size of the blocks.
    """

    def __init__(self, predictor: Predictor, rate: float, settings: StreamingSettings = StreamingSettings()):
        """Listen to a stream of `rate` Hz.

        Raises:
            UserError: no such rate is recorded, or the model hears another rate than the voice detector.
        """
        own = predictor.sample_rate
        require(1000 <= rate <= 400_000, f"a sample rate of {rate} Hz; expected 1,000 to 400,000")
        require(own == voice_activity.RATE, f"the model hears {own} Hz; live speech needs one that hears {voice_activity.RATE} Hz")
        self.predictor, self.settings = predictor, settings
        self._resampler = None if rate == own else soxr.ResampleStream(rate, own, 1, dtype="float32", quality=RESAMPLING_QUALITY)
        self._utterance = UtteranceDetector(settings.pause)
        self._held, self._origin = (
            np.empty(0, np.float32),
            0,
        )  # the last samples, and which of the stream is their first
        self._hop = self._due = round(settings.hop * own)  # samples from hop to hop; where the present one ends
        self._voice = 0.0
        self._judged: tuple[int, int] | None = None  # samples of the utterance that were judged last
        self._instant: Prediction | None = None
        self._average: np.ndarray | None = None  # (labels,)

    def feed(self, block: np.ndarray) -> list[LivePrediction]:
        """Take the next block of the stream, and return a moment for every hop that ends in it.

        Args:
            block: of any length, in one of the forms that `Predictor.predict` takes.

        Raises:
            UserError: the block has NaN or another shape or type.
        """
        signal = as_mono(block)
        if self._resampler is not None:
            signal = self._resampler.resample_chunk(signal)
        self._held = np.concatenate([self._held, signal])
        moments = []
        while self._origin + len(self._held) >= self._due:
            moments.append(self._moment())
            self._due += self._hop
        self._drop()
        return moments

    def _moment(self) -> LivePrediction:
        self._hear()
        self._judge()
        rate, hop = self.predictor.sample_rate, self._samples(self._due - self._hop, self._due)
        window = None if self._instant is None else (self._judged[0] / rate, self._judged[1] / rate)
        shown = Prediction(NO_SPEECH, duration=0.0)
        if window is not None:
            shown = self.predictor.decide(self._average, window[1] - window[0], self.settings.threshold)
        level = float(np.sqrt(np.square(hop, dtype=np.float64).mean()))
        return LivePrediction(self._due / rate, shown, window, self._instant, self._voice, level)

    def _hear(self) -> None:
        """Let the voice detector hear the chunks that are complete by the end of the hop."""
        self._voice = 0.0
        while (end := self._utterance.heard + voice_activity.CHUNK) <= self._due:
            self._voice = max(self._voice, self._utterance.hear(self._samples(self._utterance.heard, end)))

    def _judge(self) -> None:
        """Judge the utterance so far, if there is one and it has grown."""
        start, end = self._utterance.start, min(self._utterance.end, self._due)
        if start is None:
            self._judged = self._instant = self._average = None
            return
        rate = self.predictor.sample_rate
        window = max(start, end - round(self.settings.window * rate)), end
        if window == self._judged or end - start < self.settings.shortest * rate:
            return
        made = self.predictor.predict(self._samples(*window), rate, self.settings.threshold)
        if made.label != NO_SPEECH:  # a voice too soft to be judged changes nothing
            self._judged, self._instant = window, made
            self._smooth(np.array(list(made.probabilities.values())))

    def _smooth(self, probabilities: np.ndarray) -> None:
        if self._average is None or self.settings.smoothing == 0:
            self._average = probabilities
        share = -math.expm1(-self.settings.hop / self.settings.smoothing) if self.settings.smoothing else 1.0
        self._average = self._average + share * (probabilities - self._average)

    def _samples(self, start: int, end: int) -> np.ndarray:
        return self._held[start - self._origin : end - self._origin]

    def _drop(self) -> None:
        """Forget what no window can reach any more."""
        longest = round((self.settings.window + self.settings.pause + self.settings.hop) * self.predictor.sample_rate)
        drop = max(0, len(self._held) - longest - 2 * voice_activity.MARGIN)
        self._held, self._origin = self._held[drop:], self._origin + drop
