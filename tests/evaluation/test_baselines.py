import numpy as np
import pytest

from speech_emotion.dataset.partitions import Partition


def clips(seed: int, targets: list[int]) -> Partition:
    """Return one clip per target, whose 40 averages are near it."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (len(targets), 1, 40))
    sequences = list((np.reshape(targets, (-1, 1, 1)) + noise).astype(np.float32))
    return Partition([str(number) for number in range(len(targets))], sequences, np.array(targets))


@pytest.mark.slow
def test_both_baselines_learn_separable_clips_and_allow_for_an_absent_class():
    from speech_emotion.evaluation import baselines  # TensorFlow takes ten seconds to import

    training = clips(0, [0, 2] * 20)
    test = clips(1, [2, 0, 2])
    assert baselines.train_notebook_network(training, test, 3, seed=0, epochs=12).tolist() == [2, 0, 2]
    assert baselines.logistic_regression(training, test).tolist() == [2, 0, 2]
