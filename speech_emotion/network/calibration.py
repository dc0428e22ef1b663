"""Temperature scaling: one number that brings the confidence of a network to its accuracy.

Source: Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599, section 4.2.
"""

import numpy as np
from scipy.optimize import minimize_scalar

LOWEST, HIGHEST = 0.05, 20.0


def fit_temperature(log_probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Return the temperature, LOWEST to HIGHEST, at which the targets are most likely.

    Args:
        log_probabilities: of shape (clips, classes), for clips that were not trained on.
        targets: int of shape (clips,).
    """
    rows = np.arange(len(targets))

    def loss(log_temperature: float) -> float:
        return -float(apply_temperature(log_probabilities, np.exp(log_temperature))[rows, targets].mean())

    best = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(best.x))


def apply_temperature(log_probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return log probabilities divided by `temperature` and normalized again.

    Above 1 the network becomes less confident, below 1 more confident; the order of the classes stays.
    """
    scaled = log_probabilities / temperature
    return scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
