"""The command `speech-emotion enroll`: teach the model a person's voice from a few labelled recordings."""

import csv
import io
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from speech_emotion.core.command_line import USER_ERROR_STATUS, Parser
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import percent, printable
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.estimate import Estimate
from speech_emotion.inference.enroll import Recordings
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.recordings import find_recordings
from speech_emotion.inference.voices_command import describe


def main(arguments: list[str] | None = None) -> int:
    """Run the command. Return 0 if every recording was used, and 2 if one was left out."""
    options = _parser().parse_args(arguments)
    target = storage.path_of(options.name)
    if target.exists() and not options.replace:
        raise UserError(f"there is a voice {options.name!r} already; choose another name, or add --replace")
    predictor = Predictor(options.model)
    recordings = Recordings(predictor)
    for path, emotion in find_labelled(options.recordings, predictor.labels):
        recordings.add(emotion, path, path)
    for _, error in recordings.left_out:
        sys.stderr.write(f"left out: {printable(str(error))}\n")
    if not recordings.clips:
        raise UserError(f"{options.recordings}: no usable recording")
    voice = predictor.enroll(recordings.clips, predictor.sample_rate)
    voice.save(target, options.replace)
    _write(describe(voice))
    _write_estimate(voice.estimate, recordings.names)
    missing = [label for label in predictor.labels if label not in voice.clips]
    if missing:
        _write(f"not taught, and now found less often: {', '.join(missing)}; add recordings of them")
    _write(f"saved {target}")
    name = shlex.quote(options.name)
    _write(f"use it: speech-emotion --voice {name} FILE    forget it: speech-emotion voices --delete {name}")
    return USER_ERROR_STATUS if recordings.left_out else 0


def find_labelled(source: Path, labels: list[str]) -> Iterator[tuple[Path, str]]:
    """Yield (recording, emotion) of a CSV file with the columns path and emotion, or of a folder of one folder each.

    Raises:
        UserError: there is no such file or folder, it has another form, or an emotion is unknown.
    """
    if os.path.isdir(source):
        yield from _in_folders(source, labels)
    elif os.path.isfile(source):
        yield from _in_table(source, labels)
    else:
        raise UserError(f"{source}: no such folder or CSV file")


def _in_folders(source: Path, labels: list[str]) -> Iterator[tuple[Path, str]]:
    folders = sorted(path for path in source.iterdir() if path.is_dir() and path.name[0] not in "._")
    if not folders:
        raise UserError(f"{source}: no folders; expected one for each emotion, such as {source / labels[0]}")
    for folder in folders:
        emotion = _known(folder.name, labels, str(folder))
        recordings, _ = find_recordings([str(folder)])  # an emotion may have none
        yield from ((recording, emotion) for recording in recordings)


def _in_table(source: Path, labels: list[str]) -> Iterator[tuple[Path, str]]:
    try:
        rows = list(csv.reader(io.StringIO(source.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{source}: cannot be read as CSV ({error})") from error
    columns = [name.strip().lower() for name in rows[0]] if rows else []
    if not {"path", "emotion"} <= set(columns):
        raise UserError(f"{source}: the first line is {','.join(columns)!r}; expected the columns path,emotion")
    for number, cells in enumerate(rows[1:], start=2):
        row = dict(zip(columns, map(str.strip, cells), strict=False))
        place = f"{source}, line {number}"
        path = row.get("path", "")
        if not path or "\0" in path:
            raise UserError(f"{place}: no path")
        yield source.parent / path, _known(row.get("emotion", ""), labels, place)


def _known(text: str, labels: list[str], place: str) -> str:
    emotion = text.strip().lower()
    if emotion not in labels:
        raise UserError(f"{place}: unknown emotion {text!r}; expected {', '.join(labels)}")
    return emotion


def _write_estimate(expected: Estimate, paths: dict[str, list[Path]]) -> None:
    if expected.uar is None:
        _write("to see how good it is, add a second recording of two emotions or more")
        return
    _write(f"estimated from {expected.clips} recordings, leaving out one of each emotion at a time")
    if expected.confusions:
        found = (f"{emotion} for {other} ({percent(share)})" for emotion, other, share in expected.confusions)
        _write(f"mistakes {', '.join(found)}")
    for emotion, number in expected.contradicting:
        _write(f"sounds unlike your other recordings of {emotion}: {paths[emotion][number]}; is the label right?")


def _write(line: str) -> None:
    sys.stdout.write(f"{printable(line)}\n")


def _parser() -> Parser:
    parser = Parser(
        "speech-emotion enroll",
        description="Teach it a person's voice. One recording of each emotion helps, five are good. What is kept of "
        f"the person lies in {storage.folder()}, and nowhere else.",
    )
    parser.add_argument("name", metavar="NAME", help="what to call the voice")
    parser.add_argument(
        "recordings",
        type=Path,
        metavar="FOLDER|CSV",
        help="a folder with one folder for each emotion, or a CSV file with the columns path and emotion",
    )
    parser.add_argument("--replace", action="store_true", help="replace a voice of this name")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of the shipped model")
    return parser
