"""Where the voices of a computer's user are kept: one file each, in a folder that SPEECH_EMOTION_VOICES can change."""

import os
import re
from pathlib import Path

from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.voice import Voice

SUFFIX = ".voice"
NAME = re.compile(r"\w[\w .()-]*")  # no path, no file that starts with a dot, and nothing that looks like an option
LONGEST = 200  # bytes of a name


def folder() -> Path:
    """Return the folder, which need not exist."""
    return Path(os.environ.get("SPEECH_EMOTION_VOICES") or Path.home() / ".speech-emotion" / "voices")


def path_of(name: str) -> Path:
    """Return the file of a voice, which need not exist. Raises UserError if the name cannot be one."""
    if not NAME.fullmatch(name) or name != name.rstrip(" .") or len(name.encode()) > LONGEST:
        raise UserError(
            f"the name {name!r} cannot be used; expected a short one of letters, digits, spaces and . - _ ( )"
        )
    return folder() / f"{name}{SUFFIX}"


def names() -> list[str]:
    """Return the names of all voices, sorted. Raises UserError if the folder cannot be read."""
    try:
        files = [path for path in folder().iterdir() if path.match(f"[!.]*{SUFFIX}") and path.is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"{folder()}: cannot be read ({error.strerror}); expected the folder of the voices") from error
    return sorted(path.name.removesuffix(SUFFIX) for path in files)


def load(name: str) -> Voice:
    """Read a voice. Raises UserError if there is none of this name, or its file is damaged."""
    path = path_of(name)
    if not path.is_file():
        known = ", ".join(names()) or "none yet; see speech-emotion enroll"
        raise UserError(f"no voice {name!r} in {folder()}; the voices there: {known}")
    return Voice.load(path)


def delete(name: str) -> None:
    """Forget a voice. Raises UserError if there is none of this name."""
    try:
        path_of(name).unlink()
    except FileNotFoundError:
        raise UserError(f"no voice {name!r} in {folder()}") from None
    except OSError as error:
        raise UserError(f"the voice {name!r} in {folder()} cannot be deleted ({error.strerror})") from error
