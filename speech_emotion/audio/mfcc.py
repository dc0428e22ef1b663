"""From a signal to a sequence of MFCCs, the same however loud the clip was recorded.

But for that they are not normalised here: the network does it itself (ser/model.py), so that one set of features serves
every normalisation and the model file carries its own.
"""

from dataclasses import dataclass

import librosa
import numpy as np

from speech_emotion.core.errors import require


@dataclass(frozen=True)
class FeatureSettings:
    """The section `features` of params.yaml, where each key is explained."""

    sample_rate: int
    trim_db: float
    n_fft: int
    hop_length: int
    n_mels: int
    n_mfcc: int
    deltas: int
    average_frames: int

    def __post_init__(self):
        ranges = {
            "sample_rate": (1000, 192_000, ""),
            "n_fft": (16, 65_536, ""),
            "hop_length": (1, self.n_fft, "n_fft, "),
            "n_mels": (1, self.n_fft // 2 + 1, "n_fft / 2 + 1, "),  # bins of the spectrum
            "n_mfcc": (1, self.n_mels, "n_mels, "),
            "deltas": (0, 2, ""),
            "pool": (1, 1000, ""),
        }
        for name, (low, high, bound) in ranges.items():
            given = getattr(self, name)
            require(low <= given <= high, f"features.{name} is {given}; expected {low} to {bound}{high}")
        require(self.trim_db > 0, f"features.trim_db is {self.trim_db}; expected a level in dB above 0")


def extract(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Return the clip's MFCC sequence: trimmed, with deltas, averaged over runs of `pool` frames.

    The log-mel spectrum is taken relative to its mean, so that the first coefficient tells loud frames from quiet ones
    but not a recording that was turned up from one that was not.

    Args:
        signal: float32 of shape (samples,), mono, at `settings.sample_rate`.

    Returns:
        float32 of shape (frames // pool, n_mfcc * (1 + deltas)), at least one row.
    """
    decibels = log_mel(trim(signal, settings), settings)
    mfcc = librosa.feature.mfcc(S=decibels - decibels.mean(), n_mfcc=settings.n_mfcc)
    orders = [mfcc] + [librosa.feature.delta(mfcc, order=n, mode="nearest") for n in range(1, settings.deltas + 1)]
    return average_frames(np.concatenate(orders).T, settings.pool).astype(np.float32)


def trim(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Cut leading and trailing parts that are `trim_db` below the loudest frame; (samples,) to (fewer samples,)."""
    return librosa.effects.trim(signal, top_db=settings.trim_db)[0]


def log_mel(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Return the mel power spectrogram in dB, floored 80 dB below its peak: (samples,) to (n_mels, frames)."""
    mel = librosa.feature.melspectrogram(
        y=signal,
        sr=settings.sample_rate,
        n_fft=settings.n_fft,
        hop_length=settings.hop_length,
        n_mels=settings.n_mels,
    )
    return librosa.power_to_db(mel, top_db=80.0)


def average_frames(frames: np.ndarray, size: int) -> np.ndarray:
    """Average runs of `size` frames, (frames, coefficients) to (frames // size, coefficients).

    A last run that is not full is left out, unless it is all there is.
    """
    full = len(frames) // size * size
    if not full:
        return frames.mean(axis=0, keepdims=True)
    return frames[:full].reshape(-1, size, frames.shape[1]).mean(axis=1)
