"""List the audio files of a folder or a zip archive, without trusting either."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from speech_emotion.core.errors import UserError

AUDIO = {".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg"}
ENCRYPTED = 0x41  # plain and strong encryption
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without bound from one read


class DamagedFileError(Exception):
    """A file's bytes cannot be read as they were packed."""


@dataclass(frozen=True)
class AudioFile:
    """An audio file: its path with "/", the bytes it claims to have, and a function that opens it."""

    path: str
    size: int
    open: Callable[[], BinaryIO]

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """Open the file.

        Raises:
            Damaged: inside the block, when what is packed is not what the archive says (length, checksum, compression).
        """
        try:
            with self.open() as file:
                yield file
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DamagedFileError(f"{self.path}: {error}") from error


@contextmanager
def open_members(path: Path) -> Iterator[list[AudioFile]]:
    """Yield the audio files (by suffix; hidden ones do not count) of a folder or zip archive, sorted by path.

    Raises:
        UserError: `path` is neither, or the archive holds what no honest one does: a path outside its folder, a
            link, an encrypted file, an odd compression.
    """
    path = Path(path)
    if path.is_dir():
        yield _sorted(_file(path, file) for file in path.rglob("*") if file.is_file())
        return
    with _opened(path) as archive:
        yield _sorted(_member(archive, info) for info in archive.infolist() if not info.is_dir())


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise UserError(f"neither a folder nor a whole zip archive ({error}); fetch or unpack it again") from error


def _sorted(files: Iterator[AudioFile]) -> list[AudioFile]:
    return sorted((member for member in files if _is_audio(PurePosixPath(member.path))), key=lambda member: member.path)


def _is_audio(path: PurePosixPath) -> bool:
    """Hidden files are macOS's (._clip.wav), no audio."""
    return path.suffix.lower() in AUDIO and not path.name.startswith(".")


def _file(folder: Path, file: Path) -> AudioFile:
    return AudioFile(file.relative_to(folder).as_posix(), file.stat().st_size, partial(open, file, "rb"))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> AudioFile:
    path = info.filename.replace("\\", "/")  # some packers on Windows write "\"
    for problem, found in (
        ("a path outside the folder", path.startswith("/") or ".." in path.split("/") or path[1:2] == ":"),
        ("a link", stat.S_ISLNK(info.external_attr >> 16)),
        ("encrypted", info.flag_bits & ENCRYPTED),
        (f"compressed by method {info.compress_type}", info.compress_type not in METHODS),
    ):
        if found:
            raise UserError(f"its member {info.filename!r} is {problem}; expected plain files, nothing was unpacked")
    return AudioFile(path, info.file_size, partial(archive.open, info))
