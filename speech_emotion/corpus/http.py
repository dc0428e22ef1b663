"""Download an archive: resumed where it broke off, tried again a few times, never taken for whole before it is."""

import hashlib
import json
import os
import time
import zipfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import requests

from speech_emotion.core import files
from speech_emotion.corpus import responses
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.description import Source
from speech_emotion.corpus.responses import RetryableError
from speech_emotion.corpus.verification import Progress

BLOCK = 2**16


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds to wait for a connection, for the next bytes, and before the second attempt (then twice that, ...)."""

    connect: float = 15
    read: float = 60
    pause: float = 1
    attempts: int = 4


RETRY_POLICY = RetryPolicy()


def download(source: Source, archive: Path, limit: int, progress: Progress, patience: RetryPolicy = RETRY_POLICY) -> None:
    """Fetch `source.url` into the zip archive `archive`, unless it is there already.

    The bytes so far are kept in `<archive>.part`, across calls, with what tells the version they belong to in
    `<archive>.part.json`. Only a whole zip archive with the known hash is renamed to `archive`. An answer of more than
    `limit` bytes is refused.

    Raises:
        UserError: the server refuses, answers with something else than the archive, or fails too often.
        OSError: the file cannot be written; what was written is kept for the next call.
    """
    if archive.exists():
        return
    part = archive.with_name(archive.name + ".part")
    for attempt in range(patience.attempts):
        time.sleep(patience.pause * 2 ** (attempt - 1) if attempt else 0)
        try:
            resumed = _transfer(source.url, part, limit, progress, patience)
            _check_whole(source, part, resumed)
            os.replace(part, archive)
            return _note(part).unlink()
        except (*responses.PASSING, RetryableError) as error:
            reason = responses.cause(error)
        except requests.RequestException as error:
            raise UserError(str(error)) from error
    kept = f"; {part.stat().st_size:,} bytes are kept, the next run goes on from there" if part.exists() else ""
    raise UserError(f"{patience.attempts} attempts failed, the last one because: {reason}{kept}")


def _transfer(url: str, part: Path, limit: int, progress: Progress, patience: RetryPolicy) -> bool:
    """Append what is lacking to `part`; True where it went on from earlier bytes."""
    start, note = _kept(part)
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-"} | ({"If-Range": note["version"]} if note["version"] else {})
    with requests.get(url, headers=headers, stream=True, timeout=(patience.connect, patience.read)) as response:
        responses.check_status(response)
        if response.status_code == 416:  # nothing from `start` on: all is there, or it belongs to something longer
            if response.headers.get("Content-Range") != f"bytes */{start}":
                raise _discarded(part, "the server has less than was downloaded before")
            return True
        if response.status_code == 206 and not (start and responses.continues(response, start, note)):
            raise _discarded(part, "the archive changed since its download began")
        _write(response, part, start if response.status_code == 206 else 0, limit, progress)
    return response.status_code == 206


def _write(response: requests.Response, part: Path, start: int, limit: int, progress: Progress) -> None:
    """Write the body from byte `start` on. An earlier part goes only when an archive has begun to come."""
    total, blocks, done = responses.total(response), response.iter_content(BLOCK), start
    _check_size(total or 0, limit, part)
    first = next(blocks, b"")
    if not start:
        responses.check_zip(response, first)
        part.unlink(missing_ok=True)
        files.write_json(_note(part), {"total": total, "version": responses.version(response)})
    with open(part, "ab") as file:
        for block in chain([first], blocks):  # urllib3 raises in the end where less came than was announced
            done += len(block)
            _check_size(done, limit, part)
            file.write(block)
            progress("downloading", done, total)


def _check_whole(source: Source, part: Path, resumed: bool) -> None:
    """Refuse a wrong hash, but first try afresh where two downloads were joined; try afresh for a broken zip, too."""
    for kind, expected in (("md5", source.md5), ("sha256", source.sha256)):
        if expected and (found := _digest(part, kind)) != expected:
            wrong = _discarded(part, f"{kind} of the archive is {found}; expected {expected}")
            raise wrong if resumed else UserError(str(wrong))
    if not zipfile.is_zipfile(part):
        raise _discarded(part, "the zip archive is cut short or damaged")


def _check_size(size: int, limit: int, part: Path) -> None:
    if size > limit:
        part.unlink(missing_ok=True)
        raise UserError(f"{size:,} bytes or more; expected at most {limit:,}, the download was stopped")


def _kept(part: Path) -> tuple[int, dict]:
    """Bytes to go on from, and their note; none where nothing tells which archive they belong to."""
    try:
        return part.stat().st_size, json.loads(_note(part).read_text("utf-8"))
    except FileNotFoundError:
        return 0, {}


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _discarded(part: Path, reason: str) -> RetryableError:
    part.unlink(missing_ok=True)
    return RetryableError(reason)


def _digest(path: Path, kind: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
