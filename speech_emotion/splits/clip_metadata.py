"""Look up the speaker, word, emotion and SHA-256 of a clip by its path.

A MetadataLookup takes the path of a clip, with "/" between folders. It returns a dict with some of the keys
METADATA_COLUMNS, and `clip` if the clip has another name in the clip table or corpus; or None for an unknown clip.
"""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description
from speech_emotion.splits.leakage import UTTERANCE

METADATA_COLUMNS = [*UTTERANCE, "sha256"]
MetadataLookup = Callable[[str], dict[str, str] | None]


def likely_lookup(split: Path, clips: Iterable[str]) -> MetadataLookup:
    """Choose a lookup for the clips of a split file.

    A split at data/<corpus>/splits/<protocol>.csv uses data/<corpus>/clips.csv. Any other split uses the first corpus
    that knows all its clips. If there is none, nothing is known about any clip.
    """
    table = split.parent.parent / "clips.csv"
    if os.path.isfile(table):
        return from_clip_table(table)
    for name in description.names():
        lookup = from_corpus(name)
        if all(lookup(clip) for clip in clips):
            return lookup
    return lambda path: {}


def from_clip_table(path: Path) -> MetadataLookup:
    """Look clips up in a clip table. Raises UserError as `clip_table.read` does."""
    rows = clip_table.read(path).to_dict("records")
    return {row["clip"]: row for row in rows}.get


def from_corpus(name: str) -> MetadataLookup:
    """Read the file names of a corpus, in any folder layout. Raises UserError if there is no such corpus."""
    return description.load(name).clip_row


def from_pattern(pattern: str) -> MetadataLookup:
    """Match the end of a path with a regular expression that has some of the groups UTTERANCE.

    Raises:
        UserError: it is not a regular expression, or has other groups or none.
    """
    try:
        regex = re.compile(rf"(?:^|/)(?:{pattern})$")
    except re.error as error:
        raise UserError(f"pattern {pattern!r} is not a regular expression: {error}") from error
    if not regex.groupindex or not set(regex.groupindex) <= set(UTTERANCE):
        raise UserError(f"pattern {pattern!r}: expected groups such as (?P<speaker>...), named {', '.join(UTTERANCE)}")

    def look_up(path: str) -> dict[str, str] | None:
        match = regex.search(path)
        return None if match is None else match.groupdict(default="")

    return look_up
