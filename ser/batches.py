"""Batches of padded sequences: in random order and mixed for training, in order for prediction."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

import numpy as np

from ser import clips
from ser.backend import tf
from ser.dataset import Part


def mixed(
    part: Part, targets: np.ndarray, size: int, mixup: float, generator: np.random.Generator
) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield batches without end, pass after pass; in each a clip comes once, as it is or as one of its altered copies.

    Args:
        part: the clips and their copies; a copy is told by its name.
        targets: float32 of shape (rows of `part`, classes).
        size: of a batch; the last one of a pass may be smaller.
        mixup: alpha of the beta distribution of the shares in which two clips are mixed; 0 mixes none.
        generator: of whatever is random.

    Yields:
        The network's inputs, and targets of shape (batch, classes).
    """
    versions = _versions(part)
    while True:
        order = generator.permutation([generator.choice(rows) for rows in versions])
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            share = np.ones(len(rows), np.float32)
            if mixup:
                share = generator.beta(mixup, mixup, len(rows)).astype(np.float32)
            mixture = targets[rows] * share[:, None] + targets[rows][::-1] * (1 - share[:, None])
            yield {"features": padded(part, rows), "share": share}, mixture


def epoch(batches: Iterator[tuple[dict, np.ndarray]], steps: int, part: Part) -> tf.data.Dataset:
    """Return the next `steps` batches, and on every pass those that follow.

    Batches may have any length, so that the network is traced once and not for every length.
    """
    features = tf.TensorSpec((None, None, part.sequences[0].shape[1]), tf.float32)
    inputs = {"features": features, "share": tf.TensorSpec((None,), tf.float32)}
    signature = (inputs, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(lambda: islice(batches, steps), output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps))


def in_order(part: Part, size: int = 256) -> Iterator[dict]:
    """Yield the network's inputs for all rows of `part` in their order, unmixed."""
    for start in range(0, len(part), size):
        rows = np.arange(start, min(start + size, len(part)))
        yield {"features": padded(part, rows), "share": np.ones(len(rows), np.float32)}


def padded(part: Part, rows: np.ndarray) -> np.ndarray:
    """Return the sequences of `rows`, padded behind with zeros: float32 (rows, longest, coefficients)."""
    chosen = [part.sequences[row] for row in rows]
    batch = np.zeros((len(chosen), max(map(len, chosen)), chosen[0].shape[1]), dtype=np.float32)
    for row, sequence in zip(batch, chosen, strict=True):
        row[: len(sequence)] = sequence
    return batch


def _versions(part: Part) -> list[list[int]]:
    """Return, for each clip, the rows of the clip itself and of its altered copies."""
    rows = defaultdict(list)
    for row, name in enumerate(part.names):
        rows[clips.parent(name)].append(row)
    return list(rows.values())
