"""Load audio files as mono signals at any sample rate. The quality of resampling is soxr's default, and librosa's."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError


def load(path: Path, sample_rate: int, name: str = "") -> np.ndarray:
    """Decode a file, mix it down to mono and resample it to `sample_rate` in Hz.

    Args:
        path: Audio file at any sample rate, with any number of channels: wav, aiff, flac, ogg, mp3, or, if ffmpeg is
            installed, any format that it supports.
        name: Name of the file in error messages; its path if empty.

    Returns:
        float32 of shape (samples,), full scale -1 to 1.

    Raises:
        UserError: the file cannot be read or decoded, is truncated, or has no samples, only zeros, or NaN.
    """
    rates, chunks = zip(*_mono_chunks(path, name), strict=True)
    return resample(np.concatenate(chunks), rates[0], sample_rate)


def stream(path: Path, sample_rate: int, name: str = "") -> Iterator[np.ndarray]:
    """Yield the signal of `load`, up to rounding, in chunks of any length. The memory is limited.

    Errors that can only be found at the end of the file are raised after the last chunk.
    """
    resampler = None
    for rate, chunk in _mono_chunks(path, name):
        if rate == sample_rate:
            yield chunk
            continue
        if resampler is None:
            resampler = soxr.ResampleStream(rate, sample_rate, 1)
        yield resampler.resample_chunk(chunk)
    if resampler is not None:
        yield resampler.resample_chunk(np.empty(0, np.float32), last=True)


def resample(signal: np.ndarray, rate: float, sample_rate: float) -> np.ndarray:
    """Resample float32 (samples,) from `rate` to `sample_rate`, both in Hz."""
    return soxr.resample(signal, rate, sample_rate).astype(np.float32, copy=False)


def _mono_chunks(path: Path, name: str) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the sample rate and the mean of the channels for each chunk. Errors name the file."""
    try:
        for rate, chunk in decoding.decode(path):
            yield rate, chunk.mean(axis=1)
    except UserError as error:
        raise UserError(f"{name or path}: {error}") from error
