import numpy as np
import pytest

from speech_emotion.dataset.partitions import Partition


@pytest.mark.slow
def test_both_baselines_learn_separable_clips(monkeypatch):
    from speech_emotion.evaluation import baselines  # TensorFlow takes ten seconds to import

    monkeypatch.setattr(baselines, "NOTEBOOK_EPOCHS", 12)
    targets = np.tile([0, 1], 20)
    sequences = list(np.random.default_rng(0).normal(targets[:, None, None], 0.1, (40, 1, 40)).astype(np.float32))
    clips = Partition([str(number) for number in range(40)], sequences, targets)
    epochs = []
    for log_probabilities in (
        baselines.notebook(clips, clips, 2, 0, epochs.append),
        baselines.logistic_regression(clips, clips),
    ):
        assert log_probabilities.argmax(axis=1).tolist() == targets.tolist()
        np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=1), 1, rtol=1e-5)
    assert epochs == list(range(1, 13))
