"""What was heard of one person, so that predictions fit the voice, the microphone and the room. Needs no labels."""

import numpy as np

from speech_emotion.core.moments import moments


class Speaker:
    """One person. Give the same object to `Predictor.predict` for every recording of this person.

    It keeps a few hundred sums and no audio, and grows with every recording: a single one says little, ten say nearly
    all. Use it from one thread only.

    Attributes:
        utterances: how many were heard. A long recording is heard in windows, each of which counts.
    """

    def __init__(self):
        self.utterances = 0
        self._moments: np.ndarray | None = None

    def hear(self, features: np.ndarray) -> None:
        """Add a recording: float32 (frames, coefficients), from `Predictor.features`."""
        heard = moments(features)
        self._moments = heard if self._moments is None else self._moments + heard
        self.utterances += 1

    def include(self, other: "Speaker") -> None:
        """Add all that another object has heard of the same person."""
        if other._moments is not None:
            self._moments = other._moments if self._moments is None else self._moments + other._moments
        self.utterances += other.utterances

    def moments(self, coefficients: int) -> np.ndarray:
        """Return the sum of `core.moments.moments`, float64 (1 + 2 * coefficients,); zeros before the first."""
        return np.zeros(1 + 2 * coefficients) if self._moments is None else self._moments
