"""The command `speech-emotion voices`: list the enrolled voices, or forget one."""

import sys

from speech_emotion.core.command_line import Parser
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.voice import Voice


def main(arguments: list[str] | None = None) -> None:
    parser = Parser("speech-emotion voices", description="List the enrolled voices, or forget one.")
    parser.add_argument("--delete", metavar="NAME", help="forget this voice for good")
    options = parser.parse_args(arguments)
    if options.delete is not None:
        storage.delete(options.delete)
        sys.stdout.write(f"forgot {printable(options.delete)}\n")
        return
    names = storage.names()
    if not names:
        sys.stdout.write(f"no voices in {storage.folder()}; speech-emotion enroll makes one\n")
    width = max(map(len, names), default=0)
    for name in names:
        sys.stdout.write(f"{printable(name):<{width}}  {_describe(name)}\n")


def _describe(name: str) -> str:
    try:
        return describe(storage.load(name))
    except UserError as error:
        return printable(str(error))


def describe(voice: Voice) -> str:
    """Return one line about a voice: its clips, and what to expect of it."""
    clips = ", ".join(f"{emotion} {count}" for emotion, count in voice.clips.items()) or "no labels"
    if voice.estimate.uar is None:
        return clips
    expected = voice.estimate
    return f"{clips}; expected UAR {expected.uar:.2f} ({expected.low:.2f} to {expected.high:.2f})"
