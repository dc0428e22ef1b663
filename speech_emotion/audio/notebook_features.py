"""The features of the original notebook, apart from its network: they need no TensorFlow."""

from pathlib import Path

import librosa
import numpy as np


def extract(path: Path) -> np.ndarray:
    """Return the notebook's features: 40 MFCCs of the seconds 0.5 to 3.5 at 22,050 Hz, averaged over time.

    Returns:
        float32 of shape (1, 40): a sequence of one frame.
    """
    signal, rate = librosa.load(path, duration=3, offset=0.5)
    return librosa.feature.mfcc(y=signal, sr=rate, n_mfcc=40).mean(axis=1, dtype=np.float32)[None]
