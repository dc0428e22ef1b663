"""Locks that the system releases when their process ends, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def try_lock(path: Path) -> IO | None:
    """Lock the file `path` until the returned file is closed. Returns None if another process holds the lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock of the file `path` and hold it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class JournalLock:
    """The lock of Optuna's journal. Optuna's own stays behind after a kill, and others wait 30 seconds for it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def acquire(self) -> bool:
        self._held = locked(self.path)
        self._held.__enter__()
        return True

    def release(self) -> None:
        self._held.__exit__(None, None, None)
