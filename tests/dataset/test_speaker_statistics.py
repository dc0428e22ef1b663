import numpy as np
import pytest

from speech_emotion.core.moments import moments, statistics
from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics, average_speaker, with_statistics

GENERATOR = np.random.default_rng(1)
NAMES = ["a", "b", "c", "a#speed=0.8", "b#speed=0.8", "d"]
SPEAKERS = ["A", "A", "A", "A", "A", "B"]
SEQUENCES = [GENERATOR.normal(row, 2, size=(5 + row, 3)).astype(np.float32) for row in range(len(NAMES))]
NO_PRIOR = np.zeros(7)
PARTITION = Partition(NAMES, SEQUENCES, np.zeros(len(NAMES), int), SPEAKERS)


def expected(*rows: int) -> np.ndarray:
    """Return mean and standard deviation over the frames of some clips."""
    frames = np.concatenate([SEQUENCES[row] for row in rows])
    return np.stack([frames.mean(axis=0), frames.std(axis=0)])


@pytest.fixture(scope="module")
def speakers() -> SpeakerStatistics:
    return SpeakerStatistics(PARTITION, NO_PRIOR)


def generator() -> np.random.Generator:
    return np.random.default_rng(2)


def test_moments_of_clips_add_up():
    total = moments(SEQUENCES[0]) + moments(SEQUENCES[1])
    np.testing.assert_allclose(statistics(total, NO_PRIOR), expected(0, 1), atol=1e-5)


def test_one_clip_is_the_clip_itself(speakers):
    found = speakers.of_clips(range(len(NAMES)), 1, generator())
    np.testing.assert_allclose(found, [expected(row) for row in range(len(NAMES))], atol=1e-5)


def test_all_clips_are_those_of_the_speaker_at_the_same_speed(speakers):
    found = speakers.of_clips(range(len(NAMES)), 10, generator())
    groups = [(0, 1, 2)] * 3 + [(3, 4)] * 2 + [(5,)]
    np.testing.assert_allclose(found, [expected(*group) for group in groups], atol=1e-5)


def test_two_clips_are_the_clip_and_another_one(speakers):
    for seed in range(10):
        (found,) = speakers.of_clips([0], 2, np.random.default_rng(seed))
        assert any(np.allclose(found, expected(0, other), atol=1e-5) for other in (1, 2))


def test_random_counts_reach_from_one_clip_to_all(speakers):
    found = speakers.of_random_clips([0] * 200, 3, generator())
    for rows in [(0,), (0, 1), (0, 1, 2)]:
        assert any(np.allclose(row, expected(*rows), atol=1e-5) for row in found)


def test_a_partition_gets_its_statistics_by_the_seed():
    first = with_statistics(PARTITION, NO_PRIOR, 3, seed=1).speaker_statistics
    assert first.shape == (len(NAMES), 2, 3) and first.dtype == np.float32
    np.testing.assert_array_equal(first, with_statistics(PARTITION, NO_PRIOR, 3, seed=1).speaker_statistics)


def test_an_average_speaker_counts_every_speaker_equally():
    prior = average_speaker(PARTITION, 8)
    speakers = [expected(0, 1, 2, 3, 4), expected(5)]
    assert prior[0] == 8
    np.testing.assert_allclose(prior[1:4], np.mean([mean for mean, _ in speakers], axis=0), rtol=1e-5)
    np.testing.assert_allclose(prior[4:], np.mean([std**2 for _, std in speakers], axis=0), rtol=1e-4)


def test_a_prior_draws_short_clips_towards_the_average_speaker_more_than_long_ones():
    prior = np.array([20, 0, 0, 0, 4, 4, 4])
    short, long = (np.full((count, 3), 9, np.float32) for count in (5, 80))
    clips = Partition(["short", "long"], [short, long], np.zeros(2, int), ["C", "D"])
    found = SpeakerStatistics(clips, prior).of_clips([0, 1], 1, generator())
    np.testing.assert_allclose(found[:, 0, 0], [9 * 5 / 25, 9 * 80 / 100], rtol=1e-5)
    np.testing.assert_allclose(found[:, 1, 0] ** 2, [4 * 20 / 25, 4 * 20 / 100], rtol=1e-4)
