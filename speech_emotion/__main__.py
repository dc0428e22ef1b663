"""Name the emotion in recordings: python -m ser FILE|FOLDER|- ...

Status 0 if every recording was classified, 2 if one was refused or the command makes no sense.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from speech_emotion.audio import loading
from speech_emotion.core import formatting
from speech_emotion.inference import output, timeline, timeline_plot
from speech_emotion.core.command_line import Parser, exit_on_user_error
from speech_emotion.core.errors import UserError, require
from speech_emotion.inference.predictor import MODEL, Predictor, THRESHOLD
from speech_emotion.inference.timeline import TimelineSettings

# What is looked for in folders; a file that is named is tried whatever its suffix.
SUFFIXES = "wav wave aif aiff aifc flac ogg oga opus mp3 m4a m4b mp4 aac webm weba wma amr 3gp mka mkv mov caf au w64"
STDIN = "standard input"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    settings = TimelineSettings(options.window, options.hop, options.threshold)
    predictor = Predictor(options.model)
    require(options.recordings.count("-") < 2, "- was named twice; standard input can be read once")
    found = [item for name in options.recordings for item in find(name)]
    if options.plot is not None:
        _check_plot(Path(options.plot), len(found))
    write = output.FORMATS[options.format](sys.stdout, predictor.labels, [str(item) for item in found])
    refused = 0
    for number, (path, outcome) in enumerate(classify_all(found, predictor, settings)):
        _progress(number, len(found))
        if isinstance(outcome, UserError):
            refused += 1
            sys.stderr.write(f"error: {formatting.printable(str(outcome))}\n")
        else:
            write(str(path), outcome)
            if options.plot:
                _plot(options.plot, outcome, str(path), predictor.labels)
    return 2 if refused else 0


def find(name: str) -> list[Path | UserError]:
    """Return the recording `name`, or all in the folder `name` and below it; where there is none, the refusal."""
    require(name != "", "an empty name; expected a file, a folder or -")
    folder = Path(name)
    if name == "-" or not os.path.isdir(folder):  # Path.is_dir raises for a name that is too long
        return [folder]
    found: list[Path | UserError] = []
    suffixes = tuple(f".{suffix}" for suffix in SUFFIXES.split())

    def refuse(error: OSError) -> None:
        found.append(UserError(f"{error.filename}: cannot be listed ({error.strerror})"))

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        found += [Path(place, file) for file in sorted(files) if file.lower().endswith(suffixes) and file[0] != "."]
    return found or [UserError(f"{name}: a folder without audio; expected files such as .wav, .flac or .mp3 in it")]


def classify_all(
    found: Iterable[Path | UserError], predictor: Predictor, settings: TimelineSettings
) -> Iterator[tuple[Path, timeline.Timeline | UserError]]:
    """Yield (path, what was heard or the refusal) in the order given, computed on all cores."""

    def outcome(item: Path | UserError) -> tuple[Path, timeline.Timeline | UserError]:
        if isinstance(item, UserError):
            return Path(), item
        try:
            return item, classify(item, predictor, settings)
        except UserError as error:
            return item, error

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding and the model release Python's lock
        yield from pool.map(outcome, found)


def classify(path: Path, predictor: Predictor, settings: TimelineSettings) -> timeline.Timeline:
    """Classify the recording `path`, or for `-` the one on standard input; an error names it."""
    if str(path) != "-":
        return _classify(path, str(path), predictor, settings)
    require(sys.stdin is not None, f"{STDIN}: is closed; expected audio")
    with tempfile.NamedTemporaryFile() as copy:  # decoders go back and forth in a file
        try:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            copy.flush()
        except OSError as error:
            raise UserError(f"{STDIN}: cannot be copied to a temporary file ({error.strerror})") from error
        return _classify(Path(copy.name), STDIN, predictor, settings)


def _classify(path: Path, name: str, predictor: Predictor, settings: TimelineSettings) -> timeline.Timeline:
    pieces = loading.stream(path, predictor.sample_rate, name)
    try:
        return timeline.classify(predictor, pieces, settings)
    except UserError as error:
        text = str(error)
        raise error if text.startswith(f"{name}: ") else UserError(f"{name}: {text}") from error


def _check_plot(path: Path, recordings: int) -> None:
    """Refuse, before anything is computed, what could not be drawn in the end."""
    require(recordings == 1, f"--plot draws one recording; {recordings} were named")
    drawable = path.suffix.lower() == ".png" and os.path.isdir(path.parent) and not os.path.isdir(path)
    require(drawable, f"--plot {path}: expected the name of a .png file in a folder that is there")
    try:
        os.lstat(path)
    except FileNotFoundError:
        pass
    except OSError as error:  # such as a name that is too long
        raise UserError(f"--plot {path}: cannot be written ({error.strerror})") from error


def _plot(path: str, outcome: timeline.Timeline, name: str, labels: list[str]) -> None:
    try:
        from speech_emotion.inference import timeline_plot  # matplotlib takes a second to import, and is not needed otherwise
    except ModuleNotFoundError as error:
        raise UserError(f"--plot needs {error.name}; install it (pip install {error.name})") from error
    try:
        timeline_plot.plot_timeline(Path(path), outcome, name, labels)
    except OSError as error:
        raise UserError(f"--plot {path}: cannot be written ({error.strerror})") from error


def _progress(number: int, total: int) -> None:
    if total > 1 and sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{number + 1} of {total}\r" if number + 1 < total else "\r\033[K")


def _parser() -> Parser:
    parser = Parser("python -m ser", description="Name the emotion in recordings of speech.")
    parser.add_argument("recordings", nargs="+", metavar="FILE|FOLDER|-", help="audio, or - for standard input")
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", dest="format", action="store_const", const="json", help="a JSON object a recording")
    formats.add_argument("--csv", dest="format", action="store_const", const="csv", help="a CSV row a window")
    number = {"type": float, "metavar": "N"}
    parser.add_argument("--threshold", default=THRESHOLD, **number, help="unsure below this probability (%(default)s)")
    parser.add_argument("--window", default=timeline.WINDOW, **number, help="seconds in a window (%(default)s)")
    parser.add_argument("--hop", default=timeline.HOP, **number, help="seconds from window to window (%(default)s)")
    parser.add_argument("--plot", metavar="OUT.png", help="draw the timeline of one recording")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of models/ser.onnx")
    parser.set_defaults(format="table")
    return parser


if __name__ == "__main__":
    with exit_on_user_error():
        sys.exit(main())
