import numpy as np
import pytest
import soundfile

from speech_emotion.audio import notebook_features

RATE = 22050


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of audioread, which librosa imports
def test_only_the_seconds_from_half_a_second_to_three_and_a_half_matter(tmp_path):
    signal = 0.1 * np.random.default_rng(0).standard_normal(5 * RATE)
    soundfile.write(tmp_path / "all.wav", signal, RATE)
    soundfile.write(tmp_path / "middle.wav", np.pad(signal[RATE // 2 : 7 * RATE // 2], (RATE // 2, RATE)), RATE)
    features = notebook_features.extract(tmp_path / "all.wav")
    assert features.shape == (1, 40) and features.dtype == np.float32
    np.testing.assert_array_equal(features, notebook_features.extract(tmp_path / "middle.wav"))
