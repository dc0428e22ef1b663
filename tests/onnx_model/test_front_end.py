"""The front end as a graph, with ser.features.extract, which is librosa, as the oracle."""

import numpy as np
import onnxruntime
import pytest

from speech_emotion.audio import mfcc
from speech_emotion.onnx_model import front_end
from speech_emotion.audio.mfcc import FeatureSettings

SETTINGS = {
    "sample_rate": 16000,
    "trim_db": 40.0,
    "n_fft": 512,
    "hop_length": 160,
    "n_mels": 64,
    "n_mfcc": 40,
    "deltas": 0,
    "pool": 4,
}
TOLERANCE = 1e-2  # of coefficients that span hundreds


def extract(signal: np.ndarray, settings: FeatureSettings) -> tuple[np.ndarray, np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(front_end.build(settings).SerializeToString(), options)
    return session.run(["features", "lengths"], {"signal": signal})


def assert_librosas(signal: np.ndarray, **changes) -> None:
    settings = FeatureSettings(**(SETTINGS | changes))
    made, lengths = extract(signal, settings)
    expected = mfcc.extract(signal, settings)
    assert made.shape == (1, *expected.shape)
    assert lengths.tolist() == [len(expected)]
    np.testing.assert_allclose(made[0], expected, atol=TOLERANCE)


@pytest.mark.parametrize("samples", [512, 513, 640, 1023, 1024, 1025, 2047, 2048, 4000, 15999, 16000, 32001, 100_000])
def test_any_length_gives_librosas_coefficients(speech_like, samples):
    assert_librosas(speech_like(samples / 16000))


@pytest.mark.parametrize(
    "changes",
    [
        {"deltas": 1},
        {"deltas": 2, "pool": 3},
        {"pool": 1},
        {"pool": 1000},
        {"trim_db": 10.0},
        {"trim_db": 200.0},
        {"n_fft": 1024, "hop_length": 256, "n_mels": 128, "n_mfcc": 13},
        {"sample_rate": 8000, "n_fft": 256, "hop_length": 80},
    ],
    ids=str,
)
def test_every_setting_gives_librosas_coefficients(speech_like, changes):
    assert_librosas(speech_like(1.3), **changes)


@pytest.mark.parametrize("gain", [1e-4, 1e-2, 10.0])
def test_quiet_and_loud_signals(speech_like, gain):
    assert_librosas(speech_like(1.0) * np.float32(gain))


@pytest.mark.parametrize("silent", [(0, 16000), (16000, 0), (5000, 7777), (700, 100)])
def test_silent_ends_are_cut_where_librosa_cuts(speech_like, silent):
    assert_librosas(np.pad(speech_like(0.7), silent))


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_a_constant_signal(value):
    assert_librosas(np.full(8000, value, np.float32))


def test_a_click_alone():
    assert_librosas(np.eye(1, 9000, 4321, dtype=np.float32)[0])


def test_the_same_settings_give_the_same_bytes():
    made = [front_end.build(FeatureSettings(**SETTINGS)).SerializeToString() for _ in range(2)]
    assert made[0] == made[1]
