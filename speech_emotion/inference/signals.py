"""Checks of signals and settings, and the level of a signal."""

import numpy as np

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError

SPEECH_DBFS = -55.0  # below this peak level there is no speech; a quiet room is near -70, quiet speech near -40
LEVEL_SECONDS = 0.05  # over which a level is measured
SILENCE_DBFS = -120.0  # the level of digital silence, whose logarithm would be infinite


def check_range(name: str, value: float, lowest: float, highest: float) -> None:
    """Raise UserError if `value`, which the user chose, is NaN or not between `lowest` and `highest`."""
    if not lowest <= value <= highest:
        raise UserError(f"the {name} is {value}; expected {lowest:,} to {highest:,}")


def peak_level_dbfs(signal: np.ndarray, rate: float) -> float:
    """Return the RMS of the loudest 50 ms of float32 (samples,) in dB relative to full scale, at least SILENCE_DBFS."""
    size = max(1, min(round(LEVEL_SECONDS * rate), len(signal)))
    frames = signal[: len(signal) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1).max(initial=10 ** (SILENCE_DBFS / 10))
    return float(10 * np.log10(power))


def as_mono(signal: np.ndarray) -> np.ndarray:
    """Return any signal that `Predictor.predict` takes as float32 (samples,). Raises UserError as `predict` does."""
    signal = np.asarray(signal)
    if signal.dtype in (np.int16, np.int32):
        signal = signal / -float(np.iinfo(signal.dtype).min)
    if signal.dtype.kind != "f" or signal.ndim not in (1, 2):
        raise UserError(
            f"the signal has type {signal.dtype} and shape {signal.shape}; expected float, int16 or int32 of shape "
            "(samples,) or (samples, channels)"
        )
    with np.errstate(over="ignore", invalid="ignore"):  # check_samples reports what becomes infinite or NaN here
        signal = signal.astype(np.float32, copy=False)
        if signal.ndim == 2:
            signal = signal.mean(axis=1)
    try:
        decoding.check_samples(signal)
    except UserError as error:
        raise UserError(f"the signal {error}") from error
    return signal
