"""The command `speech-emotion enroll`: teach the model a person's voice from a few labelled recordings."""

import csv
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from speech_emotion.core.command_line import Parser
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import percent, printable
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.estimate import Estimate
from speech_emotion.inference.enroll import load_speech
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.recordings import find_recordings
from speech_emotion.inference.voices_command import describe

COLUMNS = ["path", "emotion"]


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    target = storage.path_of(options.name)
    if target.exists() and not options.replace:
        raise UserError(f"there is a voice {options.name!r} already; choose another name, or add --replace")
    predictor = Predictor(options.model)
    labelled = list(find_labelled(options.recordings, predictor.labels))
    clips: dict[str, list[np.ndarray]] = {}
    paths: dict[str, list[Path]] = {}
    for path, emotion in labelled:
        try:
            signal = load_speech(predictor, path, str(path))
        except UserError as error:
            _write(f"left out: {error}")
            continue
        clips.setdefault(emotion, []).append(signal)
        paths.setdefault(emotion, []).append(path)
    if not clips:
        raise UserError(f"{options.recordings}: no usable recording")
    voice = predictor.enroll(clips, predictor.sample_rate)
    voice.save(target)
    _write(describe(voice))
    _write_estimate(voice.estimate, paths)
    _write(f"saved {target}")
    name = shlex.quote(options.name)
    _write(f"use it: speech-emotion --voice {name} FILE    forget it: speech-emotion voices --delete {name}")


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
    folders = sorted(path for path in source.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not folders:
        raise UserError(f"{source}: no folders; expected one for each emotion, such as {source / labels[0]}")
    for folder in folders:
        emotion = _known(folder.name, labels, str(folder))
        recordings, errors = find_recordings([str(folder)])
        if errors:
            raise errors[0]
        yield from ((recording, emotion) for recording in recordings)


def _in_table(source: Path, labels: list[str]) -> Iterator[tuple[Path, str]]:
    try:
        with source.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{source}: cannot be read as CSV ({error})") from error
    if not set(COLUMNS) <= set(reader.fieldnames or []):
        raise UserError(f"{source}: columns {reader.fieldnames}; expected {COLUMNS}")
    for number, row in enumerate(rows, start=2):
        place = f"{source}, line {number}"
        if not row["path"]:
            raise UserError(f"{place}: no path")
        yield source.parent / row["path"], _known(row["emotion"] or "", labels, place)


def _known(text: str, labels: list[str], place: str) -> str:
    emotion = text.strip().lower()
    if emotion not in labels:
        raise UserError(f"{place}: unknown emotion {text!r}; expected {', '.join(labels)}")
    return emotion


def _write_estimate(expected: Estimate, paths: dict[str, list[Path]]) -> None:
    if expected.uar is None:
        _write("two recordings of two emotions or more would give an estimate of how good it is")
        return
    _write(f"cross-validated on {expected.clips} recordings; the range is for 95 % confidence")
    if expected.confusions:
        found = (f"{emotion} for {other} ({percent(share)})" for emotion, other, share in expected.confusions)
        _write(f"most often takes {', '.join(found)}")
    for emotion, number in expected.contradicting:
        _write(f"contradicts the rest: {paths[emotion][number]}; is it {emotion}?")


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
