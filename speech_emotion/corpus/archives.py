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

AUDIO_SUFFIXES = {".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg"}
CHUNK = 2**20  # bytes
# A wrong length or checksum, broken compression, a missing end, and a password or an unknown compression.
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


class UnreadableFileError(Exception):
    """A member of an archive cannot be unpacked."""


@dataclass(frozen=True)
class AudioFile:
    """An audio file in a folder or an archive.

    Attributes:
        path: path relative to the folder or archive, with "/".
        size: size in bytes. Reading never yields more, because zipfile stops at the size that the archive lists.
        open: function that opens the file for reading bytes.
    """

    path: str
    size: int
    open: Callable[[], BinaryIO]

    def chunks(self) -> Iterator[bytes]:
        """Yield the content.

        Raises:
            UnreadableFileError: the file is damaged or encrypted.
        """
        try:
            with self.open() as file:
                while chunk := file.read(CHUNK):
                    yield chunk
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
    return sorted((file for file in files if _is_audio(PurePosixPath(file.path))), key=lambda file: file.path)


def _is_audio(path: PurePosixPath) -> bool:
    """Whether a file has an audio suffix and is not hidden. macOS adds hidden files without audio, as ._clip.wav."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")
