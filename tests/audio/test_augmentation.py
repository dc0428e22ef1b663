"""Altered copies: what each kind does to a tone, and that the seed and the name decide alone."""

import numpy as np
import pytest

from speech_emotion.audio import augmentation
from speech_emotion.audio.augmentation import AugmentSettings
from speech_emotion.core.errors import UserError

RATE = 16000


def tone(frequency: float = 440.0, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def pitch_of(signal: np.ndarray) -> float:
    return np.abs(np.fft.rfft(signal)).argmax() * RATE / len(signal)


def copy(signal: np.ndarray, seed: int = 0, **change: float) -> np.ndarray:
    ((_, altered),) = augmentation.make_copies("a.wav", signal, RATE, [change], seed)
    return altered


@pytest.mark.parametrize(
    ("kind", "amount", "length", "pitch"),
    [
        ("speed", 1.25, 0.8, 1.25),
        ("speed", 0.8, 1.25, 0.8),
        ("stretch", 2, 0.5, 1),
        ("pitch", 12, 1, 2),
        ("noise", 20, 1, 1),
    ],
)
def test_what_a_kind_does_to_length_and_pitch(kind, amount, length, pitch):
    altered = copy(tone(), **{kind: amount})
    assert len(altered) / RATE == pytest.approx(length, rel=0.01)
    assert pitch_of(altered) == pytest.approx(440 * pitch, rel=0.02)
    assert altered.dtype == np.float32


def test_noise_has_the_level_asked_for():
    noise = copy(tone(), noise=10) - tone()
    assert 10 * np.log10(np.mean(tone() ** 2) / np.mean(noise**2)) == pytest.approx(
        10, abs=0.2
    )  # 4 deviations of 16,000 draws


def test_kinds_combine_in_one_copy():
    ((name, altered),) = augmentation.make_copies("a.wav", tone(), RATE, [{"speed": 0.8, "noise": 30}], 0)
    assert name == "a.wav#speed=0.8,noise=30"
    assert len(altered) == 20000


def test_chance_depends_on_the_seed_and_the_name_alone():
    assert np.array_equal(copy(tone(), noise=10), copy(tone(), noise=10))
    assert not np.array_equal(copy(tone(), noise=10), copy(tone(), seed=1, noise=10))
    both = [{"speed": 0.9}, {"noise": 10}]
    assert np.array_equal(augmentation.make_copies("a.wav", tone(), RATE, both, 0)[1][1], copy(tone(), noise=10))


@pytest.mark.parametrize(
    ("copies", "message"),
    [
        ([{"echo": 1}], "kind 'echo'; expected one of speed, stretch, pitch, noise"),
        ([{"speed": "fast"}], "speed: 'fast'; expected a number"),
        ([{"speed": 0}], "speed: 0; expected a factor between"),
        ([{"stretch": 9}], "stretch: 9; expected a factor between"),
        ([0.9], "expected such as speed: 0.9"),
        ([{}], "expected such as speed: 0.9"),
        ([{"speed": 0.9}, {"noise": 10}, {"speed": 0.9}], "'speed': 0.9} twice; expected once"),
    ],
)
def test_a_copy_that_is_none_is_refused(copies, message):
    with pytest.raises(UserError, match=f"augment.copies has .*{message}"):
        AugmentSettings(copies, [])
    with pytest.raises(UserError, match=f"augment.strange has .*{message}"):
        AugmentSettings([], copies)


def test_no_copies_to_calibrate_on_are_refused():
    assert AugmentSettings([], [{"speed": 0.7}]).copies == []
    with pytest.raises(UserError, match="augment.strange is empty; expected a copy or more"):
        AugmentSettings([{"speed": 0.9}], [])
