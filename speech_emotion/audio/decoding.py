"""Decode an audio file in chunks, with libsndfile or, for formats that it does not support, with ffmpeg.

The format is detected from the content, not from the file name (two clips of TESS are AIFF in files called .wav).
"""

import math
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

from speech_emotion.core.errors import UserError

CHUNK = 1 << 17  # frames in a chunk: 4 MB with eight channels
SAMPLE_RATES = (1_000, 1_000_000)  # Hz, lowest and highest; a header with another rate is damaged
LARGEST_SAMPLE = 2.0**31  # full scale is 1, or this in a file with 32-bit integers stored as floats
EXPECTED = "expected audio such as wav, aiff, flac, ogg, mp3"

# How libsndfile reports an unknown length.
UNKNOWN_FRAMES = 2**63 - 1  # FLAC that was written to a pipe
ESTIMATED_FRAMES = "bitrate mode   : constant"  # in the log, for an MP3 whose header does not state its length

# How libsndfile's log reports a truncated file, such as "data : 264600 (should be 176385)".
SHORT_CHUNK = re.compile(r"^ *(?:data|SSND|Data Size|Riff size|riff) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
SHORT_OGG = re.compile(r"lacks an end-of-stream bit.*\n.*Junk after the last page")
UNKNOWN_BYTES = 0x7FFF0000  # programs that write WAV to a pipe, and cannot know its size, state this or more

Chunks = Iterator[tuple[int, np.ndarray]]


def decode(path: Path) -> Chunks:
    """Yield the samples of a file chunk by chunk.

    Yields:
        the sample rate in Hz, the same for all chunks, and float32 of shape (frames, channels), full scale -1 to 1.

    Raises:
        UserError: the file cannot be decoded. The message does not name the file. Some errors can only be found at
            the end of the file, such as samples that are all zero, and are raised after the last chunk.
    """
    sound = _open_complete(path)
    chunks = decode_with_ffmpeg(path) if sound is None else decode_with_soundfile(sound)
    lowest, highest = SAMPLE_RATES
    silent = True
    for rate, chunk in chunks:
        if not lowest <= rate <= highest:
            raise UserError(f"has a sample rate of {rate:,} Hz; expected {lowest:,} to {highest:,} Hz")
        check_samples(chunk)
        silent = silent and not chunk.any()
        yield rate, chunk
    if silent:
        raise UserError("has no samples, or all samples are zero; expected speech; was the microphone muted?")


def check_samples(samples: np.ndarray) -> None:
    """Raise UserError if samples are NaN, infinite, or far above full scale."""
    largest = float(np.abs(samples).max(initial=0))
    if not math.isfinite(largest):
        raise UserError("has NaN or infinite samples; expected numbers; export it again")
    if largest > LARGEST_SAMPLE:
        raise UserError(f"has a sample of {largest:.0e}; expected -1 to 1 (or 32-bit integers); export it again")


def decode_with_soundfile(sound: soundfile.SoundFile) -> Chunks:
    """Decode an open file, and close it. Raises UserError if it is truncated or damaged."""
    with sound:
        _check_libsndfile_log(sound.extra_info)
        yield from _read_chunks(sound)
        if sound.tell() < sound.frames:
            raise UserError(f"is truncated or damaged: {sound.tell():,} samples of {sound.frames:,}")


def decode_with_ffmpeg(path: Path) -> Chunks:
    """Decode a file in any other format. Raises UserError if ffmpeg is not installed or reports an error."""
    if shutil.which("ffmpeg") is None:
        raise UserError(f"libsndfile cannot decode it; {EXPECTED}; install ffmpeg for m4a, webm and other formats")
    # The whitelist keeps a playlist from opening network addresses. AU is a format that can be read from a pipe.
    command = ["ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process:
            output = process.stdout.fileno()
            # If ffmpeg fails, its output is not AU, and the log says why.
            with suppress(soundfile.LibsndfileError), soundfile.SoundFile(output, closefd=False) as sound:
                yield from _read_chunks(sound)
        log.seek(0)
        _check_ffmpeg_log(process.returncode, os.fsdecode(log.read()).replace(f"file:{path}: ", ""))


def _open_complete(path: Path) -> soundfile.SoundFile | None:
    """Open a file with libsndfile. Return None if it does not support the format, or cannot tell the length."""
    try:
        sound = soundfile.SoundFile(_open_file(path))
    except soundfile.LibsndfileError:
        return None
    if 0 < sound.frames < UNKNOWN_FRAMES and ESTIMATED_FRAMES not in sound.extra_info:
        return sound
    sound.close()
    return None


def _open_file(path: Path) -> int:
    """Return a descriptor: soundfile cannot encode every name, and expects no header in a file called .raw."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
            raise UserError("is a folder, a pipe or a device; expected an audio file")
        if status.st_size == 0:
            raise UserError(f"is empty; {EXPECTED}")
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise UserError("no such file; was it moved or misspelled?") from None
    except OSError as error:
        raise UserError(f"cannot be read ({error.strerror})") from error


def _read_chunks(sound: soundfile.SoundFile) -> Chunks:
    total = 0
    try:
        while len(chunk := sound.read(CHUNK, dtype="float32", always_2d=True)):
            total += len(chunk)
            if sound.seekable() and sound.tell() != total:  # in damaged MP3; the next read would raise a ValueError
                raise UserError(f"is damaged: decoding failed after {total:,} samples")
            yield sound.samplerate, chunk
    except soundfile.LibsndfileError as error:
        raise UserError(f"is damaged or truncated ({error.error_string.rstrip('.')})") from error


def _check_libsndfile_log(log: str) -> None:
    for stated, found in SHORT_CHUNK.findall(log):
        if int(found) < int(stated) < UNKNOWN_BYTES:
            raise UserError(f"is truncated: {int(found):,} bytes of {int(stated):,}")
    if SHORT_OGG.search(log):
        raise UserError("is truncated: it ends within a page")


def _check_ffmpeg_log(status: int, log: str) -> None:
    if re.search("ended prematurely|partial file", log):
        raise UserError("is truncated")
    if status != 0:
        reason = re.sub(r"\[.*? @ 0x\w+\] ", "", log.partition("\n")[0]).rstrip(".")
        raise UserError(f"cannot be decoded ({reason or 'ffmpeg failed'}); {EXPECTED}, m4a or webm")
