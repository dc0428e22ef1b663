"""Download an archive: resumed where it broke off, tried again a few times, never taken for whole before it is."""

import hashlib
import json
import os
import re
import time
import zipfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import requests

from ser import files
from ser.corpora import Source
from ser.errors import UserError
from ser.verify import Progress

BLOCK = 2**16
PASSING = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
BUSY = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a connection, for the next bytes, and before the second of `attempts` (then twice that, ...)."""

    connect: float = 15
    read: float = 60
    attempts: int = 4
    pause: float = 1


PATIENCE = Patience()


class _TryAgain(Exception):
    """What went wrong may pass."""


def download(source: Source, archive: Path, limit: int, progress: Progress, patience: Patience = PATIENCE) -> None:
    """Fetch `source.url` into the zip archive `archive`, unless it is there already.

    The bytes so far are kept in `<archive>.part`, across calls, with what tells the version they belong to in
    `<archive>.part.json`. Only a whole zip archive with the known hash is renamed to `archive`.

    An answer of more than `limit` bytes is refused.

    Raises:
        UserError: the server refuses, answers with something else than the archive, or gives up too often.
        OSError: the file cannot be written; what was written is kept for the next call.
    """
    if archive.exists():
        return
    part = archive.with_name(archive.name + ".part")
    for attempt in range(patience.attempts):
        time.sleep(patience.pause * 2 ** (attempt - 1) if attempt else 0)
        try:
            return _attempt(source, archive, part, limit, progress, patience)
        except (*PASSING, _TryAgain) as error:
            reason = _reason(error)
        except requests.RequestException as error:
            raise UserError(str(error)) from error
    kept = f"; {part.stat().st_size:,} bytes are kept, the next run goes on from there" if part.exists() else ""
    raise UserError(f"{patience.attempts} attempts failed, the last one because {reason}{kept}")


def _attempt(source: Source, archive: Path, part: Path, limit: int, progress: Progress, patience: Patience) -> None:
    resumed = _transfer(source.url, part, limit, progress, patience)
    _check_whole(source, part, resumed)
    os.replace(part, archive)
    _note(part).unlink()


def _transfer(url: str, part: Path, limit: int, progress: Progress, patience: Patience) -> bool:
    """Append what is lacking to `part`; True where it went on from earlier bytes."""
    start, noted = _resumable(part)
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-"} | ({"If-Range": noted["version"]} if noted["version"] else {})
    with requests.get(url, headers=headers, stream=True, timeout=(patience.connect, patience.read)) as response:
        _check_status(response)
        if response.status_code == 416:
            return _settle_unsatisfied(response, part, start)
        total = _total(response)
        if response.status_code == 206:
            if not _continues(response, start, noted):
                raise _discarded(part, "the archive changed since the download began")
        else:
            start = 0
            _check_size(total or 0, limit)
            files.write_json(_note(part), {"total": total, "version": _version(response)})
        _append(response, part, start, total, limit, progress)
    return start > 0


def _continues(response: requests.Response, start: int, noted: dict) -> bool:
    """Whether a partial answer starts where the part ends, in the same version of the archive as far as can be told."""
    version, total = noted.get("version"), noted.get("total")
    first = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    same = version == _version(response) and total in (None, _total(response))
    return start > 0 and same and first is not None and int(first[1]) == start


def _append(
    response: requests.Response, part: Path, start: int, total: int | None, limit: int, progress: Progress
) -> None:
    blocks = response.iter_content(BLOCK)
    first, done = next(blocks, b""), start
    if start == 0 and not b"PK".startswith(first[:2]):
        raise _no_zip(response, first)
    with open(part, "ab" if start else "wb") as file:
        for block in chain([first], blocks):
            done += len(block)
            _check_size(done, limit)
            file.write(block)
            progress("downloading", done, total)
    if total is not None and done < total:
        raise _TryAgain(f"the connection ended after {done:,} of {total:,} bytes")


def _check_whole(source: Source, part: Path, resumed: bool) -> None:
    """Refuse a wrong hash for good, but first try afresh where two downloads were joined; the same for a broken zip."""
    for kind, expected in (("md5", source.md5), ("sha256", source.sha256)):
        if expected and (found := _digest(part, kind)) != expected:
            wrong = _discarded(part, f"{kind} of the archive is {found}, expected {expected}")
            raise wrong if resumed else UserError(f"{wrong}; it is not the archive that is known")
    if not zipfile.is_zipfile(part):
        raise _discarded(part, "the zip archive is cut short or damaged")


def _check_status(response: requests.Response) -> None:
    if response.status_code in BUSY:
        raise _TryAgain(f"the server answered {response.status_code} {response.reason}")
    if response.status_code not in (200, 206, 416):
        raise UserError(f"the server answered {response.status_code} {response.reason}, expected a zip archive")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise UserError(f"{size:,} bytes or more, expected at most {limit:,}; the download was stopped")


def _settle_unsatisfied(response: requests.Response, part: Path, start: int) -> bool:
    """Nothing lacks from `start` on: either all is there, or what is there belongs to something longer."""
    if response.headers.get("Content-Range") != f"bytes */{start}":
        raise _discarded(part, "the server has less than was downloaded before")
    return True


def _resumable(part: Path) -> tuple[int, dict]:
    """Bytes to go on from, and their note; none where nothing tells which archive they belong to."""
    try:
        return part.stat().st_size, json.loads(_note(part).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return 0, {}


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _discarded(part: Path, reason: str) -> _TryAgain:
    part.unlink(missing_ok=True)
    return _TryAgain(reason)


def _reason(error: Exception) -> str:
    """The innermost cause, without the pools and retries that requests wraps around it."""
    return str(getattr(error.args[0], "reason", error)) if error.args else type(error).__name__


def _no_zip(response: requests.Response, block: bytes) -> UserError:
    kind = response.headers.get("Content-Type", "something of no stated type")
    return UserError(f"the server answered with {kind}, beginning {block[:60]!r}; expected a zip archive")


def _version(response: requests.Response) -> str:
    """What If-Range may be sent: a strong ETag or a date (RFC 9110, 13.1.5), else nothing."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _total(response: requests.Response) -> int | None:
    """Bytes of the whole archive, where the server tells."""
    stated = response.headers.get("Content-Range", "").rpartition("/")[2] or response.headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() and "Content-Encoding" not in response.headers else None


def _digest(path: Path, kind: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
