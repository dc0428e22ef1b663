"""From any file to a signal, and one clear line for a file that cannot give one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_emotion.audio import decoding, loading
from speech_emotion.core.errors import UserError

RATE = 16000
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")

FORMATS = [  # suffix, subtype, rate, channels
    *[("wav", kind, 44100, 1) for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW")],
    *[("wav", "PCM_16", rate, 1) for rate in (8000, 11025, 16000, 22050, 24414, 48000, 96000, 192000)],
    *[("wav", "PCM_16", 48000, channels) for channels in (2, 3, 6, 8)],
    *[("aiff", kind, 44100, 2) for kind in ("PCM_16", "PCM_24", "FLOAT")],
    *[("flac", kind, 96000, 8) for kind in ("PCM_16", "PCM_24")],
    *[("ogg", kind, 48000, channels) for kind in ("VORBIS", "OPUS") for channels in (1, 2)],
    *[("mp3", "MPEG_LAYER_III", rate, channels) for rate, channels in ((16000, 1), (44100, 2))],
]


def tone(rate: int, channels: int = 1, seconds: float = 1.0) -> np.ndarray:
    """A gliding tone below 3.4 kHz, the same at every rate; (samples, channels)."""
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (300 * time + 400 * time**2)
    return np.repeat((0.4 * np.sin(phase) * np.sin(np.pi * time / seconds))[:, None], channels, axis=1)


def error(signal: np.ndarray) -> float:
    """Deviation from the tone as a share of it; the ends are left out, and a codec's delay is not."""
    expected = tone(RATE)[:, 0]
    assert abs(len(signal) - len(expected)) < 0.06 * RATE
    middle = slice(RATE // 4, 3 * RATE // 4)
    return float(np.std(signal[middle] - expected[middle]) / np.std(expected[middle]))


@pytest.mark.parametrize(("suffix", "kind", "rate", "channels"), FORMATS)
def test_formats(tmp_path, suffix, kind, rate, channels):
    path = tmp_path / f"Ärger 怒り {rate}.{suffix}"
    soundfile.write(path, tone(rate, channels), rate, subtype=kind)
    signal = loading.load(path, RATE)
    assert signal.dtype == np.float32
    assert error(signal) < (0.1 if kind in ("VORBIS", "OPUS", "MPEG_LAYER_III", "ALAW", "PCM_U8") else 0.005)


@needs_ffmpeg
@pytest.mark.parametrize(
    ("suffix", "codec"), [("m4a", "aac"), ("webm", "libopus"), ("wma", "wmav2"), ("mp4", "aac"), ("mka", "pcm_s16le")]
)
def test_formats_through_ffmpeg(tmp_path, suffix, codec):
    convert(tmp_path / "tone.wav", tmp_path / f"tone.{suffix}", "-c:a", codec)
    assert len(loading.load(tmp_path / f"tone.{suffix}", RATE)) == pytest.approx(RATE, abs=0.12 * RATE)


@needs_ffmpeg
def test_a_wav_file_whose_writer_did_not_know_its_length(tmp_path):
    soundfile.write(tmp_path / "tone.wav", tone(RATE), RATE)
    command = ["ffmpeg", "-v", "error", "-i", tmp_path / "tone.wav", "-f", "wav", "-"]
    (tmp_path / "piped.wav").write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    assert error(loading.load(tmp_path / "piped.wav", RATE)) < 0.005


def convert(source: Path, target: Path, *options: str) -> None:
    soundfile.write(source, tone(48000, 2), 48000)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *options, target], check=True)


def test_without_ffmpeg_the_line_says_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "voice.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(500))
    with pytest.raises(UserError, match=r"voice\.m4a: is no audio that is known here; .*; install ffmpeg for m4a"):
        loading.load(tmp_path / "voice.m4a", RATE)


@needs_ffmpeg
def test_ffmpegs_own_words_are_one_line(tmp_path):
    (tmp_path / "text.wav").write_text("no sound\n" * 50)
    with pytest.raises(UserError) as refused:
        loading.load(tmp_path / "text.wav", RATE)
    assert str(refused.value).count("\n") == 0
    assert "(Invalid data found when processing input)" in str(refused.value)


@needs_ffmpeg
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are not UTF-8")
def test_a_name_that_is_not_utf_8_stands_in_the_line_once(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe.wav"))
    path.write_text("no sound\n" * 50)
    with pytest.raises(UserError) as refused:
        loading.load(path, RATE)
    assert str(refused.value).count(".wav:") == 1


@needs_ffmpeg
def test_a_truncated_webm_file_is_refused(tmp_path):
    convert(tmp_path / "tone.wav", tmp_path / "tone.webm")
    shorten(tmp_path / "tone.webm")
    with pytest.raises(UserError, match=r"tone\.webm: is truncated"):
        loading.load(tmp_path / "tone.webm", RATE)


@needs_ffmpeg
def test_a_playlist_does_not_open_other_files(tmp_path):
    soundfile.write(tmp_path / "secret.wav", tone(RATE), RATE)
    (tmp_path / "list.wav").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.wav\n#EXT-X-ENDLIST\n")
    with pytest.raises(UserError, match=r"list\.wav: cannot be decoded"):
        loading.load(tmp_path / "list.wav", RATE)


def shorten(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "mp3", "rf64"])
def test_truncated_files_are_refused(tmp_path, suffix):
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(44100, seconds=3), 44100, format=suffix.upper())
    shorten(path)
    with pytest.raises(UserError, match=rf"tone\.{suffix}: (is truncated|cannot be decoded)"):
        loading.load(path, RATE)


def test_chunks_behind_the_samples_are_no_truncation(tmp_path):
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(RATE), RATE)
    path.write_bytes(path.read_bytes() + b"LIST\x04\0\0\0INFO")
    assert len(loading.load(path, RATE)) == RATE


def broken(name: str, folder: Path) -> Path:
    """Make the file `name` in `folder`, each with its own defect."""
    path, good = folder / name, tone(RATE).astype(np.float32)
    soundfile.write(path, good, RATE, subtype="FLOAT")
    content = path.read_bytes()
    contents = {
        "empty.wav": b"",
        "header only.wav": content[:80],
        "half a header.wav": content[:20],
        "text.wav": b"Dear diary,\n" * 40,
        "picture.wav": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(300),
    }
    samples = {"nan.wav": np.nan, "infinite.wav": np.inf, "huge.wav": 1e30, "zeros.wav": 0.0, "no samples.wav": None}
    if name in contents:
        path.write_bytes(contents[name])
    elif name in samples:
        value = samples[name]
        good[...] = 0.0 if value == 0.0 else good
        good[RATE // 2] = 0.0 if value is None else value
        soundfile.write(path, good[: 0 if value is None else None], RATE, subtype="FLOAT")
    elif name == "gone.wav":
        path.unlink()
        path.symlink_to(folder / "elsewhere.wav")
    return path


REFUSED = {
    "empty.wav": "is empty",
    "header only.wav": "has a header but no samples",
    "half a header.wav": "has a header but no samples",
    "no samples.wav": "has a header but no samples",
    "text.wav": "expected audio such as wav",
    "picture.wav": "expected audio such as wav",
    "nan.wav": "has NaN or infinite samples",
    "infinite.wav": "has NaN or infinite samples",
    "huge.wav": r"has a sample of 1e\+30; expected -1 to 1",
    "zeros.wav": "all samples are zero",
    "gone.wav": "no such file",
}


@pytest.mark.parametrize("name", REFUSED)
def test_broken_files_are_refused_by_name(tmp_path, name):
    with pytest.raises(UserError, match=f"{name}: .*{REFUSED[name]}"):
        loading.load(broken(name, tmp_path), RATE)


@pytest.mark.parametrize(("rate", "shown"), [(1, "1 Hz"), (2_000_000_000, "2,000,000,000 Hz")])
def test_a_rate_that_no_recorder_has_is_refused(tmp_path, rate, shown):
    soundfile.write(tmp_path / "clip.wav", tone(RATE), rate)
    with pytest.raises(UserError, match=rf"clip\.wav: a sample rate of {shown}; expected 1,000 to 1,000,000 Hz"):
        loading.load(tmp_path / "clip.wav", RATE)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder; expected an audio file"):
        loading.load(tmp_path, RATE)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(UserError, match=r"pipe\.wav: is a pipe or a device; expected an audio file"):
        loading.load(tmp_path / "pipe.wav", RATE)


@pytest.fixture
def unprivileged():
    """Root may read everything, so that for a while we are not root."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


def test_a_file_without_permission_is_refused(tmp_path, request):
    path = tmp_path / "private.wav"
    soundfile.write(path, tone(RATE), RATE)
    path.chmod(0)
    request.getfixturevalue("unprivileged")
    with pytest.raises(UserError, match=r"private\.wav: no permission to read it"):
        loading.load(path, RATE)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_stream_is_the_whole_in_pieces(tmp_path, monkeypatch, rate):
    monkeypatch.setattr(decoding, "BLOCK", 10_000)
    soundfile.write(tmp_path / "tone.flac", tone(rate, 2, seconds=4.7), rate)
    pieces = list(loading.stream(tmp_path / "tone.flac", RATE))
    assert len(pieces) > 3
    np.testing.assert_allclose(np.concatenate(pieces), loading.load(tmp_path / "tone.flac", RATE), atol=1e-5)


def test_an_error_can_call_the_file_otherwise(tmp_path):
    with pytest.raises(UserError, match="^standard input: no such file"):
        loading.load(tmp_path / "tone.wav", RATE, name="standard input")
