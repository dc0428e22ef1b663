"""Name the emotion of speech with the shipped model: `Predictor().predict(signal, rate)`. Needs no TensorFlow."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError, require
from speech_emotion.onnx_model.session import UNREADABLE

MODEL = Path(__file__).parents[1] / "models" / "ser.onnx"
UNSURE, NO_SPEECH = "unsure", "no speech"
THRESHOLD = 0.5  # an emotion less probable than this is called unsure
SPEECH_DBFS = -55.0  # no 50 ms of a signal louder than this: no speech. A quiet room is near -70, quiet speech near -40
LEVEL_SECONDS = 0.05
SILENCE_DBFS = -120.0  # what a level of nothing at all is called
OUTPUTS = ["probabilities", "features"]
NEEDED = ["labels", "sample_rate", "features"]  # of the metadata


@dataclass(frozen=True)
class Prediction:
    """What was heard.

    Attributes:
        label: the most probable emotion, or UNSURE, or NO_SPEECH.
        probabilities: of every emotion, in the model's order, sum 1; empty if there was no speech.
        duration: of the signal, in seconds.
    """

    label: str
    probabilities: dict[str, float] = field(default_factory=dict)
    duration: float = 0.0

    @property
    def emotion(self) -> str | None:
        """The most probable emotion, however unsure; None if there was no speech."""
        return max(self.probabilities, key=self.probabilities.get, default=None)

    @property
    def confidence(self) -> float:
        """The probability of `emotion`, 0 to 1."""
        return max(self.probabilities.values(), default=0.0)


class Predictor:
    """The shipped model. One may be shared by threads.

    Attributes:
        labels: the emotions, in the order of `probabilities`.
        sample_rate: that the model hears, in Hz; `predict` takes any.
        shortest: samples at `sample_rate` that make one frame; less is refused.
        metadata: all that the file says about itself (corpus, fold, scores, licence, ...).
    """

    def __init__(self, path: Path | str = MODEL, threads: int = 1):
        """Load the model file `path`; one prediction uses `threads` cores.

        Raises:
            UserError: the file is absent or damaged, or is not a model of this kind.
        """
        self._session = _session(Path(path), threads)
        self.metadata = _metadata(self._session, path)
        self.labels: list[str] = self.metadata["labels"]
        self.sample_rate: int = self.metadata["sample_rate"]
        self.shortest: int = self.metadata["features"]["n_fft"]

    def predict(self, signal: np.ndarray, rate: float, threshold: float = THRESHOLD) -> Prediction:
        """Classify one utterance.

        Args:
            signal: (samples,) or (samples, channels), float with full scale -1 to 1, or int16 or int32.
            rate: of the signal, in Hz.
            threshold: probability, 0 to 1, below which the label is UNSURE.

        Raises:
            UserError: the signal is shorter than a frame, or has NaN or another shape or type.
        """
        signal = as_mono(signal)
        lowest, highest = decoding.SAMPLE_RATES
        require(lowest <= rate <= highest, f"a sample rate of {rate} Hz; expected {lowest:,} to {highest:,}")
        heard = signal if rate == self.sample_rate else loading.resample(signal, rate, self.sample_rate)
        require(
            len(heard) >= self.shortest,
            f"is {len(signal) / rate:.3f} s long, shorter than a frame; expected {self.shortest / self.sample_rate} s "
            "or more",
        )
        if level(heard, self.sample_rate) < SPEECH_DBFS:
            return Prediction(NO_SPEECH, duration=len(signal) / rate)
        return self.decide(self.probabilities(heard), len(signal) / rate, threshold)

    def probabilities(self, signal: np.ndarray) -> np.ndarray:
        """Run the model alone: float32 (samples,), mono, finite, at `sample_rate`, to float32 (labels,)."""
        return self._session.run(OUTPUTS[:1], {"signal": signal})[0]

    def mfcc(self, signal: np.ndarray) -> np.ndarray:
        """Return what the network sees of a signal, trimmed: `probabilities`' argument to float32 (frames, n_mfcc).

        With deltas in the settings of the features, those follow the coefficients.
        """
        return self._session.run(OUTPUTS[1:], {"signal": signal})[0][0]

    def decide(self, probabilities: np.ndarray, duration: float = 0.0, threshold: float = THRESHOLD) -> Prediction:
        """Name the emotion of (labels,) probabilities, for instance of smoothed ones."""
        named = dict(zip(self.labels, map(float, probabilities), strict=True))
        top = max(named, key=named.get)
        return Prediction(top if named[top] >= threshold else UNSURE, named, duration)


def level(signal: np.ndarray, rate: float) -> float:
    """Return the RMS of the loudest 50 ms in dB below full scale, at least SILENCE_DBFS; float32 (samples,)."""
    size = min(max(1, round(LEVEL_SECONDS * rate)), max(1, len(signal)))
    frames = signal[: len(signal) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1).max(initial=10 ** (SILENCE_DBFS / 10))
    return float(10 * np.log10(power))


def as_mono(signal: np.ndarray) -> np.ndarray:
    """Return float32 (samples,) from what `Predictor.predict` takes."""
    signal = np.asarray(signal)
    if signal.dtype in (np.int16, np.int32):
        signal = signal / -float(np.iinfo(signal.dtype).min)
    require(
        signal.dtype.kind == "f" and signal.ndim in (1, 2),
        f"a signal of type {signal.dtype} and shape {signal.shape}; expected float, int16 or int32 of shape (samples,) "
        "or (samples, channels)",
    )
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit float32 or is not finite is refused below
        signal = signal.astype(np.float32, copy=False)
        signal = signal.mean(axis=1) if signal.ndim == 2 else signal
    decoding.check_samples(signal)
    return signal


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    there = os.path.isfile(path)
    require(there, f"{path}: no such model; expected the file that the package stage writes (`dvc repro`)")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except UNREADABLE as error:
        raise UserError(f"{path}: cannot be read as an ONNX model ({error}); fetch it again") from error


def _metadata(session: onnxruntime.InferenceSession, path: Path | str) -> dict:
    inputs, outputs = ([item.name for item in items] for items in (session.get_inputs(), session.get_outputs()))
    require(
        inputs == ["signal"] and outputs == OUTPUTS,
        f"{path}: a model from {inputs} to {outputs}; expected signal to {OUTPUTS}, as the package stage writes it",
    )
    try:
        metadata = {key: json.loads(value) for key, value in session.get_modelmeta().custom_metadata_map.items()}
    except ValueError as error:
        raise UserError(f"{path}: its metadata cannot be read as JSON ({error}); fetch it again") from error
    missing = [key for key in NEEDED if key not in metadata]
    require(not missing, f"{path}: no {', '.join(missing)} in its metadata; fetch it again")
    return metadata
