"""The command `speech-emotion voices`: list the enrolled voices, or forget one."""

import sys

from speech_emotion.core.command_line import Parser
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import percent, printable
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.predictor import MODEL, model_hash


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
        voice = storage.load(name)
        if voice.model != model_hash(MODEL):
            return f"{describe(voice)}; of another model than the shipped one"
        return describe(voice)
    except UserError as error:
        return printable(str(error))


def describe(voice: Voice) -> str:
    """Return one line about a voice: its clips, and what to expect of it."""
    clips = ", ".join(f"{emotion} {count}" for emotion, count in voice.clips.items()) or "no labels"
    expected = voice.estimate
    if expected.uar is None:
        return clips
    chance = f"{percent(expected.uar)} ({percent(expected.low)} to {percent(expected.high)})"
    return f"{clips}; right in about {chance} of new recordings of these emotions"
