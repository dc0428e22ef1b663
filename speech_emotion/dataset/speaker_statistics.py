"""Statistics of a speaker: the mean and standard deviation of each coefficient over the frames of some clips.

They need no labels. Taking them out of the features takes out much of the voice, the microphone and the room. A prior
keeps those of a single clip, which also have the emotion in them, near those of an average speaker.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from speech_emotion.core import clip_table
from speech_emotion.core.moments import mean_and_variance, moments, statistics
from speech_emotion.dataset.partitions import Partition


def average_speaker(partition: Partition, steps: int) -> np.ndarray:
    """Return the `prior` of `statistics`, float64 (1 + 2 * coefficients,). Every speaker counts equally.

    Args:
        steps: how many frames of the average speaker count as heard.
    """
    totals: dict[str, np.ndarray] = {}
    for sequence, speaker in zip(partition.sequences, partition.speakers, strict=True):
        totals[speaker] = totals.get(speaker, 0) + moments(sequence)
    mean, variance = mean_and_variance(np.stack(list(totals.values())))
    return np.concatenate([[steps], mean.mean(axis=0), variance.mean(axis=0)])


def with_statistics(partition: Partition, prior: np.ndarray, most: int, seed: int) -> Partition:
    """Return the partition with statistics of 1 to `most` clips for each clip, as many as training draws."""
    generator = np.random.default_rng(seed)
    speakers = SpeakerStatistics(partition, prior)
    rows = range(len(partition))
    return replace(partition, speaker_statistics=speakers.of_random_clips(rows, most, generator))


class SpeakerStatistics:
    """The statistics of every clip's speaker, from that clip alone up to all clips of the speaker.

    Copies at another speed sound like another speaker, so they are counted with copies at the same speed only.
    """

    def __init__(self, partition: Partition, prior: np.ndarray):
        """`prior`: see `average_speaker`."""
        self._prior = prior
        self._sequences = partition.sequences
        groups = defaultdict(list)
        self._group_of_row = []
        for row, (name, speaker) in enumerate(zip(partition.names, partition.speakers, strict=True)):
            group = groups[speaker, clip_table.change(name)]
            group.append(row)
            self._group_of_row.append(group)

    def of_clips(self, rows: Sequence[int], count: int, generator: np.random.Generator) -> np.ndarray:
        """Return float32 (rows, 2, coefficients), each from the clip and `count - 1` random other clips of its speaker.

        Speakers with fewer clips contribute all they have.
        """
        return statistics(np.stack([self._total(row, count, generator) for row in rows]), self._prior)

    def of_random_clips(self, rows: Sequence[int], most: int, generator: np.random.Generator) -> np.ndarray:
        """As `of_clips`, with a random count for each clip: 1 to `most`, log-uniform."""
        counts = np.exp(generator.uniform(0, np.log(most + 1), len(rows))).astype(int)
        totals = [self._total(row, int(count), generator) for row, count in zip(rows, counts, strict=True)]
        return statistics(np.stack(totals), self._prior)

    def _total(self, row: int, count: int, generator: np.random.Generator) -> np.ndarray:
        total = moments(self._sequences[row])
        if count == 1:
            return total
        group = self._group_of_row[row]
        chosen = generator.choice(len(group), min(count, len(group)), replace=False)
        others = [group[position] for position in chosen if group[position] != row][: count - 1]
        return total + sum(moments(self._sequences[other]) for other in others)
