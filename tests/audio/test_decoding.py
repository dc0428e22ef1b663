import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from speech_emotion.audio import decoding
from speech_emotion.core.errors import UserError

RATE = 16000
NOISE = (0.1 * np.random.default_rng(0).standard_normal(3 * RATE)).astype(np.float32)
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def encode(samples: np.ndarray, rate: int = RATE, suffix: str = "wav") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=suffix, subtype="FLOAT" if suffix in ("wav", "aiff") else None)
    return file.getvalue()


def convert(folder: Path, output: str, *options: str) -> bytes:
    """Return NOISE as ffmpeg converts it. The output `-` is a pipe, where the header cannot be corrected at the end."""
    (folder / "noise.wav").write_bytes(encode(NOISE))
    command = ["ffmpeg", "-v", "error", "-i", "noise.wav", *options, output]
    finished = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return finished.stdout if output == "-" else (folder / output).read_bytes()


def decode(path: Path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    return np.concatenate([chunk for _, chunk in decoding.decode(path)])


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/noise.ts\n#EXT-X-ENDLIST\n"
BROKEN = {
    "empty": (b"", "is empty"),
    "half a header": (encode(NOISE)[:20], "expected audio such as wav"),
    "text": (b"Dear diary,\n" * 40, "expected audio such as wav"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(300), "expected audio such as wav"),
    "network address": (PLAYLIST, "not on whitelist|install ffmpeg"),
    "not a number": (encode(np.append(NOISE, np.nan)), "NaN"),
    "infinite": (encode(np.append(NOISE, np.inf)), "infinite"),
    "huge": (encode(np.append(NOISE, 1e30)), r"1e\+30"),
    "silent": (encode(np.zeros(RATE)), "zero"),
    "no samples": (encode(NOISE[:0]), "no samples|install ffmpeg"),
    "low rate": (encode(NOISE, 1), "sample rate of 1 Hz"),
    "high rate": (encode(NOISE, 2_000_000_000), "sample rate of 2,000,000,000 Hz"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_raises_a_user_error(tmp_path, name):
    content, message = BROKEN[name]
    with pytest.raises(UserError, match=message) as raised:
        decode(tmp_path / "clip.wav", content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("suffix", ["wav", "aiff", "au", "w64", "rf64", "flac", "ogg", "mp3"])
def test_a_truncated_file_raises_a_user_error(tmp_path, suffix):
    content = encode(NOISE, suffix=suffix)
    assert len(decode(tmp_path / "noise", content)) == len(NOISE)
    with pytest.raises(UserError, match="truncated"):
        decode(tmp_path / "noise", content[: len(content) * 2 // 3])


@needs_ffmpeg
@pytest.mark.parametrize(("name", "options"), [("noise.webm", ()), ("noise.m4a", ("-movflags", "+faststart"))])
def test_a_truncated_file_for_ffmpeg_raises_a_user_error(tmp_path, name, options):
    content = convert(tmp_path, name, *options)
    with pytest.raises(UserError, match="truncated"):
        decode(tmp_path / name, content[: len(content) * 2 // 3])


def test_damage_after_which_soundfile_raises_a_value_error_raises_a_user_error(tmp_path):
    time = np.arange(RATE // 2) / RATE
    content = encode(0.4 * np.sin(2 * np.pi * (300 * time + 400 * time**2)), suffix="mp3")
    padding = content.index(b"LAME") + 21  # number of samples to drop at the start and the end
    content = content[:padding] + b"\x24\xee\xe0" + content[padding + 3 :]
    errors = []
    for frame in re.finditer(b"\xff\xf3", content[200:]):  # without its first byte, the decoder skips it
        start = 200 + frame.start()
        try:
            decode(tmp_path / "tone.mp3", content[:start] + b"\0" + content[start + 1 :])
        except UserError as error:
            errors.append(str(error))
    assert any("is damaged" in error for error in errors)


@needs_ffmpeg
@pytest.mark.parametrize("suffix", ["wav", "aiff", "au", "w64", "caf", "flac", "ogg", "mp3"])
def test_a_file_that_does_not_state_its_length_is_decoded(tmp_path, suffix):
    samples = decode(tmp_path / "piped", convert(tmp_path, "-", "-f", suffix))
    assert len(samples) == pytest.approx(len(NOISE), abs=2500)  # some codecs add silence


WAV = encode(NOISE)
UNUSUAL = {
    "chunk after the samples": WAV + b"LIST\x04\0\0\0INFO",
    "aiff.wav": encode(NOISE, suffix="aiff"),
    "wav.raw": WAV,
    "sizes of zero": re.sub(rb"(RIFF|data)....", rb"\1\0\0\0\0", WAV, count=2, flags=re.DOTALL),
}


@needs_ffmpeg
@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_file_is_decoded(tmp_path, name):
    np.testing.assert_array_equal(decode(tmp_path / name, UNUSUAL[name])[:, 0], NOISE)


@needs_ffmpeg
@pytest.mark.parametrize(
    ("suffix", "codec"), [("m4a", "aac"), ("webm", "libopus"), ("wma", "wmav2"), ("mp4", "aac"), ("mka", "pcm_s16le")]
)
def test_ffmpeg_decodes_formats_that_libsndfile_does_not_support(tmp_path, suffix, codec):
    content = convert(tmp_path, f"noise.{suffix}", "-c:a", codec, "-ar", "48000", "-ac", "2")
    samples = decode(tmp_path / "copy", content)
    assert samples.dtype == np.float32
    assert samples.shape == (pytest.approx(3 * 48000, rel=0.05), 2)


def test_without_ffmpeg_the_error_says_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="install ffmpeg"):
        decode(tmp_path / "voice.m4a", b"\0\0\0\x20ftypM4A " + bytes(500))


@needs_ffmpeg
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have only UTF-8 names")
def test_an_error_of_ffmpeg_does_not_repeat_the_file_name(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe.wav"))
    with pytest.raises(UserError, match=r"^cannot be decoded \(Invalid data found when processing input\); expected"):
        decode(path, b"text\n" * 50)


@needs_ffmpeg
def test_ffmpeg_ends_when_its_reader_stops_early(tmp_path):
    convert(tmp_path, "noise.mka", "-ar", "192000")
    chunks = decoding.decode(tmp_path / "noise.mka")
    next(chunks)
    (ffmpeg,) = (child for child in psutil.Process().children() if child.name() == "ffmpeg")
    chunks.close()
    assert not ffmpeg.is_running()


def test_a_path_without_a_file_raises_a_user_error(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "missing.wav")
    for name, message in {"": "is a folder", "pipe.wav": "a pipe", "link.wav": "no such file"}.items():
        with pytest.raises(UserError, match=message):
            list(decoding.decode(tmp_path / name))


def test_a_file_without_permission_raises_a_user_error(tmp_path):
    path = tmp_path / "private.wav"
    path.write_bytes(WAV)
    path.chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may read everything
    try:
        with pytest.raises(UserError, match="Permission denied"):
            list(decoding.decode(path))
    finally:
        os.seteuid(user)
