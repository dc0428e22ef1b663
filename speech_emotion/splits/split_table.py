"""Read a split, of this project or any other, as a table of clips with partitions and metadata."""

import hashlib
import os
from pathlib import Path

import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError
from speech_emotion.splits.clip_metadata import METADATA_COLUMNS, MetadataLookup, likely_lookup

COLUMNS = ["clip", "partition", *METADATA_COLUMNS, "original"]
COLUMN_NAMES = {"path": "clip", "split": "partition", "part": "partition", "subset": "partition", "parent": "original"}
PARTITION_NAMES = {"training": "train", "testing": "test"} | dict.fromkeys(["val", "valid", "dev"], "validation")


def read(path: Path, lookup: MetadataLookup | None = None) -> pd.DataFrame:
    """Read a split: a CSV file with some of COLUMNS, at least `clip` and `partition`.

    COLUMN_NAMES and PARTITION_NAMES list synonyms. `lookup`, by default `likely_lookup`, fills in missing metadata.

    Returns:
        The columns COLUMNS, all text, "" where unknown. `original` is the clip that an augmented copy was made from,
        under its name in the clip table or corpus. A clip that is not a copy is its own original.

    Raises:
        UserError: the file is not such a table, or the lookup does not know a clip.
    """
    rows = pd.concat([_read_rows(path), _training_copies(path)], ignore_index=True)
    table = rows.fillna("").reindex(columns=COLUMNS, fill_value="")
    table["original"] = _find_originals(table)
    _add_metadata(table, lookup or likely_lookup(path, table["original"]), path)
    table["sha256"] = [sha256 or _hash(clip, path.parent) for clip, sha256 in table[["clip", "sha256"]].to_numpy()]
    return table


def _read_rows(path: Path) -> pd.DataFrame:
    table = _read_csv(path)
    columns = ", ".join(table.columns)
    for name, column in COLUMN_NAMES.items():
        if column not in table:
            table = table.rename(columns={name: column})
    if "clip" not in table or "partition" not in table:
        raise UserError(f"{path}: columns {columns}; expected path (or clip) and partition (or split, part, subset)")
    partition = table["partition"].str.strip().str.lower().replace(PARTITION_NAMES)
    if not partition.isin(clip_table.PARTITIONS).all() or partition.nunique() < 2:
        found = ", ".join(sorted(set(partition))[:5]) or "none"
        expected = ", ".join(clip_table.PARTITIONS)
        raise UserError(f"{path}: partitions {found}; expected two or three of {expected}")
    return table.assign(clip=table["clip"].str.replace("\\", "/"), partition=partition)


def _training_copies(split: Path) -> pd.DataFrame:
    """Return the augmented copies that are trained on in this project's split data/<corpus>/splits/<protocol>.csv."""
    index = split.parent.parent / "training_copies" / split.stem / "index.csv"
    names = _read_csv(index)["name"] if os.path.isfile(index) else []
    return pd.DataFrame({"clip": names, "partition": "train"}, dtype=str)


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # ValueError covers pandas' parser errors and wrong encodings
        raise UserError(f"{path}: cannot be read as CSV ({error}); expected comma-separated text in UTF-8") from error


def _find_originals(table: pd.DataFrame) -> pd.Series:
    """Return the path of each row's original: from the column `original`, else from the name of the copy."""
    named = table["original"].str.replace("\\", "/")
    originals = named.where(named != "", table["clip"].map(clip_table.original_clip))
    # The column may hold a file name without folders. It stands for the only path that ends in it.
    paths = table["clip"].drop_duplicates()
    names = paths.str.split("/").str[-1]
    unique = ~names.duplicated(keep=False)
    path_of = dict(zip(names[unique], paths[unique], strict=True))
    return originals.map(lambda original: path_of.get(original, original))


def _add_metadata(table: pd.DataFrame, lookup: MetadataLookup, path: Path) -> None:
    """Fill the empty cells of METADATA_COLUMNS, and name each original as the lookup names it."""
    found = [lookup(original) for original in table["original"]]
    if None in found:
        clip = table["original"][found.index(None)]
        raise UserError(f"{path}: the clip {clip!r} is unknown to the clip table, corpus or pattern in use")
    metadata = pd.DataFrame(found).reindex(columns=["clip", *METADATA_COLUMNS], fill_value="")
    metadata.loc[table["clip"] != table["original"], "sha256"] = ""  # a copy has other bytes than its original
    for column in METADATA_COLUMNS:
        table[column] = table[column].where(table[column] != "", metadata[column])
    table["original"] = table["original"].where(metadata["clip"] == "", metadata["clip"])


def _hash(clip: str, folder: Path) -> str:
    """Return the SHA-256 of a clip, looked for in the working directory and in `folder`, or "" if it is in neither."""
    for path in (Path(clip), folder / clip):
        if os.path.isfile(path):
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return ""
