"""Batches of padded sequences: in random order and mixed for training, in order for prediction."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from ser import clips
from ser.backend import tf
from ser.dataset import Part


def shuffled(part: Part, targets: np.ndarray, size: int, mixup: float, generator: np.random.Generator):
    """Return one epoch's batches, anew on every pass: each clip once, as it is or as one of its altered copies.

    Args:
        part: the clips and their copies; a copy is told by its name.
        targets: float32 of shape (rows of `part`, classes).
        size: of a batch; the last one may be smaller.
        mixup: alpha of the beta distribution of the shares in which two clips are mixed; 0 mixes none.
        generator: drawn from on every pass.
    """
    versions = _versions(part)

    def epoch() -> Iterator:
        order = generator.permutation([generator.choice(rows) for rows in versions])
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            share = np.ones(len(rows), np.float32)
            if mixup:
                share = generator.beta(mixup, mixup, len(rows)).astype(np.float32)
            mixed = targets[rows] * share[:, None] + targets[rows][::-1] * (1 - share[:, None])
            yield {"features": padded(part, rows), "share": share}, mixed

    return _dataset(epoch, -(-len(versions) // size), part)


def in_order(part: Part, size: int = 256):
    """Return batches of all rows of `part` in their order, unmixed, with empty targets."""

    def once() -> Iterator:
        for start in range(0, len(part), size):
            rows = np.arange(start, min(start + size, len(part)))
            yield (
                {"features": padded(part, rows), "share": np.ones(len(rows), np.float32)},
                np.zeros((1, 1), np.float32),
            )

    return _dataset(once, -(-len(part) // size), part)


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


def _dataset(batches: Callable[[], Iterator], count: int, part: Part):
    """Wrap batches of any length, so that the network is traced once and not for every length."""
    features = tf.TensorSpec((None, None, part.sequences[0].shape[1]), tf.float32)
    inputs = {"features": features, "share": tf.TensorSpec((None,), tf.float32)}
    signature = (inputs, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(count))
