"""What tests let workers do: functions that a worker can import."""

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    return number * number


def refuse_or_return_much(number: int) -> bytes:
    """Number 0 is refused while the results of the others, 200 MB each, are being sent."""
    from speech_emotion.core.errors import UserError

    if number == 0:
        time.sleep(0.3)
        raise UserError("0: not a number")
    return bytes(200_000_000)


def note(number: int, folder: Path) -> int:
    """Leave a file, so that the test sees how far the workers have come."""
    (folder / str(number)).touch()
    return number


def die_once(number: int, folder: Path) -> int:
    """Number 20 kills its worker the first time."""
    if number == 20 and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(number: int) -> int:
    """Number 20 kills every worker that takes it."""
    if number == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    from speech_emotion.core.errors import UserError

    if number == 20:
        raise UserError("20: not a number")
    return number


def refuse_at_once_or_sleep(number: int, folder: Path) -> int:
    """Number 0 is refused. The others leave a file when they begin, and another one 2 s later."""
    from speech_emotion.core.errors import UserError

    if number == 0:
        raise UserError("0: not a number")
    (folder / f"{number} begun").touch()
    time.sleep(2)
    (folder / f"{number} ended").touch()
    return number


def sleep(number: int, folder: Path) -> int:
    (folder / "begun").touch()
    time.sleep(0.05)
    return number
