"""Batches for training, shuffled and mixed, and for prediction, in order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from speech_emotion.core import clip_table
from speech_emotion.core.padding import pad
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.masking import mask
from speech_emotion.network.settings import TrainSettings
from speech_emotion.network.tensorflow_setup import tf

PREDICTION_BATCH_SIZE = 256


def training_batches(
    partition: Partition, targets: np.ndarray, settings: TrainSettings, generator: np.random.Generator
) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield batches indefinitely. Each pass uses every clip once: the clip itself or one of its augmented copies.

    Args:
        partition: Clips and their augmented copies.
        targets: float32 of shape (rows of `partition`, classes).
        generator: Random number generator.

    Yields:
        The network's inputs, and mixed targets of shape (batch, classes). The last batch of a pass may be smaller.
    """
    versions = _rows_by_clip(partition)
    while True:
        order = generator.permutation([generator.choice(rows) for rows in versions])
        for start in range(0, len(order), settings.batch_size):
            rows = order[start : start + settings.batch_size]
            tempos = np.exp(generator.normal(0, settings.log_tempo_std, len(rows)))
            sequences = [change_tempo(partition.sequences[row], tempo) for row, tempo in zip(rows, tempos, strict=True)]
            sequences = [mask(sequence, settings.time_mask, settings.band_mask, generator) for sequence in sequences]
            mixup_lambda = np.ones(len(rows), np.float32)
            if settings.mixup_alpha:
                alpha = settings.mixup_alpha
                mixup_lambda = generator.beta(alpha, alpha, len(rows)).astype(np.float32)
            weight = mixup_lambda[:, None]
            mixed_targets = targets[rows] * weight + targets[rows][::-1] * (1 - weight)
            yield network_inputs(sequences, mixup_lambda), mixed_targets


def epoch_dataset(batches: Iterator[tuple[dict, np.ndarray]], steps: int, coefficients: int) -> tf.data.Dataset:
    """Return a dataset that takes the next `steps` batches each time it is read.

    Its signature allows any batch size and length, so that the network is traced once and not for every length.
    """
    inputs = {
        "features": tf.TensorSpec((None, None, coefficients), tf.float32),
        "lengths": tf.TensorSpec((None,), tf.int32),
        "mixup_lambda": tf.TensorSpec((None,), tf.float32),
    }
    signature = (inputs, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(lambda: islice(batches, steps), output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps))


def sequential_batches(partition: Partition) -> Iterator[dict[str, np.ndarray]]:
    """Yield the network's inputs for all rows of a partition, in order and unmixed."""
    for start in range(0, len(partition), PREDICTION_BATCH_SIZE):
        sequences = partition.sequences[start : start + PREDICTION_BATCH_SIZE]
        yield network_inputs(sequences, np.ones(len(sequences), np.float32))


def network_inputs(sequences: Sequence[np.ndarray], mixup_lambda: np.ndarray) -> dict[str, np.ndarray]:
    """Return the network's inputs for sequences of shape (frames, coefficients)."""
    features, lengths = pad(sequences)
    return {"features": features, "lengths": lengths, "mixup_lambda": mixup_lambda}


def change_tempo(sequence: np.ndarray, tempo: float) -> np.ndarray:
    """Return the sequence sped up by a factor of `tempo`, by linear interpolation between frames.

    (frames, coefficients) to (frames / tempo, rounded and at least 1, coefficients).
    """
    last = len(sequence) - 1
    count = max(round(len(sequence) / tempo), 1)
    position = np.clip((np.arange(count) + 0.5) * len(sequence) / count - 0.5, 0, last)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, last)
    weight = (position - before).astype(np.float32)[:, None]
    return sequence[before] * (1 - weight) + sequence[after] * weight


def _rows_by_clip(partition: Partition) -> list[list[int]]:
    """Return, for each clip, the rows of the clip itself and of its augmented copies."""
    rows = defaultdict(list)
    for row, name in enumerate(partition.names):
        rows[clip_table.original_clip(name)].append(row)
    return list(rows.values())
