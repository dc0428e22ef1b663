"""Smooth the probabilities of a live stream."""

import math

import numpy as np


class Smoother:
    """Exponential moving average of arrays that arrive at a fixed interval. `average` is None before the first one."""

    def __init__(self, interval: float, time_constant: float):
        """After `time_constant` seconds a step in the values is 63 % complete. With 0 they are not smoothed."""
        self.average: np.ndarray | None = None
        self._weight = -math.expm1(-interval / time_constant) if time_constant > 0 else None

    def update(self, values: np.ndarray) -> None:
        """Include the next values in the average."""
        if self.average is None or self._weight is None:
            self.average = values
        else:
            self.average = self.average + self._weight * (values - self.average)

    def reset(self) -> None:
        """Forget all values."""
        self.average = None
