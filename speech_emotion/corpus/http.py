"""Download a zip archive over HTTP: resume incomplete downloads, retry after errors, and check the archive."""

import hashlib
import os
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import requests
from tqdm import tqdm

from speech_emotion.core.errors import UserError
from speech_emotion.corpus.description import Source

CHUNK = 2**16  # bytes


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds to wait for a connection and for the next bytes (timeouts), and before each attempt (pauses)."""

    timeouts: tuple[float, float] = (15, 60)
    pauses: tuple[float, ...] = (0, 1, 2, 4)


RETRY_POLICY = RetryPolicy()


def download(source: Source, archive: Path, limit: int, policy: RetryPolicy = RETRY_POLICY) -> None:
    """Download `source.url` to the zip archive `archive`, unless it exists.

    An incomplete download stays in `<archive>.part`; the next call resumes it. `limit` is the largest size in bytes.

    Raises:
        UserError: the server refuses, sends something else, or fails in every attempt.
    """
    if archive.exists():
        return
    partial = archive.with_name(f"{archive.name}.part")
    for pause in policy.pauses:
        time.sleep(pause)
        try:
            resumed = _transfer(source.url, partial, limit, policy)
        except requests.RequestException as error:
            problem = str(error)
            continue
        problem = _find_problem(source, partial)
        if not problem:
            os.replace(partial, archive)
            return
        partial.unlink()
        if not resumed:
            raise UserError(problem)
        # The archive may have changed since its download began. The next attempt starts from the first byte.
    raise UserError(f"{len(policy.pauses)} attempts failed ({problem}); run this again to resume")


def _transfer(url: str, partial: Path, limit: int, policy: RetryPolicy) -> bool:
    """Download the bytes that `partial` lacks. Return whether bytes of an earlier attempt are still in it."""
    start = partial.stat().st_size if partial.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with requests.get(url, headers=headers, stream=True, timeout=policy.timeouts) as response:
        if start and response.status_code == 416:  # no bytes after `start`: the download was complete
            return True
        _check_status(response)
        resumed = start > 0 and response.status_code == 206  # a server that ignores Range sends all, with 200
        _write(response, partial, "ab" if resumed else "wb", limit)
        return resumed


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    is_transient = status in (408, 425, 429) or status >= 500  # timeout, too early, too many requests; server errors
    if not response.ok and not is_transient:
        raise UserError(f"the server answered {status} {response.reason}; expected a zip archive")
    response.raise_for_status()


def _write(response: requests.Response, partial: Path, mode: str, limit: int) -> None:
    length = response.headers.get("Content-Length")
    with open(partial, mode) as file:
        start = file.tell()
        total = start + int(length) if length else None
        with tqdm(desc="downloading", total=total, initial=start, unit="B", unit_scale=True, disable=None) as bar:
            for chunk in response.iter_content(CHUNK):  # raises if the body is shorter than its length
                bar.update(file.write(chunk))
                if file.tell() > limit:
                    partial.unlink()
                    raise UserError(f"more than {limit:,} bytes, too many for this corpus; the download was stopped")


def _find_problem(source: Source, archive: Path) -> str:
    """Return what is wrong with a downloaded archive, or an empty string."""
    with open(archive, "rb") as file:
        beginning = file.read(40)
        if not zipfile.is_zipfile(file):
            return f"expected a complete zip archive, got a file that begins with {beginning!r}"
        for algorithm, expected in (("md5", source.md5), ("sha256", source.sha256)):
            file.seek(0)
            if expected and hashlib.file_digest(file, algorithm).hexdigest() != expected:
                return f"the {algorithm} of the archive is not {expected}; it was damaged or replaced"
    return ""
