"""Compute the MFCC sequence of a signal. It does not depend on the recording level.

There is no other normalization here: the network normalizes its inputs itself (speech_emotion/network/layers.py), so
that one set of features serves every normalization.
"""

from typing import Annotated

import numpy as np
import scipy.fft
from pydantic import Field, model_validator

from speech_emotion.audio import spectrogram
from speech_emotion.core.params import Section

TRIM_FRAME, TRIM_HOP = 2048, 512  # samples: the frames whose power is compared, as in librosa.effects.trim


class FeatureSettings(Section):
    """The section `features` of params.yaml, where each key is explained."""

    sample_rate: Annotated[int, Field(ge=1000, le=192_000)]
    trim_db: Annotated[float, Field(gt=0)]
    n_fft: Annotated[int, Field(ge=16, le=65_536)]
    hop_length: Annotated[int, Field(ge=1)]
    n_mels: Annotated[int, Field(ge=1)]
    n_mfcc: Annotated[int, Field(ge=1)]
    frames_per_step: Annotated[int, Field(ge=1, le=1000)]

    @model_validator(mode="after")
    def _check_limits(self) -> "FeatureSettings":
        spectrum_bins = self.n_fft // 2 + 1
        if self.hop_length > self.n_fft:
            raise ValueError(f"hop_length is {self.hop_length}; expected at most n_fft, {self.n_fft}")
        if self.n_mels > spectrum_bins:
            raise ValueError(f"n_mels is {self.n_mels}; expected at most n_fft / 2 + 1, {spectrum_bins}")
        if self.n_mfcc > self.n_mels:
            raise ValueError(f"n_mfcc is {self.n_mfcc}; expected at most n_mels, {self.n_mels}")
        return self


def extract(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Return the MFCC sequence of a clip: trimmed, and averaged over runs of `frames_per_step` frames.

    The mean of the log-mel spectrogram is subtracted first. The first coefficient then still distinguishes loud frames
    from quiet ones, but no longer loud recordings from quiet ones.

    Args:
        signal: float32 of shape (samples,), mono, at `settings.sample_rate`.

    Returns:
        float32 of shape (steps, n_mfcc), with frames // frames_per_step steps, at least one.
    """
    decibels = log_mel(trim(signal, settings), settings)
    # (n_mfcc, frames)
    mfcc = scipy.fft.dct(decibels - decibels.mean(), axis=0, norm="ortho")[: settings.n_mfcc]
    return average_frames(mfcc.T, settings.frames_per_step).astype(np.float32)


def trim(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Remove frames at the start and end that are `trim_db` below the loudest: (samples,) to (fewer samples,)."""
    frames = spectrogram.frames(signal, TRIM_FRAME, TRIM_HOP)
    level = spectrogram.power_to_db(np.mean(np.square(frames), axis=1))  # dB, (frames,)
    loud = np.flatnonzero(level > level.max() - settings.trim_db)
    return signal[loud[0] * TRIM_HOP : (loud[-1] + 1) * TRIM_HOP]


def log_mel(signal: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Return the mel power spectrogram in dB, limited to 80 dB below its peak: (samples,) to (n_mels, frames)."""
    return spectrogram.mel_spectrogram(
        signal, settings.sample_rate, settings.n_fft, settings.hop_length, settings.n_mels
    )


def average_frames(frames: np.ndarray, size: int) -> np.ndarray:
    """Average runs of `size` frames: (frames, coefficients) to (frames // size, coefficients).

    An incomplete last run is dropped, unless it is the only one.
    """
    complete = len(frames) // size * size
    if complete == 0:
        return frames.mean(axis=0, keepdims=True)
    return frames[:complete].reshape(-1, size, frames.shape[1]).mean(axis=1)
