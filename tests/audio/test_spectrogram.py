import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from speech_emotion.audio import spectrogram


@pytest.mark.parametrize(
    "rate, n_fft, n_mels", [(16000, 512, 64), (8000, 256, 20), (22050, 2048, 128), (44100, 1024, 40)]
)
def test_the_mel_filters_are_those_of_librosa(rate, n_fft, n_mels):
    expected = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels)
    np.testing.assert_array_equal(spectrogram.mel_filters(rate, n_fft, n_mels), expected)


@pytest.mark.parametrize("length", [16, 512, 2048])
def test_the_window_is_that_of_librosa(length):
    np.testing.assert_array_equal(spectrogram.hann_window(length), librosa.filters.get_window("hann", length))


@hypothesis_settings(max_examples=50)
@given(samples=st.integers(1, 40_000), level=st.floats(1e-6, 1), seed=st.integers(0, 100))
def test_the_spectrogram_has_the_bits_of_librosa(speech_like, samples, level, seed):
    signal = (level * speech_like(3, seed=seed)[:samples]).astype(np.float32)
    expected = librosa.feature.melspectrogram(
        y=np.pad(signal, 256), sr=16000, n_fft=512, hop_length=160, n_mels=64, center=False
    )
    found = spectrogram.mel_spectrogram(signal, 16000, 512, 160, 64)
    np.testing.assert_array_equal(found, librosa.power_to_db(expected, top_db=80.0))


@pytest.mark.parametrize("length, hop", [(2048, 512), (512, 160)])
def test_frames_are_centered_and_end_with_the_signal(length, hop):
    signal = np.arange(1, 5001, dtype=np.float32)
    frames = spectrogram.frames(signal, length, hop)
    assert frames.shape == (1 + len(signal) // hop, length)
    np.testing.assert_array_equal(frames[:, length // 2], [1, *signal[hop::hop]])
