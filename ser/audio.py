"""The one way from an audio file to a signal."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from ser.errors import UserError


def load(path: Path, sample_rate: int) -> np.ndarray:
    """Decode a file, mix it down to mono and resample it.

    libsndfile goes by the content, not by the name: AIFF under a .wav name is read (two clips of TESS are that).

    Args:
        path: audio that libsndfile reads (wav, aiff, flac, ogg, mp3), any rate, any number of channels.
        sample_rate: of the signal returned, in Hz.

    Returns:
        float32 of shape (samples,), full scale is -1 to 1.

    Raises:
        UserError: the file cannot be decoded or holds no samples.
    """
    try:
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)  # (samples, channels)
    except (OSError, soundfile.LibsndfileError) as error:
        raise UserError(f"{path}: cannot be decoded ({error}); expected wav, aiff, flac, ogg or mp3") from error
    if not len(signal):
        raise UserError(f"{path}: holds no samples; expected speech")
    return resample(signal.mean(axis=1), rate, sample_rate)


def resample(signal: np.ndarray, rate: float, sample_rate: float) -> np.ndarray:
    """Resample float32 (samples,) from `rate` to `sample_rate` in Hz, at soxr's HQ setting (librosa's default too)."""
    return soxr.resample(signal, rate, sample_rate, quality="HQ").astype(np.float32, copy=False)
