"""One number that makes a network as sure as it is right: the temperature that its log probabilities are divided by."""

import numpy as np
from scipy.optimize import minimize_scalar

SMALLEST, LARGEST = 0.05, 20.0


def fit_temperature(log_probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Return the temperature at which the targets are likeliest.

    Source: Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599, section 4.2.

    Args:
        log_probabilities: of shape (clips, classes); of clips that nothing was trained on.
        targets: int of shape (clips,).
    """

    def loss(log_temperature: float) -> float:
        return -float(apply_temperature(log_probabilities, np.exp(log_temperature))[np.arange(len(targets)), targets].mean())

    best = minimize_scalar(loss, bounds=(np.log(SMALLEST), np.log(LARGEST)), method="bounded")
    return float(np.exp(best.x))


def apply_temperature(log_probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return log probabilities at another temperature: above 1 less sure, below 1 surer; the order stays."""
    scaled = log_probabilities / temperature
    return scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
