"""The mean and standard deviation of a speaker's features, from sums that grow with every clip."""

import numpy as np

VARIANCE_FLOOR = 1e-6  # added to a variance before its square root is taken


def moments(sequence: np.ndarray) -> np.ndarray:
    """Return what is summed over clips, float64 (1 + 2 * coefficients,): frames, sums, and sums of squares.

    `sequence` is float32 of shape (frames, coefficients).
    """
    frames = sequence.astype(np.float64)
    return np.concatenate([[len(frames)], frames.sum(axis=0), np.square(frames).sum(axis=0)])


def mean_and_variance(total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the variance, each (..., coefficients), of summed `moments` (..., columns)."""
    count, sums, squares = np.split(total, [1, 1 + (total.shape[-1] - 1) // 2], axis=-1)
    mean = sums / count
    return mean, np.maximum(squares / count - mean**2, 0)


def statistics(total: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Return mean and standard deviation, float32 (..., 2, coefficients), of summed `moments` (..., columns).

    Both are drawn towards those of an average speaker, the more the fewer frames there are.

    Args:
        prior: (columns,): a number of frames, then the mean and the variance of an average speaker. See
            `dataset.speaker_statistics.average_speaker`.
    """
    mean, variance = mean_and_variance(total)
    weight = total[..., :1] / (total[..., :1] + prior[0])
    prior_mean, prior_variance = np.split(prior[1:], 2)
    mean = weight * mean + (1 - weight) * prior_mean
    variance = weight * variance + (1 - weight) * prior_variance
    return np.stack([mean, np.sqrt(variance + VARIANCE_FLOOR)], axis=-2).astype(np.float32)
