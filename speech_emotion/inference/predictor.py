"""Predict the emotion of one utterance with the shipped model: `Predictor().predict(signal, rate)`."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments
from speech_emotion.inference.speaker import Speaker
from speech_emotion.onnx_model.session import open_session, read_metadata

_INSTALLED_MODEL = Path(__file__).parents[1] / "models" / "ser.onnx"  # the wheel puts it there
_REPOSITORY_MODEL = Path(__file__).parents[2] / "models" / "ser.onnx"
MODEL = _INSTALLED_MODEL if _INSTALLED_MODEL.is_file() else _REPOSITORY_MODEL
UNSURE = "unsure"
NO_SPEECH = "no speech"
THRESHOLD = 0.5  # for a model file that has no threshold of its own
SPEECH_DBFS = -55.0  # below this peak level the label is NO_SPEECH; a quiet room is near -70, quiet speech near -40
LEVEL_SECONDS = 0.05  # over which a level is measured
SILENCE_DBFS = -120.0  # the level of digital silence, whose logarithm would be infinite


class TooShortError(UserError):
    """The signal is shorter than one frame."""


@dataclass(frozen=True)
class Prediction:
    """The emotion of an utterance.

    Attributes:
        label: the most probable emotion, UNSURE or NO_SPEECH.
        probabilities: the probability of each emotion, in the model's order; they sum to 1. Empty without speech.
        duration: the length of the signal in seconds.
    """

    label: str
    probabilities: dict[str, float] = field(default_factory=dict)
    duration: float = 0.0

    @property
    def emotion(self) -> str | None:
        """The most probable emotion, even if the label is UNSURE; None without speech."""
        return max(self.probabilities, key=self.probabilities.get, default=None)

    @property
    def confidence(self) -> float:
        """The probability of `emotion`, 0 to 1; 0 without speech."""
        return max(self.probabilities.values(), default=0.0)


class Predictor:
    """The shipped model. Several threads may share one predictor; one prediction uses one core.

    Attributes:
        labels: the emotions, in the order of the probabilities.
        sample_rate: the sample rate of the model's input in Hz. `predict` resamples to it.
        threshold: the probability of the most probable emotion below which the label is UNSURE, unless another is
            given: the model's own, from its metadata.
        metadata: the description in the model file, such as corpora, scores and license.
        uses_speaker: whether `predict` can use what was heard of a speaker before.
    """

    def __init__(self, path: Path = MODEL):
        """Load the model file `path`. Raises UserError if it is missing, damaged, or another kind of model."""
        self._session = open_session(Path(path), ["signal"], ["probabilities", "features"])
        self.metadata = read_metadata(self._session, path, ["labels", "sample_rate", "features"])
        self.labels: list[str] = self.metadata["labels"]
        self.sample_rate: int = self.metadata["sample_rate"]
        self._min_samples: int = self.metadata["features"]["n_fft"]
        self.threshold: float = self.metadata.get("threshold", THRESHOLD)
        optional_inputs = [item.name for item in self._session.get_overridable_initializers()]
        self.uses_speaker = "speaker_moments" in optional_inputs

    def predict(
        self,
        signal: np.ndarray,
        rate: float,
        threshold: float | None = None,
        speaker: Speaker | None = None,
        already_heard: bool = False,
    ) -> Prediction:
        """Predict the emotion of one utterance.

        Args:
            signal: (samples,) or (samples, channels), float with full scale -1 to 1, or int16 or int32.
            rate: the sample rate of the signal in Hz.
            threshold: the probability, 0 to 1, below which the label is UNSURE; None is `self.threshold`.
            speaker: who speaks, if it is known that several utterances are of the same person. What was heard of the
                person before takes the voice, the room and the microphone out. This utterance is added to it. Measured
                with utterances of all emotions; if all have the same emotion, it would be taken for the voice.
            already_heard: whether the speaker was heard with this very utterance before, by `hear`. Then it is not
                added again.

        Raises:
            TooShortError: the signal is shorter than one frame.
            UserError: the rate is out of range, the signal contains NaN or has another shape or type, or there is a
                speaker and the model cannot use one.
        """
        signal, duration = self._at_own_rate(signal, rate)
        if self._is_quiet(signal):
            return Prediction(NO_SPEECH, duration=duration)
        if speaker is None:
            return self.to_prediction(self.probabilities(signal), duration, threshold)
        probabilities = self._probabilities_of(speaker, signal, already_heard)
        return self.to_prediction(probabilities, duration, threshold)

    def hear(self, signal: np.ndarray, rate: float, speaker: Speaker) -> None:
        """Add an utterance to what was heard of a speaker. Takes and raises what `predict` does."""
        self._check_uses_speaker()
        signal, _ = self._at_own_rate(signal, rate)
        if not self._is_quiet(signal):
            speaker.hear(self.features(signal))

    def probabilities(self, signal: np.ndarray) -> np.ndarray:
        """Run the model on float32 (samples,), mono and finite, at `sample_rate`. Return float32 (labels,)."""
        return self._session.run(["probabilities"], {"signal": signal})[0]

    def features(self, signal: np.ndarray) -> np.ndarray:
        """Return the features of the trimmed signal, float32 (frames, coefficients); `signal` as above."""
        return self._session.run(["features"], {"signal": signal})[0][0]

    def to_prediction(self, probabilities: np.ndarray, duration: float, threshold: float | None = None) -> Prediction:
        """Return the prediction for probabilities (labels,), such as a mean over several windows."""
        threshold = self.threshold if threshold is None else threshold
        by_label = dict(zip(self.labels, map(float, probabilities), strict=True))
        emotion = max(by_label, key=by_label.get)
        return Prediction(emotion if by_label[emotion] >= threshold else UNSURE, by_label, duration)

    def _at_own_rate(self, signal: np.ndarray, rate: float) -> tuple[np.ndarray, float]:
        """Check a signal; return it as float32 (samples,) at `sample_rate`, and its duration in seconds."""
        check_range("sample rate", rate, *decoding.SAMPLE_RATES)
        signal = as_mono(signal)
        duration = len(signal) / rate
        if rate != self.sample_rate:
            signal = loading.resample(signal, rate, self.sample_rate)
        if len(signal) < self._min_samples:
            shortest = self._min_samples / self.sample_rate
            raise TooShortError(
                f"the signal is {duration:.3f} s long, shorter than one frame; expected {shortest} s or more"
            )
        return signal, duration

    def _is_quiet(self, signal: np.ndarray) -> bool:
        return peak_level_dbfs(signal, self.sample_rate) < SPEECH_DBFS

    def _probabilities_of(self, speaker: Speaker, signal: np.ndarray, already_heard: bool) -> np.ndarray:
        """As `probabilities`, with what was heard of the speaker, who then has been heard with this signal too."""
        self._check_uses_speaker()
        heard = speaker.moments(self.metadata["features"]["n_mfcc"])
        if already_heard:  # the model itself adds this signal, so take it out first
            heard = heard - moments(self.features(signal))
        inputs = {"signal": signal, "speaker_moments": heard.astype(np.float32)}
        probabilities, features = self._session.run(["probabilities", "features"], inputs)
        if not already_heard:
            speaker.hear(features[0])
        return probabilities

    def _check_uses_speaker(self) -> None:
        if not self.uses_speaker:
            raise UserError("this model takes every utterance on its own; it cannot use what was heard of a speaker")


def check_range(name: str, value: float, lowest: float, highest: float) -> None:
    """Raise UserError if `value`, which the user chose, is NaN or not between `lowest` and `highest`."""
    if not lowest <= value <= highest:
        raise UserError(f"the {name} is {value}; expected {lowest:,} to {highest:,}")


def peak_level_dbfs(signal: np.ndarray, rate: float) -> float:
    """Return the RMS of the loudest 50 ms of float32 (samples,) in dB relative to full scale, at least SILENCE_DBFS."""
    size = max(1, min(round(LEVEL_SECONDS * rate), len(signal)))
    frames = signal[: len(signal) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1).max(initial=10 ** (SILENCE_DBFS / 10))
    return float(10 * np.log10(power))


def as_mono(signal: np.ndarray) -> np.ndarray:
    """Return any signal that `Predictor.predict` takes as float32 (samples,). Raises UserError as `predict` does."""
    signal = np.asarray(signal)
    if signal.dtype in (np.int16, np.int32):
        signal = signal / -float(np.iinfo(signal.dtype).min)
    if signal.dtype.kind != "f" or signal.ndim not in (1, 2):
        raise UserError(
            f"the signal has type {signal.dtype} and shape {signal.shape}; expected float, int16 or int32 of shape "
            "(samples,) or (samples, channels)"
        )
    with np.errstate(over="ignore", invalid="ignore"):  # check_samples reports what becomes infinite or NaN here
        signal = signal.astype(np.float32, copy=False)
        if signal.ndim == 2:
            signal = signal.mean(axis=1)
    try:
        decoding.check_samples(signal)
    except UserError as error:
        raise UserError(f"the signal {error}") from error
    return signal
