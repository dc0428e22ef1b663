"""Predict the emotion of one utterance with the shipped model: `Predictor().predict(signal, rate)`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference import enroll
from speech_emotion.inference.signals import SPEECH_DBFS, as_mono, check_range, peak_level_dbfs
from speech_emotion.inference.speaker import Speaker
from speech_emotion.onnx_model.session import EMBEDDING, open_session, read_metadata

_INSTALLED_MODEL = Path(__file__).parents[1] / "models" / "ser.onnx"  # the wheel puts it there
_REPOSITORY_MODEL = Path(__file__).parents[2] / "models" / "ser.onnx"
MODEL = _INSTALLED_MODEL if _INSTALLED_MODEL.is_file() else _REPOSITORY_MODEL
UNSURE = "unsure"
NO_SPEECH = "no speech"
THRESHOLD = 0.5  # for a model file that has no threshold of its own


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
        can_enroll: whether `enroll` can teach it a voice.
    """

    def __init__(self, path: Path = MODEL):
        """Load the model file `path`. Raises UserError if it is missing, damaged, or another kind of model."""
        self._path = Path(path)
        self._session = open_session(self._path, ["signal"], ["probabilities", "features"])
        self.metadata = read_metadata(self._session, path, ["labels", "sample_rate", "features"])
        self.labels: list[str] = self.metadata["labels"]
        self.sample_rate: int = self.metadata["sample_rate"]
        self.coefficients: int = self.metadata["features"]["n_mfcc"]
        self._min_samples: int = self.metadata["features"]["n_fft"]
        self.threshold: float = self.metadata.get("threshold", THRESHOLD)
        optional_inputs = [item.name for item in self._session.get_overridable_initializers()]
        self.uses_speaker = "speaker_moments" in optional_inputs
        self.can_enroll = EMBEDDING in {item.name for item in self._session.get_outputs()}

    @cached_property
    def model_hash(self) -> str:
        """SHA-256 of the model file."""
        return model_hash(self._path)

    def predict(
        self,
        signal: np.ndarray,
        rate: float,
        threshold: float | None = None,
        speaker: Speaker | None = None,
        already_heard: bool = False,
        voice: Voice | None = None,
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
            voice: who speaks, if the person was enrolled. Then there is no `speaker`.

        Raises:
            TooShortError: the signal is shorter than one frame.
            UserError: the rate is out of range, the signal contains NaN or has another shape or type, there is a
                speaker and the model cannot use one, or the voice was enrolled with another model.
        """
        signal, duration = self.at_own_rate(signal, rate)
        if self.is_quiet(signal):
            return Prediction(NO_SPEECH, duration=duration)
        if voice is not None:
            if speaker is not None:
                raise UserError("a speaker and a voice were given; expected one of them")
            self.check_voice(voice)
            of_network, embedding = self.describe(signal, voice.moments)
            return self.to_prediction(voice.probabilities(embedding, of_network), duration, threshold)
        if speaker is None:
            return self.to_prediction(self.probabilities(signal), duration, threshold)
        probabilities = self._probabilities_of(speaker, signal, already_heard)
        return self.to_prediction(probabilities, duration, threshold)

    def hear(self, signal: np.ndarray, rate: float, speaker: Speaker) -> None:
        """Add an utterance to what was heard of a speaker. Takes and raises what `predict` does."""
        self._check_uses_speaker()
        signal, _ = self.at_own_rate(signal, rate)
        if not self.is_quiet(signal):
            speaker.hear(self.features(signal))

    def enroll(self, clips: Mapping[str, Sequence[np.ndarray]], rate: float, speaker: Speaker | None = None) -> Voice:
        """Learn how one person sounds with each emotion.

        Args:
            clips: {emotion: recordings of one utterance each, as `predict` takes them}. One of each emotion helps, five
                are good. An emotion may be missing: it keeps the model's own judgement.
            rate: the sample rate of all recordings in Hz.
            speaker: what was heard of the person otherwise, without labels.

        Raises:
            UserError: an emotion is unknown, a recording is silent, too short or not a signal, there is neither a
                recording nor a speaker, or the model cannot learn a voice.
        """
        return enroll.enroll(self, clips, rate, speaker)

    def check_voice(self, voice: Voice) -> None:
        """Raise UserError if a voice was enrolled with another model."""
        if voice.model != self.model_hash:
            raise UserError("the voice was made with another model file; enroll the person again with this one")

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

    def describe(self, signal: np.ndarray, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the probabilities, float32 (labels,), and the embedding, float32 (columns,), of a signal.

        Args:
            signal: as for `probabilities`.
            heard: float (1 + 2 * coefficients,), see `core.moments.moments`, of what else was heard of the speaker.
        """
        inputs = {"signal": signal, "speaker_moments": heard.astype(np.float32)}
        return tuple(self._session.run(["probabilities", EMBEDDING], inputs))

    def at_own_rate(self, signal: np.ndarray, rate: float) -> tuple[np.ndarray, float]:
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

    def is_quiet(self, signal: np.ndarray) -> bool:
        """Return whether there is no speech in float32 (samples,) at `sample_rate`."""
        return peak_level_dbfs(signal, self.sample_rate) < SPEECH_DBFS

    def _probabilities_of(self, speaker: Speaker, signal: np.ndarray, already_heard: bool) -> np.ndarray:
        """As `probabilities`, with what was heard of the speaker, who then has been heard with this signal too."""
        self._check_uses_speaker()
        heard = speaker.moments(self.coefficients)
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


def model_hash(path: Path) -> str:
    """Return the SHA-256 of a model file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
