"""Masks of time and frequency on a clip, drawn anew each time it is used in training.

Masked frames or bands are set to the clip's mean, so that the network cannot rely on any one moment or band.
Source: Park et al., SpecAugment, https://arxiv.org/abs/1904.08779, with one mask of each kind.

A sequence is float32 of shape (frames, coefficients). Nothing is drawn for a mask that is off.
"""

import numpy as np
import scipy.fft


def mask(sequence: np.ndarray, time_mask: float, band_mask: float, generator: np.random.Generator) -> np.ndarray:
    """Return the sequence with one mask of each kind. The arguments are the largest fractions masked; 0 is off."""
    if time_mask:
        sequence = mask_frames(sequence, time_mask, generator)
    if band_mask:
        sequence = mask_bands(sequence, band_mask, generator)
    return sequence


def mask_frames(sequence: np.ndarray, largest: float, generator: np.random.Generator) -> np.ndarray:
    """Set a run of at most `largest` of the frames, possibly none, to the mean frame."""
    is_masked = draw_run(len(sequence), largest, generator)[:, None]  # (frames, 1)
    return np.where(is_masked, sequence.mean(axis=0), sequence)


def mask_bands(sequence: np.ndarray, largest: float, generator: np.random.Generator) -> np.ndarray:
    """Set a run of at most `largest` of the mel bands, possibly none, to their means over the clip.

    The coefficients are the orthonormal cosine transform of the bands. If there are fewer of them than mel bands, the
    bands are smoothed ones, as in a log_mel input.
    """
    is_masked = draw_run(sequence.shape[1], largest, generator)  # (bands,)
    bands = scipy.fft.idct(sequence, axis=1, norm="ortho")
    return scipy.fft.dct(np.where(is_masked, bands.mean(axis=0), bands), axis=1, norm="ortho")


def draw_run(count: int, largest: float, generator: np.random.Generator) -> np.ndarray:
    """Return which of `count` places a mask covers, bool (count,): any width up to `largest` of them, any position."""
    width = generator.integers(0, int(largest * count), endpoint=True)
    start = generator.integers(0, count - width, endpoint=True)
    places = np.arange(count)
    return (start <= places) & (places < start + width)
