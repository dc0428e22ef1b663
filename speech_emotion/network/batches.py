"""Batches of padded sequences: in random order and mixed for training, in order for prediction."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from speech_emotion.core import clip_table
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.tensorflow_setup import tf


def training_batches(
    part: Partition, targets: np.ndarray, size: int, mixup: float, tempo: float, generator: np.random.Generator
) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield batches without end, pass after pass; in each a clip comes once, as it is or as one of its altered copies.

    Args:
        part: the clips and their copies; a copy is told by its name.
        targets: float32 of shape (rows of `part`, classes).
        size: of a batch; the last one of a pass may be smaller.
        mixup: alpha of the beta distribution of the shares in which two clips are mixed; 0 mixes none.
        tempo: deviation of the logarithm of the factor by which each clip is made faster or slower, at its pitch.
        generator: of whatever is random.

    Yields:
        The network's inputs, and targets of shape (batch, classes).
    """
    versions = _versions(part)
    while True:
        order = generator.permutation([generator.choice(rows) for rows in versions])
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            rates = np.exp(generator.normal(0, tempo, len(rows)))
            chosen = [change_tempo(part.sequences[row], rate) for row, rate in zip(rows, rates, strict=True)]
            share = np.ones(len(rows), np.float32)
            if mixup:
                share = generator.beta(mixup, mixup, len(rows)).astype(np.float32)
            mixture = targets[rows] * share[:, None] + targets[rows][::-1] * (1 - share[:, None])
            yield network_inputs(chosen, share), mixture


def epoch_dataset(batches: Iterator[tuple[dict, np.ndarray]], steps: int, part: Partition) -> tf.data.Dataset:
    """Return the next `steps` batches, and on every pass those that follow.

    Batches may have any length, so that the network is traced once and not for every length.
    """
    features = tf.TensorSpec((None, None, part.sequences[0].shape[1]), tf.float32)
    each = {"lengths": tf.TensorSpec((None,), tf.int32), "share": tf.TensorSpec((None,), tf.float32)}
    signature = ({"features": features} | each, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(lambda: islice(batches, steps), output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps))


def sequential_batches(part: Partition, size: int = 256) -> Iterator[dict]:
    """Yield the network's inputs for all rows of `part` in their order, unmixed."""
    for start in range(0, len(part), size):
        chosen = part.sequences[start : start + size]
        yield network_inputs(chosen, np.ones(len(chosen), np.float32))


def network_inputs(chosen: Sequence[np.ndarray], share: np.ndarray) -> dict[str, np.ndarray]:
    """Return the network's inputs for sequences of shape (frames, coefficients), padded behind with zeros."""
    lengths = np.array([len(sequence) for sequence in chosen], np.int32)
    features = np.zeros((len(chosen), lengths.max(), chosen[0].shape[1]), np.float32)
    for row, sequence in zip(features, chosen, strict=True):
        row[: len(sequence)] = sequence
    return {"features": features, "lengths": lengths, "share": share}


def change_tempo(sequence: np.ndarray, rate: float) -> np.ndarray:
    """Return the sequence at `rate` times its tempo, interpolated between frames.

    (frames, coefficients) to (frames / rate, rounded and at least 1, coefficients).
    """
    count = max(round(len(sequence) / rate), 1)
    place = np.clip((np.arange(count) + 0.5) * len(sequence) / count - 0.5, 0, len(sequence) - 1)
    before = np.floor(place).astype(int)
    after, weight = np.minimum(before + 1, len(sequence) - 1), (place - before).astype(np.float32)[:, None]
    return sequence[before] * (1 - weight) + sequence[after] * weight


def _versions(part: Partition) -> list[list[int]]:
    """Return, for each clip, the rows of the clip itself and of its altered copies."""
    rows = defaultdict(list)
    for row, name in enumerate(part.names):
        rows[clip_table.source_clip(name)].append(row)
    return list(rows.values())
