import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from speech_emotion.audio import mfcc

NOISE = (0.1 * np.random.default_rng(0).standard_normal(48000)).astype(np.float32)
SECOND = NOISE[:16000]


def test_the_coefficients_are_those_of_librosa(features_params):
    expected = librosa.feature.mfcc(y=SECOND, sr=16000, n_mfcc=40, n_fft=512, hop_length=160, n_mels=64)
    expected[0] -= expected[0].mean()  # only the first coefficient depends on the mean level
    features = mfcc.extract(SECOND, features_params.model_copy(update={"frames_per_step": 1}))
    np.testing.assert_allclose(features, expected.T, atol=1e-3)


@pytest.mark.parametrize("trim_db", [20.0, 40.0, 60.0])
def test_a_clip_is_trimmed_as_librosa_does(features_params, speech_like, trim_db):
    quiet = np.linspace(0, 1, 16000, dtype=np.float32) ** 4
    settings = features_params.model_copy(update={"trim_db": trim_db})
    for seed in range(10):
        signal = speech_like(2, seed=seed) * np.concatenate([quiet, quiet[::-1]])
        expected, _ = librosa.effects.trim(signal, top_db=trim_db)
        np.testing.assert_array_equal(mfcc.trim(signal, settings), expected)


@hypothesis_settings(max_examples=20)
@given(seconds=st.floats(0.05, 3), frames_per_step=st.integers(1, 8))
def test_shape_and_type(features_params, seconds, frames_per_step):
    settings = features_params.model_copy(update={"frames_per_step": frames_per_step})
    features = mfcc.extract(NOISE[: round(seconds * 16000)], settings)
    frames = 1 + round(seconds * 16000) // 160
    assert features.shape == (max(1, frames // frames_per_step), 40)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


def test_silence_around_a_clip_is_trimmed(features_params):
    padded = np.pad(SECOND, 8192)  # a multiple of librosa's hop of 512
    difference = len(mfcc.trim(padded, features_params)) - len(mfcc.trim(SECOND, features_params))
    assert abs(difference) <= 2048  # one frame of librosa.effects.trim


@pytest.mark.parametrize("gain", [0.01, 0.5, 8.0])
def test_the_recording_level_does_not_matter(features_params, gain):
    features = mfcc.extract(SECOND * np.float32(gain), features_params)
    np.testing.assert_allclose(features, mfcc.extract(SECOND, features_params), atol=1e-2)


def test_the_first_coefficient_distinguishes_loud_frames_from_quiet_ones(features_params):
    signal = NOISE[:32000] * np.repeat([0.1, 1.0], 16000).astype(np.float32)
    first = mfcc.extract(signal, features_params)[:, 0]
    assert first[-10:].min() > first[:10].max() + 100  # 20 dB in each of 64 bands, times the root of 64, are 160


def test_an_incomplete_run_of_frames_is_dropped_unless_it_is_the_only_one():
    frames = np.arange(14, dtype=np.float32).reshape(7, 2)
    np.testing.assert_array_equal(mfcc.average_frames(frames, 3), [[2, 3], [8, 9]])
    np.testing.assert_array_equal(mfcc.average_frames(frames, 10), [[6, 7]])
