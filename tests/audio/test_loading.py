import numpy as np
import pytest
import soundfile

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError

RATE = 16000
FORMATS = [  # suffix, subtype, sample rate, channels
    *[("wav", kind, 44100, 1) for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW")],
    *[("wav", "PCM_16", rate, 1) for rate in (8000, 11025, 16000, 22050, 24414, 48000, 96000, 192000)],
    *[("wav", "PCM_16", 48000, channels) for channels in (2, 3, 6, 8)],
    *[("aiff", kind, 44100, 2) for kind in ("PCM_16", "PCM_24", "FLOAT")],
    *[("flac", kind, 96000, 8) for kind in ("PCM_16", "PCM_24")],
    *[("ogg", kind, 48000, channels) for kind in ("VORBIS", "OPUS") for channels in (1, 2)],
    *[("mp3", "MPEG_LAYER_III", rate, channels) for rate, channels in ((16000, 1), (44100, 2))],
]
LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_III", "ALAW", "PCM_U8")


def tone(rate: int, channels: int = 1, seconds: float = 1.0) -> np.ndarray:
    """A gliding tone below 3.4 kHz, the same at every rate: (samples, channels)."""
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (300 * time + 400 * time**2)
    return np.repeat((0.4 * np.sin(phase) * np.sin(np.pi * time / seconds))[:, None], channels, axis=1)


def relative_error(signal: np.ndarray) -> float:
    """Standard deviation of signal - tone, relative to the tone, in the middle half."""
    expected = tone(RATE)[:, 0]
    assert len(signal) == pytest.approx(len(expected), abs=0.06 * RATE)
    middle = slice(RATE // 4, 3 * RATE // 4)
    return float(np.std(signal[middle] - expected[middle]) / np.std(expected[middle]))


@pytest.mark.parametrize(("suffix", "subtype", "rate", "channels"), FORMATS)
def test_every_format_gives_the_same_signal(tmp_path, suffix, subtype, rate, channels):
    path = tmp_path / f"Ärger 怒り {rate}.{suffix}"
    soundfile.write(path, tone(rate, channels), rate, subtype=subtype)
    signal = loading.load(path, RATE)
    assert signal.dtype == np.float32
    assert relative_error(signal) < (0.1 if subtype in LOSSY else 0.005)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_stream_is_the_signal_in_chunks(tmp_path, rate):
    soundfile.write(tmp_path / "tone.flac", tone(rate, 2, seconds=3.5 * decoding.CHUNK / rate), rate)
    chunks = list(loading.stream(tmp_path / "tone.flac", RATE))
    assert len(chunks) > 3
    np.testing.assert_allclose(np.concatenate(chunks), loading.load(tmp_path / "tone.flac", RATE), atol=1e-5)


def test_an_error_names_the_file(tmp_path):
    with pytest.raises(UserError, match=r"^/.*clip\.wav: no such file"):
        loading.load(tmp_path / "clip.wav", RATE)
    with pytest.raises(UserError, match="^standard input: no such file"):
        loading.load(tmp_path / "clip.wav", RATE, name="standard input")
