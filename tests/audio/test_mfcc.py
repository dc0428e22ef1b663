"""The front end: shapes, invariances, and librosa as the oracle."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.audio import mfcc
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import UserError

SETTINGS = FeatureSettings(
    sample_rate=16000, trim_db=40.0, n_fft=512, hop_length=160, n_mels=64, n_mfcc=40, deltas=0, pool=4
)


def speech_like(seconds: float, seed: int = 0) -> np.ndarray:
    """A gliding harmonic tone with noise: float32 (samples,) at 16 kHz."""
    time = np.arange(int(seconds * 16000)) / 16000
    phase = 2 * np.pi * (150 * time + 20 * np.sin(3 * time))
    tone = sum(np.sin(n * phase) / n for n in range(1, 20))
    return (0.1 * tone + 0.01 * np.random.default_rng(seed).standard_normal(len(time))).astype(np.float32)


def test_the_coefficients_are_librosas():
    signal = speech_like(1.0)
    expected = librosa.feature.mfcc(y=signal, sr=16000, n_mfcc=40, n_fft=512, hop_length=160, n_mels=64)
    expected[0] -= expected[0].mean()  # the mean level is in the first one alone
    made = mfcc.extract(signal, replace(SETTINGS, pool=1))
    np.testing.assert_allclose(made, expected.T, atol=1e-3)


@given(seconds=st.floats(0.05, 3), pool=st.integers(1, 8), deltas=st.integers(0, 2))
def test_shape_and_type(seconds, pool, deltas):
    made = mfcc.extract(speech_like(seconds), replace(SETTINGS, pool=pool, deltas=deltas, trim_db=80.0))
    frames = 1 + int(seconds * 16000) // 160
    assert made.shape == (max(1, frames // pool), 40 * (1 + deltas))
    assert made.dtype == np.float32
    assert np.isfinite(made).all()


def test_silence_around_a_clip_does_not_matter():
    signal = speech_like(1.0)
    quiet = np.zeros(8192, np.float32)  # a multiple of trim's hop
    alone, framed = (mfcc.trim(part, SETTINGS) for part in (signal, np.concatenate([quiet, signal, quiet])))
    assert abs(len(framed) - len(alone)) <= 2048  # one frame of librosa.effects.trim


@pytest.mark.parametrize("gain", [0.01, 0.5, 8.0])
def test_how_loud_a_recording_is_does_not_matter(gain):
    signal = speech_like(1.0)
    made = mfcc.extract(signal * np.float32(gain), SETTINGS)
    np.testing.assert_allclose(made, mfcc.extract(signal, SETTINGS), atol=1e-2)


def test_a_loud_frame_is_told_from_a_quiet_one():
    signal = speech_like(2.0) * np.repeat([0.1, 1.0], 16000).astype(np.float32)
    first = mfcc.extract(signal, SETTINGS)[:, 0]
    assert first[-10:].min() > first[:10].max() + 100  # 20 dB in each of 64 bands, times the root of 64, are 160


def test_pooling_averages_and_drops_an_unfinished_run():
    frames = np.arange(14, dtype=np.float32).reshape(7, 2)
    np.testing.assert_array_equal(mfcc.average_frames(frames, 3), [[2, 3], [8, 9]])
    np.testing.assert_array_equal(mfcc.average_frames(frames, 10), [[6, 7]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pool": 0}, r"features\.pool is 0; expected 1 to 1000"),
        ({"n_mfcc": 65}, "expected 1 to n_mels, 64"),
        ({"deltas": 3}, "expected 0 to 2"),
        ({"sample_rate": 10**9}, "expected 1000 to 192000"),
        ({"n_fft": 10**9}, "expected 16 to 65536"),
        ({"hop_length": 10**9}, "expected 1 to n_fft, 512"),
        ({"n_mels": 258}, r"expected 1 to n_fft / 2 \+ 1, 257"),
        ({"pool": 10**9}, "expected 1 to 1000"),
        ({"trim_db": 0.0}, "above 0"),
    ],
)
def test_a_setting_out_of_range_is_named(change, message):
    with pytest.raises(UserError, match=message):
        replace(SETTINGS, **change)
