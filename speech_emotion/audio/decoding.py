"""Decode an audio file block by block: with libsndfile, and with ffmpeg what libsndfile does not know.

The content of a file decides, not its name: AIFF in a file called .wav is decoded (TESS has two such clips).
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

BLOCK = 1 << 17  # frames in a block: 4 MB with eight channels
SAMPLE_RATES = (1_000, 1_000_000)  # Hz, lowest and highest; a header with another rate is damaged
LARGEST_SAMPLE = 2.0**31  # full scale is 1, or this in a file with 32-bit integers stored as floats
EXPECTED = "expected audio such as wav, aiff, flac, ogg, mp3"

# How libsndfile reports a length that it does not know.
UNKNOWN_FRAMES = 2**63 - 1  # FLAC that was written to a pipe
ESTIMATED_FRAMES = "bitrate mode   : constant"  # in its log: MP3 without a header that states the number of frames

# How libsndfile's log reports a file that ends early, such as "data : 264600 (should be 176385)".
SHORT_CHUNK = re.compile(r"^ *(?:data|SSND|Data Size|Riff size|riff) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
SHORT_OGG = re.compile(r"lacks an end-of-stream bit.*\n.*Junk after the last page")
UNKNOWN_BYTES = 0x7FFF0000  # programs that write WAV to a pipe state this size or more

Blocks = Iterator[tuple[int, np.ndarray]]


def decode(path: Path) -> Blocks:
    """Yield (sample rate in Hz, float32 of shape (frames, channels), full scale -1 to 1), block by block.

    Raises:
        UserError: says why the file cannot be used, without its name. Problems that only show at the end of the file,
            such as samples that are all zero, are raised after its blocks.
    """
    check_file(path)
    decoder = with_soundfile if known_to_libsndfile(path) else with_ffmpeg
    lowest, highest = SAMPLE_RATES
    total = 0
    silent = True
    for rate, block in decoder(path):
        if not lowest <= rate <= highest:
            raise UserError(f"has a sample rate of {rate:,} Hz; expected {lowest:,} to {highest:,} Hz")
        check_samples(block)
        total += len(block)
        silent = silent and not block.any()
        yield rate, block
    if total == 0:
        raise UserError("has no samples; expected speech")
    if silent:
        raise UserError("all samples are zero; expected speech; was the microphone muted?")


def check_file(path: Path) -> None:
    """Raise UserError if `path` is missing, not a file, not readable, or empty."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
            raise UserError("is a folder, a pipe or a device; expected an audio file")
        if status.st_size == 0:
            raise UserError(f"is empty; {EXPECTED}")
        os.close(os.open(path, os.O_RDONLY))
    except FileNotFoundError:
        raise UserError("no such file; was it moved or misspelled?") from None
    except OSError as error:
        raise UserError(f"cannot be read ({error.strerror})") from error


def check_samples(samples: np.ndarray) -> None:
    """Raise UserError if samples are NaN, infinite, or far above full scale."""
    largest = float(np.abs(samples).max(initial=0))
    if not math.isfinite(largest):
        raise UserError("has NaN or infinite samples; expected numbers; export it again")
    if largest > LARGEST_SAMPLE:
        raise UserError(f"has a sample of {largest:.0e}; expected -1 to 1 (or 32-bit integers); export it again")


def known_to_libsndfile(path: Path) -> bool:
    """Whether libsndfile can open a file and knows its length, which is as far as it reads."""
    try:
        with _open(path) as sound:
            return 0 < sound.frames < UNKNOWN_FRAMES and ESTIMATED_FRAMES not in sound.extra_info
    except soundfile.LibsndfileError:
        return False


def with_soundfile(path: Path) -> Blocks:
    """Decode a file that is `known_to_libsndfile`. Raises UserError if it is truncated or damaged."""
    with _open(path) as sound:
        _check_log(sound.extra_info)
        yield from _read_blocks(sound)
        if sound.tell() < sound.frames:
            raise UserError(f"is truncated or damaged: {sound.tell():,} samples of {sound.frames:,}")


def with_ffmpeg(path: Path) -> Blocks:
    """Decode any other audio. Raises UserError if ffmpeg is not installed or reports an error."""
    if shutil.which("ffmpeg") is None:
        raise UserError(f"libsndfile cannot decode it; {EXPECTED}; install ffmpeg for m4a, webm and other formats")
    # The whitelist keeps a playlist from opening network addresses. AU is a format that can be read from a pipe.
    command = ["ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process:
            output = process.stdout.fileno()
            # If ffmpeg fails, there is no AU to open, and the log says why.
            with suppress(soundfile.LibsndfileError), soundfile.SoundFile(output, closefd=False) as sound:
                yield from _read_blocks(sound)
        log.seek(0)
        _check_ffmpeg(process.returncode, os.fsdecode(log.read()).replace(f"file:{path}: ", ""))


def _open(path: Path) -> soundfile.SoundFile:
    # By its descriptor: soundfile cannot encode every name, and takes a file called .raw for one without a header.
    return soundfile.SoundFile(os.open(path, os.O_RDONLY))


def _read_blocks(sound: soundfile.SoundFile) -> Blocks:
    total = 0
    try:
        while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
            total += len(block)
            if sound.seekable() and sound.tell() != total:  # in damaged MP3; the next read would raise a ValueError
                raise UserError(f"is damaged: decoding failed after {total:,} samples")
            yield sound.samplerate, block
    except soundfile.LibsndfileError as error:
        raise UserError(f"is damaged or truncated ({error.error_string.rstrip('.')})") from error


def _check_log(log: str) -> None:
    for stated, found in SHORT_CHUNK.findall(log):
        if int(found) < int(stated) < UNKNOWN_BYTES:
            raise UserError(f"is truncated: {int(found):,} bytes of {int(stated):,}")
    if SHORT_OGG.search(log):
        raise UserError("is truncated: it ends within a page")


def _check_ffmpeg(status: int, log: str) -> None:
    if re.search("ended prematurely|partial file", log):
        raise UserError("is truncated")
    if status != 0:
        reason = re.sub(r"\[.*? @ 0x\w+\] ", "", log.partition("\n")[0]).rstrip(".")
        raise UserError(f"cannot be decoded ({reason or 'ffmpeg failed'}); {EXPECTED}, m4a or webm")
