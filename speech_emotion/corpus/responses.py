"""Read what a server's answer says of the archive it sends: status, length, version, and whether it is one at all."""

import re

import requests

from speech_emotion.core.errors import UserError

BUSY = {408, 425, 429, 500, 502, 503, 504}
PASSING = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class RetryableError(Exception):
    """What went wrong may pass."""


def check_status(response: requests.Response) -> None:
    """Let pass 200, 206 and 416.

    Raises:
        TryAgain: the server is busy or failing.
        UserError: it refuses.
    """
    if response.status_code in BUSY:
        raise RetryableError(f"the server answered {response.status_code} {response.reason}")
    if response.status_code not in (200, 206, 416):
        raise UserError(f"the server answered {response.status_code} {response.reason}; expected a zip archive")


def check_zip(response: requests.Response, block: bytes) -> None:
    """Refuse what does not begin as a zip archive does, such as a page with a form, and say what came."""
    if not b"PK".startswith(block[:2]):
        kind = response.headers.get("Content-Type", "something of no stated type")
        raise UserError(f"the server answered with {kind}, beginning {block[:60]!r}; expected a zip archive")


def continues(response: requests.Response, start: int, note: dict) -> bool:
    """Whether a partial answer goes on at byte `start` in the version that `note` describes, as far as can be told."""
    first = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    same = note["version"] == version(response) and note["total"] in (None, total(response))
    return same and first is not None and int(first[1]) == start


def version(response: requests.Response) -> str:
    """What If-Range may be sent: a strong ETag or a date (RFC 9110, 13.1.5), else nothing."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def total(response: requests.Response) -> int | None:
    """Bytes of the whole archive, where the server tells."""
    stated = response.headers.get("Content-Range", "").rpartition("/")[2] or response.headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() and "Content-Encoding" not in response.headers else None


def cause(error: Exception) -> str:
    """The innermost cause, without the pools and retries that requests wraps around it."""
    return str(getattr(error.args[0], "reason", error)) if error.args else type(error).__name__
