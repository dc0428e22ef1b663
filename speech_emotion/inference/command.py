"""The command `speech-emotion predict`: predict the emotion in recordings."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from speech_emotion.core.command_line import USER_ERROR_STATUS, Parser
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable
from speech_emotion.inference.enroll import load_voice
from speech_emotion.inference.output import WRITERS
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.recordings import Result, classify_all, find_recordings, hear_all
from speech_emotion.inference.speaker import Speaker
from speech_emotion.inference.timeline import TimelineSettings
from speech_emotion.inference.timeline_plot import check_plot, plot_timeline


def main(arguments: list[str] | None = None) -> int:
    """Run the command. Return 0 if every recording was classified, and 2 if one was not."""
    options = _parser().parse_args(arguments)
    settings = TimelineSettings(options.window, options.hop, options.threshold)
    recordings, errors = find_recordings(options.recordings)
    for error in errors:
        _write_error(error)
    if options.plot is not None:
        check_plot(options.plot)
        if len(recordings) != 1:
            raise UserError(f"--plot draws one recording; {len(recordings)} were named")
    failed = _classify(recordings, settings, options)
    return USER_ERROR_STATUS if errors or failed else 0


def _classify(recordings: list[Path], settings: TimelineSettings, options: argparse.Namespace) -> int:
    """Classify the recordings and write the results. Return the number of recordings that could not be classified."""
    predictor = Predictor(options.model)
    speaker = _hear(recordings, predictor, settings) if options.same_speaker else None
    voice = None if options.voice is None else load_voice(predictor, options.voice)
    writer = WRITERS[options.format](sys.stdout, predictor.labels, [str(recording) for recording in recordings])
    failed = 0
    results = _with_progress(classify_all(recordings, predictor, settings, speaker, voice), len(recordings))
    for recording, result in zip(recordings, results, strict=True):
        if isinstance(result, UserError):
            _write_error(result)
            failed += 1
            continue
        writer.write(str(recording), result)
        if options.plot is not None:
            plot_timeline(options.plot, result, str(recording), predictor.labels)
    return failed


def _hear(recordings: list[Path], predictor: Predictor, settings: TimelineSettings) -> Speaker:
    """Return what all recordings together say about their speaker. Errors are left for `_classify` to report."""
    if not predictor.uses_speaker:
        raise UserError("--same-speaker: this model takes every recording on its own")
    speaker = Speaker()
    for heard in _with_progress(hear_all(recordings, predictor, settings), len(recordings)):
        if isinstance(heard, Speaker):
            speaker.include(heard)
    return speaker


def _write_error(error: UserError) -> None:
    sys.stderr.write(f"error: {printable(str(error))}\n")


def _with_progress(results: Iterator[Result], total: int) -> Iterator[Result]:
    """Yield the results, with a counter that is overwritten on a terminal and removed at the end."""
    is_shown = total > 1 and sys.stderr.isatty()
    for number, result in enumerate(results, start=1):
        if is_shown:
            counter = f"{number} of {total}\r" if number < total else ""
            sys.stderr.write(f"\r\033[K{counter}")
        yield result


def _parser() -> Parser:
    parser = Parser("speech-emotion predict", description="Predict the emotion in recordings of speech.")
    parser.add_argument("recordings", nargs="+", metavar="FILE|FOLDER|-", help="audio, or - for standard input")
    formats = parser.add_mutually_exclusive_group()
    choice = {"dest": "format", "action": "store_const"}
    formats.add_argument("--json", const="json", **choice, help="one JSON object per recording")
    formats.add_argument("--csv", const="csv", **choice, help="one CSV row per window")
    number = {"type": float, "metavar": "N"}
    defaults = TimelineSettings()
    parser.add_argument("--threshold", **number, help="label unsure below this probability (default: the model's own)")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--same-speaker", action="store_true", help="one person speaks, with several emotions; hear all first"
    )
    who.add_argument("--voice", metavar="NAME", help="the person is this one, see speech-emotion enroll")
    parser.add_argument("--window", default=defaults.window, **number, help="window length in seconds (%(default)s)")
    parser.add_argument("--hop", default=defaults.hop, **number, help="seconds between window starts (%(default)s)")
    parser.add_argument("--plot", type=Path, metavar="OUT.png", help="draw the timeline of one recording")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of the shipped model")
    parser.set_defaults(format="table")
    return parser
