"""The one way from an audio file to a signal: mono, at the rate asked for."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError, require

RESAMPLING_QUALITY = "HQ"  # soxr's, and librosa's default too


def load(path: Path, sample_rate: int, name: str = "") -> np.ndarray:
    """Decode a file, mix it down to mono and resample it.

    Args:
        path: audio that libsndfile reads (wav, aiff, flac, ogg, mp3), any rate, any number of channels; other formats
            need ffmpeg.
        sample_rate: of the signal returned, in Hz.
        name: what an error calls the file; its path if empty.

    Returns:
        float32 of shape (samples,), full scale is -1 to 1.

    Raises:
        UserError: the file cannot be read or decoded, is truncated, or holds no samples, only zeros, or NaN.
    """
    decoded = list(_mono(path, name))
    return resample(np.concatenate([signal for _, signal in decoded]), decoded[0][0], sample_rate)


def stream(path: Path, sample_rate: int, name: str = "") -> Iterator[np.ndarray]:
    """Yield the signal of `load` in pieces of any length, in memory that does not grow with the recording.

    At the seams it differs from `load`'s by rounding only. What only the end of the file can tell is raised there.
    """
    resampler = None
    for rate, signal in _mono(path, name):
        if rate == sample_rate:
            yield signal
            continue
        resampler = resampler or soxr.ResampleStream(rate, sample_rate, 1, dtype="float32", quality=RESAMPLING_QUALITY)
        yield resampler.resample_chunk(signal)
    if resampler:
        yield resampler.resample_chunk(np.empty(0, np.float32), last=True)


def resample(signal: np.ndarray, rate: float, sample_rate: float) -> np.ndarray:
    """Resample float32 (samples,) from `rate` to `sample_rate` in Hz, at soxr's HQ setting (librosa's default too)."""
    return soxr.resample(signal, rate, sample_rate, quality=RESAMPLING_QUALITY).astype(np.float32, copy=False)


def _mono(path: Path, name: str) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (rate, the channels' mean) block by block; a refusal names the file."""
    try:
        first = None
        for rate, block in decoding.decode(path):
            require(rate == (first or rate), f"changes its sample rate from {first} to {rate} Hz; expected one")
            first = rate
            yield rate, block.mean(axis=1)
    except UserError as error:
        raise UserError(f"{name or path}: {error}") from error
