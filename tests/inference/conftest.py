import pytest
import soundfile

from speech_emotion.inference.predictor import Predictor


@pytest.fixture(scope="session")
def predictor(shipped):
    return Predictor(shipped)


@pytest.fixture
def recording(tmp_path, speech_like):
    """A function that writes speech-like sound to a file in tmp_path and returns the path."""

    def write(name="clip.wav", seconds=1.0):
        path = tmp_path / name
        soundfile.write(path, speech_like(seconds), 16000)
        return path

    return write
