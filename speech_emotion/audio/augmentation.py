"""Make augmented copies of a signal.

To add an augmentation, write a function like those below, which change the voice, or those in channel.py, which change
what becomes of it, and add a row to AUGMENTATIONS.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple
from zlib import crc32

import librosa
import numpy as np
from pydantic import AfterValidator, Field

from speech_emotion.audio import channel, loading
from speech_emotion.core import clip_table
from speech_emotion.core.params import Section

# In all three, `signal` is float32 of shape (samples,) at `rate` Hz. Random draws come from `generator`.


def speed(signal: np.ndarray, rate: int, factor: float, generator: np.random.Generator) -> np.ndarray:
    """Play `factor` times as fast. Pitch and formants rise with the tempo, as if the speaker were smaller."""
    return loading.resample(signal, factor * rate, rate)


def stretch(signal: np.ndarray, rate: int, factor: float, generator: np.random.Generator) -> np.ndarray:
    """Speak `factor` times as fast at the same pitch (phase vocoder)."""
    return librosa.effects.time_stretch(signal, rate=factor)


def pitch(signal: np.ndarray, rate: int, semitones: float, generator: np.random.Generator) -> np.ndarray:
    """Raise pitch and formants by `semitones` at the same tempo. A negative number lowers them."""
    return librosa.effects.pitch_shift(signal, sr=rate, n_steps=semitones)


class Augmentation(NamedTuple):
    """A kind of augmentation, and the lowest and highest amount that params.yaml may set."""

    apply: Callable[[np.ndarray, int, float, np.random.Generator], np.ndarray]
    lowest: float
    highest: float


AUGMENTATIONS = {
    "speed": Augmentation(speed, 0.25, 4),
    "stretch": Augmentation(stretch, 0.25, 4),
    "pitch": Augmentation(pitch, -24, 24),
    "noise": Augmentation(channel.noise, -60, 120),
    "pink_noise": Augmentation(channel.pink_noise, -60, 120),
    "gain": Augmentation(channel.gain, -60, 60),
    "room": Augmentation(channel.room, 0.05, 10),
    "low_pass": Augmentation(channel.low_pass, 100, 20_000),
    "high_pass": Augmentation(channel.high_pass, 20, 20_000),
    "mu_law": Augmentation(channel.mu_law, 2, 16),
    "mp3": Augmentation(channel.mp3, 16, 160),
}


def _check_change(change: dict[str, float]) -> dict[str, float]:
    for kind, amount in change.items():
        if kind not in AUGMENTATIONS:
            raise ValueError(f"expected only {', '.join(AUGMENTATIONS)}")
        _, lowest, highest = AUGMENTATIONS[kind]
        if not lowest <= amount <= highest:
            raise ValueError(f"expected {kind} between {lowest} and {highest}")
    return change


def _check_unique(changes: list[dict[str, float]]) -> list[dict[str, float]]:
    for position, change in enumerate(changes):
        if change in changes[:position]:
            raise ValueError(f"expected {change} once")
    return changes


Change = Annotated[dict[str, float], Field(min_length=1), AfterValidator(_check_change)]
Changes = Annotated[list[Change], AfterValidator(_check_unique)]


class AugmentSettings(Section):
    """The section `augment` of params.yaml, where each key is explained."""

    training_copies: Changes
    calibration_copies: Annotated[Changes, Field(min_length=1)]


def make_copies(name: str, signal: np.ndarray, rate: int, changes: list, seed: int) -> list[tuple[str, np.ndarray]]:
    """Return one copy of a clip for each change, as (name, float32 of shape (samples,)).

    Args:
        name: Clip name. A copy is named after the clip and its change, such as `a.wav#speed=0.8`.
        signal: float32 of shape (samples,) at `rate` Hz.
        changes: One dict per copy, from kinds to amounts, such as {"speed": 0.8, "noise": 20}, applied in this order.
        seed: The copy's name is added to it, so that the random draws of copies do not depend on each other.
    """
    copies = []
    for change in changes:
        # :g writes `noise: 10` as 10, although the settings turn it into 10.0.
        label = ",".join(f"{kind}={amount:g}" for kind, amount in change.items())
        copy_name = clip_table.copy_name(name, label)
        generator = np.random.default_rng([seed, crc32(copy_name.encode())])
        copy = signal
        for kind, amount in change.items():
            copy = AUGMENTATIONS[kind].apply(copy, rate, amount, generator)
        copies.append((copy_name, copy.astype(np.float32, copy=False)))
    return copies
