"""Find the recordings that a command line names, and classify them on all cores."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference import timeline
from speech_emotion.inference.predictor import Predictor, TooShortError
from speech_emotion.inference.speaker import Speaker
from speech_emotion.inference.timeline import Timeline, TimelineSettings

# What to look for in folders. A file named on the command line may have any suffix.
AUDIO_EXTENSIONS = (
    "wav wave aif aiff aifc flac ogg oga opus mp3 m4a m4b mp4 aac webm weba wma amr 3gp mka mkv mov caf au w64"
)
SUFFIXES = tuple(f".{extension}" for extension in AUDIO_EXTENSIONS.split())
STANDARD_INPUT = Path("-")

Result = TypeVar("Result")


def find_recordings(names: Sequence[str]) -> tuple[list[Path], list[UserError]]:
    """Return the recordings to classify, in order, and an error for each folder that is unreadable or has no audio.

    `names` are files, folders (searched recursively), or "-" for standard input.

    Raises:
        UserError: a name is empty, or standard input is named twice.
    """
    if "" in names:
        raise UserError("an empty name; expected a file, a folder or -")
    if names.count("-") > 1:
        raise UserError("- was named twice; standard input can be read only once")
    recordings: list[Path] = []
    errors: list[UserError] = []
    for name in names:
        found, problems = _search_folder(name) if os.path.isdir(name) else ([Path(name)], [])
        recordings += found
        errors += problems
    return recordings, errors


def _search_folder(folder: str) -> tuple[list[Path], list[UserError]]:
    found: list[Path] = []
    unreadable: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable.append):
        folders.sort()  # os.walk visits them in this order
        audio = [file for file in sorted(files) if file.lower().endswith(SUFFIXES) and not file.startswith(".")]
        found += [Path(parent, file) for file in audio]
    errors = [UserError(f"{error.filename}: cannot be listed ({error.strerror})") for error in unreadable]
    if not found and not errors:
        errors.append(UserError(f"{folder}: a folder without audio; expected files such as .wav, .flac or .mp3"))
    return found, errors


def classify_all(
    recordings: Iterable[Path],
    predictor: Predictor,
    settings: TimelineSettings,
    speaker: Speaker | None = None,
    voice: Voice | None = None,
) -> Iterator[Timeline | UserError]:
    """Yield the timeline of each recording in order, or the error for one that cannot be classified.

    Who speaks in all recordings is the `speaker`, who was heard with all of them by `hear_all`, or an enrolled `voice`.
    """
    work = partial(timeline.classify, settings=settings, speaker=speaker, voice=voice)
    return _on_all_cores(recordings, predictor, work)


def hear_all(
    recordings: Iterable[Path], predictor: Predictor, settings: TimelineSettings
) -> Iterator[Speaker | UserError]:
    """Yield what each recording says about its speaker, in order, or the error for one that cannot be heard.

    Raises:
        UserError: a recording is standard input, which could not be read again for its prediction.
    """
    if STANDARD_INPUT in recordings:
        raise UserError(
            "--same-speaker reads every recording twice, and standard input can be read only once; name a file"
        )
    return _on_all_cores(recordings, predictor, partial(timeline.hear, settings=settings))


def _on_all_cores(
    recordings: Iterable[Path], predictor: Predictor, work: Callable[..., Result]
) -> Iterator[Result | UserError]:
    """Yield `work(predictor, chunks)` for each recording, in order, or its error."""

    def run(recording: Path) -> Result | UserError:
        name = "standard input" if recording == STANDARD_INPUT else str(recording)
        try:
            with _on_disk(recording) as path:
                return work(predictor, loading.stream(path, predictor.sample_rate, name))
        except TooShortError as error:  # does not name the recording, unlike the errors of `stream`
            return UserError(f"{name}: {error}")
        except UserError as error:
            return error

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding and the model release the GIL
        yield from pool.map(run, recordings)


@contextmanager
def _on_disk(recording: Path) -> Iterator[Path]:
    """Yield the file itself, or a temporary copy of standard input, because decoders need to seek."""
    if recording != STANDARD_INPUT:
        yield recording
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            copy.flush()
        except OSError as error:
            raise UserError(f"standard input: cannot be copied to a temporary file ({error.strerror})") from error
        yield Path(copy.name)
