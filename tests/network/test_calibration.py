import numpy as np
import pytest

from speech_emotion.network import calibration


def calibrated(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log probabilities (count, 4), and targets drawn by them, so that the right temperature is 1."""
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(4), count)
    targets = np.array([generator.choice(4, p=row) for row in probabilities])
    return np.log(probabilities), targets


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0])
def test_the_temperature_is_found(temperature):
    log_probabilities, targets = calibrated(4000)
    distorted = calibration.apply_temperature(log_probabilities, 1 / temperature)
    assert calibration.fit_temperature(distorted, targets) == pytest.approx(temperature, rel=0.1)


def test_probabilities_sum_to_one_and_keep_their_order():
    log_probabilities, _ = calibrated(20)
    scaled = calibration.apply_temperature(log_probabilities, 3.0)
    np.testing.assert_allclose(np.exp(scaled).sum(axis=1), 1)
    np.testing.assert_array_equal(scaled.argsort(axis=1), log_probabilities.argsort(axis=1))


def test_predictions_that_are_all_correct_stop_at_the_lower_bound():
    log_probabilities, _ = calibrated(50)
    fitted = calibration.fit_temperature(log_probabilities, log_probabilities.argmax(axis=1))
    assert fitted == pytest.approx(calibration.LOWEST, rel=0.01)
