"""The front end as a graph, compared with audio.mfcc.extract, which uses librosa."""

import numpy as np
import onnxruntime
import pytest

from speech_emotion.audio import mfcc
from speech_emotion.onnx_model.front_end import build_front_end

TOLERANCE = 1e-2  # the range of the coefficients is hundreds


@pytest.fixture
def assert_same(features_params):
    """A function that compares the graph with librosa on a signal, with some settings changed."""

    def compare(signal: np.ndarray, **changes) -> None:
        settings = features_params.model_copy(update=changes)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(build_front_end(settings).SerializeToString(), options)
        features, lengths = session.run(["features", "lengths"], {"signal": signal})
        expected = mfcc.extract(signal, settings)
        assert features.shape == (1, *expected.shape)
        assert lengths.tolist() == [len(expected)]
        np.testing.assert_allclose(features[0], expected, atol=TOLERANCE)

    return compare


@pytest.mark.parametrize("samples", [512, 513, 640, 1023, 1024, 1025, 2047, 2048, 4000, 15999, 16000, 32001, 100_000])
def test_signals_of_any_length(assert_same, speech_like, samples):
    assert_same(speech_like(samples / 16000))


@pytest.mark.parametrize(
    "changes",
    [
        {"frames_per_step": 1},
        {"frames_per_step": 1000},
        {"trim_db": 10.0},
        {"trim_db": 200.0},
        {"n_fft": 1024, "hop_length": 256, "n_mels": 128, "n_mfcc": 13},
        {"sample_rate": 8000, "n_fft": 256, "hop_length": 80},
    ],
    ids=str,
)
def test_every_setting(assert_same, speech_like, changes):
    assert_same(speech_like(1.3), **changes)


@pytest.mark.parametrize("gain", [1e-4, 1e-2, 10.0])
def test_quiet_and_loud_signals(assert_same, speech_like, gain):
    assert_same(speech_like(1.0) * np.float32(gain))


@pytest.mark.parametrize("silent", [(0, 16000), (16000, 0), (5000, 7777), (700, 100)])
def test_silent_ends_are_trimmed_where_librosa_trims(assert_same, speech_like, silent):
    assert_same(np.pad(speech_like(0.7), silent))


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_a_constant_signal(assert_same, value):
    assert_same(np.full(8000, value, np.float32))


def test_a_click_alone(assert_same):
    assert_same(np.eye(1, 9000, 4321, dtype=np.float32)[0])
