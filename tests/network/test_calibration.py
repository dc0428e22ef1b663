"""Temperature scaling."""

import numpy as np
import pytest

from speech_emotion.network import calibration

GENERATOR = np.random.default_rng(4)


def honest(clips: int, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Log probabilities that are right as often as they say."""
    log_probabilities = calibration.apply_temperature(GENERATOR.normal(0, 2, (clips, classes)), 1.0)
    targets = [GENERATOR.choice(classes, p=np.exp(row)) for row in log_probabilities]
    return log_probabilities, np.array(targets)


@pytest.mark.parametrize("distortion", [0.3, 1.0, 3.0])
def test_a_distortion_is_found_and_undone(distortion):
    log_probabilities, targets = honest(20_000)
    distorted = calibration.apply_temperature(log_probabilities, distortion)
    assert calibration.fit_temperature(distorted, targets) == pytest.approx(1 / distortion, rel=0.05)


def test_probabilities_sum_to_one_and_keep_their_order():
    log_probabilities, _ = honest(50)
    cooled = calibration.apply_temperature(log_probabilities, 0.2)
    np.testing.assert_allclose(np.exp(cooled).sum(axis=1), 1)
    np.testing.assert_array_equal(cooled.argsort(axis=1), log_probabilities.argsort(axis=1))


def test_answers_that_are_all_right_are_not_made_infinitely_sure():
    log_probabilities, _ = honest(50)
    fitted = calibration.fit_temperature(log_probabilities, log_probabilities.argmax(axis=1))
    assert fitted == pytest.approx(calibration.SMALLEST, rel=0.01)
