"""List the audio files of a folder or a zip archive."""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable

AUDIO_SUFFIXES = (".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg")
MAX_BYTES = 50 * 2**20  # of a file; a clip of speech is far smaller
# A wrong length or checksum, broken compression, a missing end, and a password or an unknown compression.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


class UnreadableFileError(Exception):
    """A member of an archive cannot be unpacked."""


@dataclass(frozen=True)
class AudioFile:
    """An audio file in a folder or an archive."""

    path: str  # relative to the folder or archive, with "/"
    size: int  # in bytes; zipfile never reads more than the archive states
    open: Callable[[], BinaryIO]

    def read(self) -> bytes:
        """Return the content. Raises UnreadableFileError if it is damaged or encrypted, and UserError if too large."""
        if self.size > MAX_BYTES:
            raise UserError(f"{printable(self.path)}: {self.size:,} bytes; expected at most {MAX_BYTES:,}")
        try:
            with self.open() as file:
                return file.read()
        except UNREADABLE as error:
            raise UnreadableFileError(f"{self.path}: {error}") from error


@contextmanager
def open_audio_files(path: Path) -> Iterator[list[AudioFile]]:
    """Yield the audio files of a folder or a zip archive, sorted by path. Hidden files are left out.

    Raises:
        UserError: `path` is neither.
    """
    if path.is_dir():
        yield _select_audio(_in_folder(path, file) for file in path.rglob("*") if file.is_file())
        return
    with _open_zip(path) as archive:
        yield _select_audio(_in_zip(archive, info) for info in archive.infolist() if not info.is_dir())


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UserError(f"neither a folder nor a complete zip archive ({error}); get or unpack it again") from error


def _in_folder(folder: Path, file: Path) -> AudioFile:
    return AudioFile(file.relative_to(folder).as_posix(), file.stat().st_size, partial(open, file, "rb"))


def _in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> AudioFile:
    path = info.filename.replace("\\", "/")  # some Windows programs write "\"
    return AudioFile(path, info.file_size, partial(archive.open, info))


def _select_audio(files: Iterable[AudioFile]) -> list[AudioFile]:
    audio = [file for file in files if file.path.lower().endswith(AUDIO_SUFFIXES)]
    visible = [file for file in audio if not PurePosixPath(file.path).name.startswith(".")]  # macOS adds ._clip.wav
    return sorted(visible, key=lambda file: file.path)
