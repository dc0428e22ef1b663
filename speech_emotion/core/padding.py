"""Sequences of different lengths as one array."""

from collections.abc import Sequence

import numpy as np


def pad(sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return a batch of sequences of shape (frames, coefficients), padded with zeros at the end, and their lengths.

    Returns:
        float32 of shape (sequences, longest, coefficients), and int32 of shape (sequences,).
    """
    lengths = np.array([len(sequence) for sequence in sequences], np.int32)
    batch = np.zeros((len(sequences), lengths.max(), sequences[0].shape[1]), np.float32)
    for row, sequence in zip(batch, sequences, strict=True):
        row[: len(sequence)] = sequence
    return batch, lengths
