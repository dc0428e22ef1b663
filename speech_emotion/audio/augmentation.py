"""Altered copies of a signal: each kind of change is a function here and a key in params.yaml."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import librosa
import numpy as np

from speech_emotion.audio import loading
from speech_emotion.core import clip_table
from speech_emotion.core.errors import require


@dataclass(frozen=True)
class AugmentSettings:
    """The section `augment` of params.yaml: lists of copies, each a mapping of kinds (KINDS) to amounts.

    Attributes:
        copies: of the training clips, to train on.
        strange: of the validation clips, to calibrate on.
    """

    make_copies: list
    strange: list

    def __post_init__(self):
        for name, changes in vars(self).items():
            for place, change in enumerate(changes):
                _check(f"augment.{name}", change)
                require(change not in changes[:place], f"augment.{name} has {change} twice; expected once")
        require(len(self.strange) > 0, "augment.strange is empty; expected a copy or more to fit the temperature on")


def make_copies(name: str, signal: np.ndarray, rate: int, changes: list, seed: int) -> list[tuple[str, np.ndarray]]:
    """Return (name of the copy, signal) for every change.

    Args:
        name: of the clip; the copies are called `name#speed=0.9` and so on.
        signal: float32 of shape (samples,) at `rate` Hz.
        seed: together with the copy's name seeds whatever is random, so that no copy depends on another.
    """
    altered = []
    for change in changes:
        label = clip_table.copy_name(name, ",".join(f"{kind}={amount}" for kind, amount in change.items()))
        generator = np.random.default_rng([seed, crc32(label.encode())])
        changed = signal
        for kind, amount in change.items():
            changed = AUGMENTATIONS[kind](changed, rate, amount, generator)
        altered.append((label, changed.astype(np.float32, copy=False)))
    return altered


def speed(signal: np.ndarray, rate: int, factor: float, _: np.random.Generator) -> np.ndarray:
    """Play `factor` times as fast: shorter, and pitch and formants raised alike, as if by a smaller speaker."""
    return loading.resample(signal, factor * rate, rate)


def stretch(signal: np.ndarray, rate: int, factor: float, _: np.random.Generator) -> np.ndarray:
    """Speak `factor` times as fast at the same pitch (phase vocoder)."""
    return librosa.effects.time_stretch(signal, rate=factor)


def pitch(signal: np.ndarray, rate: int, semitones: float, _: np.random.Generator) -> np.ndarray:
    """Raise pitch and formants by `semitones` (may be negative) at the same tempo."""
    return librosa.effects.pitch_shift(signal, sr=rate, n_steps=semitones)


def noise(signal: np.ndarray, rate: int, snr: float, generator: np.random.Generator) -> np.ndarray:
    """Add white noise at a signal-to-noise ratio of `snr` dB."""
    level = np.sqrt(np.mean(signal**2)) * 10 ** (-snr / 20)
    return signal + level * generator.standard_normal(len(signal), dtype=np.float32)


def _check(name: str, change: object) -> None:
    require(isinstance(change, dict) and change, f"{name} has {change!r}; expected such as speed: 0.9")
    for kind, amount in change.items():
        require(kind in AUGMENTATIONS, f"{name} has the kind {kind!r}; expected one of {', '.join(AUGMENTATIONS)}")
        require(isinstance(amount, (int, float)), f"{name} has {kind}: {amount!r}; expected a number")
        fits = kind not in ("speed", "stretch") or 0.25 <= amount <= 4
        require(fits, f"{name} has {kind}: {amount}; expected a factor between 0.25 and 4")


AUGMENTATIONS: dict[str, Callable] = {"speed": speed, "stretch": stretch, "pitch": pitch, "noise": noise}
