"""From an audio file to samples, block by block, through libsndfile or else ffmpeg; what cannot be trusted is refused.

Files go by their content, not by their name: AIFF under a .wav name is read (two clips of TESS are that).
"""

import math
import os
import re
import shutil
import stat
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from speech_emotion.audio import headers
from speech_emotion.core.errors import UserError, require

BLOCK = 1 << 17  # frames read at a time: 4 MB of eight channels
UNRECOGNISED = (1, 3)  # libsndfile: unknown format, unknown encoding in a known one
LARGEST = 2.0**31  # sample; full scale is 1, or this where integers were written as floats
SAMPLE_RATES = (1_000, 1_000_000)  # Hz; a header with another is damaged, and would make hours or nothing of a file
KNOWN = "expected audio such as wav, aiff, flac, ogg, mp3"
Blocks = Iterator[tuple[int, np.ndarray]]


def decode(path: Path) -> Blocks:
    """Yield (rate in Hz, float32 samples of shape (frames, channels), full scale -1 to 1), block by block.

    Raises:
        UserError: says why the file is refused, without its name. What only its end can tell (all zero, damaged
            towards the end) is raised after its blocks.
    """
    total, heard = 0, False
    for rate, block in _decoded(path):
        lowest, highest = SAMPLE_RATES
        require(lowest <= rate <= highest, f"a sample rate of {rate:,} Hz; expected {lowest:,} to {highest:,} Hz")
        check_samples(block)
        total, heard = total + len(block), heard or bool(block.any())
        yield rate, block
    require(total > 0, "holds no samples; expected speech")
    require(heard, "all samples are zero; expected speech; was the microphone muted?")


def check_samples(samples: np.ndarray) -> None:
    """Refuse samples that are no sound: NaN, infinite, or far beyond any full scale."""
    largest = float(np.abs(samples).max(initial=0))
    require(math.isfinite(largest), "has NaN or infinite samples; expected numbers; export it anew")
    require(largest <= LARGEST, f"has a sample of {largest:.0e}; expected -1 to 1 (or 32-bit integers); export it anew")


def _decoded(path: Path) -> Blocks:
    try:
        yield from _through_either(path)
    except OSError as error:  # read, or ffmpeg started
        raise UserError(f"cannot be read ({error.strerror or error})") from error


def _through_either(path: Path) -> Blocks:
    with _opened(path) as file:
        require(os.fstat(file.fileno()).st_size > 0, f"is empty; {KNOWN}")
        headers.check_length(file)
        file.seek(0)
        try:
            with soundfile.SoundFile(file.fileno(), closefd=False) as sound:
                yield from _blocks(sound)
            return
        except soundfile.LibsndfileError as error:
            if error.code not in UNRECOGNISED:
                raise UserError(f"cannot be decoded ({error.error_string.rstrip('.')}); {KNOWN}") from error
    yield from _through_ffmpeg(path)


def _opened(path: Path):
    try:
        mode = os.stat(path).st_mode  # asked before it is opened: that would wait for a pipe's writer
        require(stat.S_ISREG(mode) or stat.S_ISDIR(mode), "is a pipe or a device; expected an audio file")
        return open(path, "rb", buffering=0)  # libsndfile reads on from where the descriptor stands
    except FileNotFoundError:
        raise UserError("no such file; was it moved or misspelt?") from None
    except PermissionError:
        raise UserError("no permission to read it") from None
    except IsADirectoryError:
        raise UserError("is a folder; expected an audio file") from None
    except OSError as error:
        raise UserError(f"cannot be read ({error.strerror})") from error


def _blocks(sound: soundfile.SoundFile) -> Blocks:
    total = 0
    while len(block := sound.read(BLOCK, dtype="float32", always_2d=True)):
        total += len(block)
        yield sound.samplerate, block
    require(total >= sound.frames, f"is truncated: {total:,} samples of the {sound.frames:,} that its header says")


def _through_ffmpeg(path: Path) -> Blocks:
    """Decode what libsndfile does not know (m4a, webm and many more) by ffmpeg, if it is installed."""
    ffmpeg = shutil.which("ffmpeg")
    require(ffmpeg is not None, f"is no audio that is known here; {KNOWN}; install ffmpeg for m4a, webm and others")
    # Only this file is read, whatever a playlist in it says; AU is the simplest format that says rate and channels.
    command = [ffmpeg, "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:
        try:
            yield from _read_au(process.stdout)
        finally:
            process.kill() if process.stdout.read(1) else process.wait()
        said.seek(0)
        complaint = os.fsdecode(said.read()).replace(f"file:{path}: ", "").strip()
        short = "ended prematurely" in complaint
        require(not short, "is truncated: it ends before its last block does")
        reason = re.sub(r"\[[^]]* @ 0x\w+\] ", "", complaint.partition("\n")[0]).rstrip(".")
        require(process.returncode == 0, f"cannot be decoded ({reason or 'ffmpeg failed'}); {KNOWN}, m4a or webm")


def _read_au(pipe) -> Blocks:
    head = pipe.read(24)
    if len(head) < 24:
        return
    offset, _, _, rate, channels = struct.unpack(">4x5I", head)
    pipe.read(offset - len(head))
    while data := pipe.read(4 * channels * BLOCK):
        whole = data[: len(data) // (4 * channels) * 4 * channels]
        yield rate, np.frombuffer(whole, ">f4").astype(np.float32).reshape(-1, channels)
