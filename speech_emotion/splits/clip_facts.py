"""Sources of facts about clips: the speaker, word, emotion and SHA-256 of a clip, looked up by its path.

A source is a function from the path of a clip, with "/" between folders, to a dict with some of the keys FACTS, and
with the key `clip` if the source has a name for the clip. It returns None for a clip that it does not know.
"""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description

GROUPS = ["speaker", "word", "emotion"]  # what a pattern can read from a path
FACTS = [*GROUPS, "sha256"]
Source = Callable[[str], dict[str, str] | None]


def likely_source(split: Path, clips: Iterable[str]) -> Source:
    """Choose a source for a split file: the clip table that this project keeps at data/<corpus>/clips.csv for a split
    at data/<corpus>/splits/<protocol>.csv, or the first corpus that knows all clips, or a source without any facts.
    """
    table = split.parent.parent / "clips.csv"
    if os.path.isfile(table):
        return from_clip_table(table)
    for name in description.names():
        source = from_corpus(name)
        if all(source(clip) for clip in clips):
            return source
    return lambda path: {}


def from_clip_table(path: Path) -> Source:
    """Return a source that looks clips up in a clip table. Raises UserError as `clip_table.read` does."""
    rows = clip_table.read(path).to_dict("records")
    return {row["clip"]: row for row in rows}.get


def from_corpus(name: str) -> Source:
    """Return a source that reads the file names of a corpus, in any folder layout. Raises UserError if unknown."""
    corpus = description.load(name)

    def facts(path: str) -> dict[str, str] | None:
        clip = corpus.clip_name(path)
        return None if clip is None else corpus.clip_row(clip, sha256="")

    return facts


def from_pattern(pattern: str) -> Source:
    """Return a source that matches the end of a path with a regular expression that has some of the groups GROUPS.

    Raises:
        UserError: it is not a regular expression, or has other groups or none.
    """
    try:
        regex = re.compile(rf"(?:^|/)(?:{pattern})$")
    except re.error as error:
        raise UserError(f"pattern {pattern!r} is not a regular expression: {error}") from error
    if not regex.groupindex or not set(regex.groupindex) <= set(GROUPS):
        raise UserError(f"pattern {pattern!r}: expected groups such as (?P<speaker>...), named {', '.join(GROUPS)}")

    def facts(path: str) -> dict[str, str] | None:
        match = regex.search(path)
        return None if match is None else match.groupdict(default="")

    return facts
