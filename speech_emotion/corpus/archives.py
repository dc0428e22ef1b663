"""List the audio files of a folder or a zip archive."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from speech_emotion.core.errors import UserError

AUDIO_SUFFIXES = {".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg"}
BLOCK = 2**20  # bytes
# A wrong length or checksum, broken compression, a missing end, and a password or an unknown compression.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


class UnreadableFileError(Exception):
    """A member of an archive cannot be unpacked."""


@dataclass(frozen=True)
class AudioFile:
    """An audio file in a folder or an archive.

    Attributes:
        path: relative to the folder or archive, with "/".
        size: in bytes. What is read from an archive is never more than the size that the archive lists.
        open: opens the file for reading bytes.
    """

    path: str
    size: int
    open: Callable[[], BinaryIO]

    def blocks(self) -> Iterator[bytes]:
        """Yield the content.

        Raises:
            UnreadableFileError: the file is damaged or encrypted.
        """
        try:
            with self.open() as file:
                while block := file.read(BLOCK):
                    yield block
        except UNREADABLE as error:
            raise UnreadableFileError(f"{self.path}: {error}") from error


@contextmanager
def open_audio_files(path: Path) -> Iterator[list[AudioFile]]:
    """Yield the audio files of a folder or a zip archive, sorted by path. Hidden files are left out.

    Raises:
        UserError: `path` is neither.
    """
    if path.is_dir():
        found = [_in_folder(path, file) for file in path.rglob("*") if file.is_file()]
        yield _select_audio(found)
        return
    with _open_zip(path) as archive:
        found = [_in_zip(archive, info) for info in archive.infolist() if not info.is_dir()]
        yield _select_audio(found)


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


def _select_audio(files: list[AudioFile]) -> list[AudioFile]:
    return sorted((file for file in files if _is_audio(PurePosixPath(file.path))), key=lambda file: file.path)


def _is_audio(path: PurePosixPath) -> bool:
    """macOS adds hidden files such as ._clip.wav to archives. They hold no audio."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")
