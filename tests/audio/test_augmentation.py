import numpy as np
import pytest

from speech_emotion.audio import augmentation
from speech_emotion.audio.augmentation import AugmentSettings

RATE = 16000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)


def copies(*changes: dict[str, float], seed: int = 0) -> dict[str, np.ndarray]:
    return dict(augmentation.make_copies("a.wav", TONE, RATE, list(changes), seed))


@pytest.mark.parametrize(
    ("kind", "amount", "length", "pitch"),
    [
        ("speed", 1.25, 0.8, 1.25),
        ("speed", 0.8, 1.25, 0.8),
        pytest.param("stretch", 2.0, 0.5, 1, marks=pytest.mark.slow),  # compiles a function of librosa
        pytest.param("pitch", 12.0, 1, 2, marks=pytest.mark.slow),  # and this one the same
        ("noise", 20.0, 1, 1),
    ],
)
def test_what_a_kind_does_to_length_and_pitch(kind, amount, length, pitch):
    copy = copies({kind: amount})[f"a.wav#{kind}={amount:g}"]
    frequency = np.abs(np.fft.rfft(copy)).argmax() * RATE / len(copy)
    assert len(copy) / RATE == pytest.approx(length, rel=0.01)
    assert frequency == pytest.approx(440 * pitch, rel=0.02)
    assert copy.dtype == np.float32


def test_noise_has_the_requested_level():
    noise = copies({"noise": 10})["a.wav#noise=10"] - TONE
    snr = 10 * np.log10(np.mean(TONE**2) / np.mean(noise**2))
    assert snr == pytest.approx(10, abs=0.2)  # 4 standard deviations of the power of 16,000 draws


def test_kinds_combine_in_one_copy():
    ((name, copy),) = copies({"speed": 0.8, "noise": 30.0}).items()
    assert name == "a.wav#speed=0.8,noise=30"
    assert len(copy) == 1.25 * RATE


def test_random_draws_depend_only_on_the_seed_and_the_name():
    noisy = copies({"noise": 10})["a.wav#noise=10"]
    assert np.array_equal(noisy, copies({"speed": 0.9}, {"noise": 10})["a.wav#noise=10"])
    assert not np.array_equal(noisy, copies({"noise": 10}, seed=1)["a.wav#noise=10"])


def test_training_copies_may_be_left_out():
    assert AugmentSettings(training_copies=[], calibration_copies=[{"speed": 0.7}]).training_copies == []
