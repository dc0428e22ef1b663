"""Batches for training, shuffled and mixed, and for prediction, in order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from speech_emotion.core import clip_table
from speech_emotion.core.padding import pad
from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics
from speech_emotion.network.masking import mask
from speech_emotion.network.settings import TrainSettings
from speech_emotion.network.tensorflow_setup import tf

PREDICTION_BATCH_SIZE = 256


def training_batches(
    partition: Partition,
    targets: np.ndarray,
    settings: TrainSettings,
    generator: np.random.Generator,
    speakers: SpeakerStatistics | None = None,
) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield batches indefinitely. Each pass uses every clip once: the clip itself or one of its augmented copies.

    With settings.balance, clips are drawn with replacement, those of rare emotions and small corpora more often.

    Args:
        partition: Clips and their augmented copies.
        targets: float32 of shape (rows of `partition`, classes).
        generator: Random number generator.
        speakers: Statistics of the speakers of `partition`, if the network has an input for them.

    Yields:
        The network's inputs, and mixed targets of shape (batch, classes). The last batch of a pass may be smaller.
    """
    versions = _Versions(partition.names)
    weights = _clip_weights(partition, versions.originals(), settings.balance) if settings.balance else None
    while True:
        clips = np.arange(len(versions))
        if weights is not None:
            clips = generator.choice(len(versions), len(versions), p=weights)
        order = generator.permutation([versions.draw(clip, generator) for clip in clips])
        for start in range(0, len(order), settings.batch_size):
            rows = order[start : start + settings.batch_size]
            tempos = np.exp(generator.normal(0, settings.log_tempo_std, len(rows)))
            sequences = [change_tempo(partition.sequences[row], tempo) for row, tempo in zip(rows, tempos, strict=True)]
            if settings.longest:
                sequences = [cut(sequence, settings.longest, generator) for sequence in sequences]
            sequences = [mask(sequence, settings.time_mask, settings.band_mask, generator) for sequence in sequences]
            mixup_lambda = np.ones(len(rows), np.float32)
            if settings.mixup_alpha:
                alpha = settings.mixup_alpha
                mixup_lambda = generator.beta(alpha, alpha, len(rows)).astype(np.float32)
            weight = mixup_lambda[:, None]
            mixed_targets = targets[rows] * weight + targets[rows][::-1] * (1 - weight)
            inputs = network_inputs(sequences, mixup_lambda)
            if speakers is not None:
                most = settings.most_speaker_clips
                inputs["speaker_statistics"] = speakers.of_random_clips(rows, most, generator)
            yield inputs, mixed_targets


def epoch_dataset(
    batches: Iterator[tuple[dict, np.ndarray]], steps: int, coefficients: int, with_statistics: bool = False
) -> tf.data.Dataset:
    """Return a dataset that takes the next `steps` batches each time it is read.

    Its signature allows any batch size and length, so that the network is traced once and not for every length.
    """
    inputs = {
        "features": tf.TensorSpec((None, None, coefficients), tf.float32),
        "lengths": tf.TensorSpec((None,), tf.int32),
        "mixup_lambda": tf.TensorSpec((None,), tf.float32),
    }
    if with_statistics:
        inputs["speaker_statistics"] = tf.TensorSpec((None, 2, coefficients), tf.float32)
    signature = (inputs, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(lambda: islice(batches, steps), output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps))


def sequential_batches(partition: Partition) -> Iterator[dict[str, np.ndarray]]:
    """Yield the network's inputs for all rows of a partition, in order and unmixed."""
    for start in range(0, len(partition), PREDICTION_BATCH_SIZE):
        end = start + PREDICTION_BATCH_SIZE
        sequences = partition.sequences[start:end]
        inputs = network_inputs(sequences, np.ones(len(sequences), np.float32))
        if partition.speaker_statistics is not None:
            inputs["speaker_statistics"] = partition.speaker_statistics[start:end]
        yield inputs


def network_inputs(sequences: Sequence[np.ndarray], mixup_lambda: np.ndarray) -> dict[str, np.ndarray]:
    """Return the network's inputs for sequences of shape (frames, coefficients)."""
    features, lengths = pad(sequences)
    return {"features": features, "lengths": lengths, "mixup_lambda": mixup_lambda}


def cut(sequence: np.ndarray, longest: int, generator: np.random.Generator) -> np.ndarray:
    """Return a random part of `longest` frames; a shorter sequence as it is. (frames, coefficients)."""
    start = generator.integers(0, max(len(sequence) - longest, 0), endpoint=True)
    return sequence[start : start + longest]


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


class _Versions:
    """Which rows belong to each clip: the clip itself and its augmented copies."""

    def __init__(self, names: list[str]):
        numbers: dict[str, int] = {}  # of the clips, in the order of their first rows
        of_rows = [numbers.setdefault(clip_table.original_clip(name), len(numbers)) for name in names]
        self._rows = np.argsort(of_rows, kind="stable")  # those of one clip after those of another
        self._counts = np.bincount(of_rows)
        self._starts = np.cumsum(self._counts) - self._counts

    def __len__(self) -> int:
        return len(self._counts)

    def originals(self) -> np.ndarray:
        """Return the first row of each clip."""
        return self._rows[self._starts]

    def draw(self, clip: int, generator: np.random.Generator) -> int:
        """Return a random row of a clip."""
        return self._rows[self._starts[clip] + generator.integers(self._counts[clip])]


def _clip_weights(partition: Partition, originals: np.ndarray, balance: float) -> np.ndarray:
    """Return how often to draw each clip, (clips,) with the sum 1: the rarer its corpus and emotion, the more often.

    `originals` are the rows of the clips themselves. In a collection, a speaker's name begins with the corpus. With a
    balance of 1 every emotion of every corpus is equally frequent, with 0 every clip.
    """
    groups = [(partition.speakers[row].partition("/")[0], partition.targets[row]) for row in originals]
    sizes = Counter(groups)
    weights = np.array([sizes[group] ** -balance for group in groups])
    return weights / weights.sum()
