"""The clip table: one row per clip, with what was said, by whom, in which emotion, and the hash of its bytes."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from speech_emotion.core import files, tables
from speech_emotion.core.errors import UserError

COLUMNS = ["clip", "speaker", "word", "emotion", "sha256"]
# A collection of corpora: clip, speaker and word begin with the name of their corpus, as in ravdess/07.
COLLECTION_COLUMNS = ["clip", "corpus", "speaker", "sex", "word", "emotion", "sha256"]
PARTITIONS = ["train", "validation", "test"]
COLLECTION_PARTITIONS = [*PARTITIONS, "sentences", "unused"]  # see splits.collection_protocols
COPY_SEPARATOR = "#"  # between the name of a clip and the change, in the name of an augmented copy


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows with the keys COLUMNS as CSV, sorted by clip, which is a file name without folders."""
    tables.write_csv(path, pd.DataFrame(rows, columns=COLUMNS).sort_values("clip"))


def read(path: Path, columns: list[str] = COLUMNS, only: list[str] | None = None) -> pd.DataFrame:
    """Read the table: the columns COLUMNS, or COLLECTION_COLUMNS, all text, sorted by clip.

    With `only`, return these columns, of which `clip` must be one. The others then take up no memory.

    Raises:
        UserError: the file is missing or not such a table, or lists a clip twice.
    """
    table = tables.read_csv(path, columns, only, dtype=str, keep_default_na=False)
    repeated = table["clip"][table["clip"].duplicated()]
    if len(repeated):
        raise UserError(f"{path}: the clip {repeated.iloc[0]} is listed twice; {files.RERUN}")
    return table


class ClipNames(Collection[str]):
    """The names of the clips of a table. Each iteration reads them from the file, so that they take up no memory."""

    def __init__(self, path: Path, columns: list[str]):
        self._path = path
        self._columns = columns
        self._count = sum(1 for _ in self)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        for chunk in tables.read_chunks(self._path, self._columns, ["clip"], dtype=str, keep_default_na=False):
            yield from chunk["clip"]

    def __contains__(self, name: object) -> bool:
        return name in iter(self)


def read_names(path: Path, columns: list[str] = COLUMNS) -> ClipNames:
    """Return the clips of the table, without holding it.

    Raises:
        UserError: as `read` does, except that a row with too many values is not noticed.
    """
    names = ClipNames(path, columns)
    if not all(name < following for name, following in pairwise(names)):
        read(path, columns)  # raises if a clip is listed twice
    return names


def audio_path(data: Path, clip: str) -> Path:
    """Return where the audio of a clip is, for the folder of its corpus or collection, such as data/tess.

    In a collection, data/voices, the clip ravdess/a.wav is data/ravdess/raw/a.wav.
    """
    corpus, _, name = clip.rpartition("/")
    folder = data.parent / corpus if corpus else data
    return folder / "raw" / name


def label_order(table: pd.DataFrame) -> list[str]:
    """Return the labels in the order that is used everywhere: the emotions of the table, sorted."""
    return sorted(table["emotion"].unique())


def write_partitions(path: Path, table: pd.DataFrame) -> None:
    """Write the columns clip and partition as CSV."""
    tables.write_csv(path, table[["clip", "partition"]])


def read_partitions(path: Path, table: pd.DataFrame, names: list[str] = PARTITIONS) -> pd.DataFrame:
    """Return the clip table with the column `partition`, read from a file that `write_partitions` wrote.

    Raises:
        UserError: the file is missing, or does not list exactly the clips of the table, each in one of `names`.
    """
    partitions = tables.read_csv(path, ["clip", "partition"], dtype=str, keep_default_na=False)
    is_known = partitions["partition"].isin(names).all()
    if is_known and partitions["clip"].equals(table["clip"]):  # as `write_partitions` writes it
        return table.assign(partition=partitions["partition"])
    if not is_known or sorted(partitions["clip"]) != sorted(table["clip"]):
        raise UserError(f"{path}: does not fit the clip table; run `dvc repro` to split again")
    return table.merge(partitions, on="clip", validate="one_to_one")


def copy_name(clip: str, change: str) -> str:
    """Return the name of an augmented copy, such as `OAF_back_angry.wav#speed=0.9`."""
    return clip + COPY_SEPARATOR + change


def change(name: str) -> str:
    """Return the change of a copy, such as `speed=0.9`; an empty text for a clip itself."""
    return name.partition(COPY_SEPARATOR)[2]


def original_clip(name: str) -> str:
    """Return the clip that a copy was made from. A clip is its own original."""
    return name.split(COPY_SEPARATOR)[0]
