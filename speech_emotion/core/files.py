"""Read and write files: written completely or not at all, and with equal bytes for equal content."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from speech_emotion.core.errors import UserError

DECIMALS = 6
RERUN = "run `dvc repro` to make it again"


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`. It replaces `path` on success and is removed on an error.

    The temporary name keeps the suffix, because matplotlib chooses the format by it.

    Raises:
        OSError: with `path` as its file name, such as when the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.filename in (None, str(temporary)):  # an error while writing has no name
            error.filename = str(path)
        raise
    finally:
        # It may be gone already. Where nothing can be removed, that error would hide the first.
        with suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write `text` and a final line break, as UTF-8."""
    with atomic_write(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys and floats rounded to DECIMALS."""
    write_text(path, json.dumps(_rounded(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False))


def read_json(path: Path) -> dict:
    """Return the JSON object that an earlier stage wrote. Raises UserError if the file is missing or damaged."""
    require_output(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}); {RERUN}") from error


def require_output(path: Path) -> Path:
    """Return `path`, an output of an earlier stage. Raises UserError if there is no such file."""
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such file; run `dvc repro` to make it")
    return path


def _rounded(content: object) -> object:
    if isinstance(content, dict):
        return {key: _rounded(item) for key, item in content.items()}
    if isinstance(content, (list, tuple)):
        return [_rounded(item) for item in content]
    if isinstance(content, float):
        return round(content, DECIMALS)
    return content
