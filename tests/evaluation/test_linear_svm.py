import numpy as np

from speech_emotion.dataset.partitions import Partition
from speech_emotion.evaluation import linear_svm


def clips(seed: int, targets: list[int]) -> Partition:
    """Return one vector per target, in the first two of 88 columns on its side, in units of a million."""
    vectors = np.random.default_rng(seed).normal(0, 0.1, (len(targets), 1, 88))
    vectors[:, 0, :2] += np.reshape(targets, (-1, 1))
    return Partition(list(map(str, range(len(targets)))), list(1e6 * vectors), np.array(targets))


def test_it_separates_what_a_line_can_separate_even_if_one_class_is_rare():
    training = clips(0, [0] * 95 + [1] * 5)
    assert linear_svm.train_and_predict(training, clips(1, [1, 0, 1])).tolist() == [1, 0, 1]
