"""Load audio files as mono signals at any sample rate."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError

RESAMPLING_QUALITY = "HQ"  # soxr's default, and librosa's


def load(path: Path, sample_rate: int, name: str = "") -> np.ndarray:
    """Decode a file, mix it down to mono and resample it.

    Args:
        path: audio that libsndfile knows (wav, aiff, flac, ogg, mp3), or ffmpeg if it is installed. Any sample rate,
            any number of channels.
        sample_rate: of the returned signal, in Hz.
        name: what error messages call the file; its path if empty.

    Returns:
        float32 of shape (samples,), full scale -1 to 1.

    Raises:
        UserError: the file cannot be read or decoded, is truncated, or has no samples, only zeros, or NaN.
    """
    blocks = list(_mono_blocks(path, name))
    rate = blocks[0][0]
    return resample(np.concatenate([block for _, block in blocks]), rate, sample_rate)


def stream(path: Path, sample_rate: int, name: str = "") -> Iterator[np.ndarray]:
    """Yield the signal of `load` in pieces of any length, in memory that does not grow with the recording.

    The signal is that of `load` up to rounding. Errors that only show at the end of the file are raised there.
    """
    resampler = None
    for rate, block in _mono_blocks(path, name):
        if rate == sample_rate:
            yield block
            continue
        if resampler is None:
            resampler = soxr.ResampleStream(rate, sample_rate, 1, dtype="float32", quality=RESAMPLING_QUALITY)
        yield resampler.resample_chunk(block)
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, np.float32), last=True)


def resample(signal: np.ndarray, rate: float, sample_rate: float) -> np.ndarray:
    """Resample float32 (samples,) from `rate` to `sample_rate`, both in Hz."""
    return soxr.resample(signal, rate, sample_rate, quality=RESAMPLING_QUALITY).astype(np.float32, copy=False)


def _mono_blocks(path: Path, name: str) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (sample rate, mean of the channels) block by block. Errors name the file."""
    try:
        for rate, block in decoding.decode(path):
            yield rate, block.mean(axis=1)
    except UserError as error:
        raise UserError(f"{name or path}: {error}") from error
