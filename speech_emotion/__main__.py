"""The command `speech-emotion`, or `python -m speech_emotion`. It imports only what the chosen subcommand needs."""

import importlib
import sys

from speech_emotion import __version__
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.core.errors import UserError

HELP = """\
usage: speech-emotion [predict] FILE|FOLDER|- ...
       speech-emotion COMMAND ...

Recognize emotions in speech.

commands:
  predict    predict the emotion in recordings (the default)
  live       predict live from the microphone, in this terminal
  app        serve a page for recordings and live speech, on this computer only
  enroll     teach it a person's voice from a few labelled recordings
  voices     list the enrolled voices, or forget one
  audit      report what the partitions of a train/test split share

speech-emotion COMMAND --help lists the options of a command, and
speech-emotion --version prints the version. Write a file named like a command
as ./live.
"""
MODULES = {
    "predict": "speech_emotion.inference.command",
    "live": "speech_emotion.app.live",
    "app": "speech_emotion.app.web",
    "enroll": "speech_emotion.inference.enroll_command",
    "voices": "speech_emotion.inference.voices_command",
    "audit": "speech_emotion.splits.audit",
}


def main() -> None:
    """Run the subcommand that the command line names, and exit with its status."""
    with exit_on_user_error():
        sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int | None:
    """Run a subcommand and return its exit status, where None stands for 0.

    Raises:
        UserError: the arguments are wrong, or a package that the subcommand needs is not installed.
    """
    if arguments[:1] in (["--help"], ["-h"]):
        sys.stdout.write(HELP)
        return 0
    if arguments == ["--version"]:
        sys.stdout.write(f"speech-emotion {__version__}\n")
        return 0
    if arguments and arguments[0] in MODULES:
        name, *arguments = arguments
    else:
        name = "predict"
    return _import(name).main(arguments)


def _import(name: str):
    """Import the module of a subcommand. Each needs the extra of its own name, except predict, which needs none."""
    try:
        return importlib.import_module(MODULES[name])
    except ModuleNotFoundError as error:
        package = "speech-emotion-recognition" if name == "predict" else f"speech-emotion-recognition[{name}]"
        raise UserError(f"{name} needs {error.name}, which is not installed; run `pip install '{package}'`") from error


if __name__ == "__main__":
    main()
