"""Read and write files: written completely or not at all, and with equal bytes for equal content."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speech_emotion.core.errors import UserError

DECIMALS = 6


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`. It replaces `path` on success and is removed on an error.

    The temporary name keeps the suffix, because NumPy and matplotlib choose the format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` and a final line break, as UTF-8."""
    with atomic_write(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys and floats rounded to DECIMALS."""
    write_text(path, json.dumps(_rounded(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False))


def read_json(path: Path, made_by: str = "dvc repro") -> dict:
    """Return a JSON object that the command `made_by` writes.

    Raises:
        UserError: the file is missing, or holds something else.
    """
    require_output(path, made_by)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}); run `{made_by}` to make it again") from error
    if not isinstance(content, dict):
        raise UserError(f"{path}: not a JSON object; run `{made_by}` to make it again")
    return content


def require_output(path: Path, made_by: str = "dvc repro") -> Path:
    """Return `path`, an output of an earlier stage.

    Raises:
        UserError: the file is missing; the message names the command `made_by`.
    """
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such file; run `{made_by}` to make it")
    return path


def _rounded(content: object) -> object:
    if isinstance(content, dict):
        return {key: _rounded(item) for key, item in content.items()}
    if isinstance(content, (list, tuple)):
        return [_rounded(item) for item in content]
    if isinstance(content, float):
        return round(content, DECIMALS)
    return content
