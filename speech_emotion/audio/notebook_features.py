"""The features of the original notebook, for the baselines that repeat it."""

from pathlib import Path

import librosa
import numpy as np


def extract(path: Path) -> np.ndarray:
    """Return the mean of 40 MFCCs over the seconds 0.5 to 3.5 of a clip, at librosa's default of 22,050 Hz.

    Returns:
        float32 of shape (1, 40): a sequence of one frame.
    """
    signal, rate = librosa.load(path, duration=3, offset=0.5)
    return librosa.feature.mfcc(y=signal, sr=rate, n_mfcc=40).mean(axis=1, dtype=np.float32)[None]
