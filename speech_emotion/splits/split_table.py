"""Split tables from anywhere: this project's own, or a CSV of another one, as a clip table with parts."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.corpus import description
from speech_emotion.core.errors import UserError, require

FACTS = ["speaker", "word", "emotion"]
COLUMNS = ["clip", "part", *FACTS, "sha256", "parent"]
PARTS = {"training": "train", "val": "validation", "valid": "validation", "dev": "validation", "testing": "test"}
Source = Callable[[str], dict[str, str] | None]  # what is known of a clip by its path; None: not this source's clip


def read(path: Path, source: Source | None = None) -> pd.DataFrame:
    """Read a split.

    Args:
        path: a CSV with a column `path` or `clip`, a column `part` and, where they are known, the columns COLUMNS.
            `parent` names the clip that an altered copy was made from.
        source: where columns that are not there come from; None: see `likely_source`.

    Returns:
        The columns COLUMNS, all text, "" where unknown. A clip that is no copy is its own `parent`.

    Raises:
        UserError: the file is no such table, or a clip is unknown to the given source.
    """
    path = Path(path)
    rows = pd.concat([_rows(path), _copies(path)], ignore_index=True).fillna("")
    rows["parent"] = _parents(rows)
    facts = _facts(path, rows["parent"], source or likely_source(path, rows["parent"]))
    facts.loc[rows["clip"] != rows["parent"], "sha256"] = ""  # a copy is what its parent is, in other bytes
    table = rows.reindex(columns=COLUMNS, fill_value="")
    table = table.where(table != "", facts)  # what the split says itself comes first
    table["parent"] = facts["clip"].where(facts["clip"] != "", rows["parent"])  # by its published name, if it has one
    hashes = [digest or _hash(path, clip) for clip, digest in zip(table["clip"], table["sha256"], strict=True)]
    return table.assign(sha256=hashes)


# Rows: the clips of the split and their parts


def _rows(path: Path) -> pd.DataFrame:
    table = _csv(path)
    given = ", ".join(table.columns)
    table = table.rename(columns={"path": "clip"}) if "clip" not in table else table
    require({"clip", "part"} <= set(table.columns), f"{path}: columns {given}; expected path (or clip) and part")
    part = table["part"].str.strip().str.lower().replace(PARTS)
    odd = sorted(set(part) - set(clip_table.PARTITIONS))
    require(not odd, f"{path}: part {min(odd, default='')!r}; expected {', '.join(clip_table.PARTITIONS)}")
    require(part.nunique() > 1, f"{path}: {part.nunique()} part; expected two or three of {', '.join(clip_table.PARTITIONS)}")
    return table.assign(part=part, clip=table["clip"].str.replace("\\", "/"))


def _copies(path: Path) -> pd.DataFrame:
    """The altered copies of a fold of this project, which are all trained on."""
    _, index = _beside(path)
    names = _csv(index).get("name", []) if os.path.isfile(index) else []
    return pd.DataFrame({"clip": names, "part": "train"}, dtype=str)


def _beside(split: Path) -> tuple[Path, Path]:
    """Return where a split of this project, data/<corpus>/splits/<fold>.csv, has its clip table and its copies' index.

    Beside another project's split there is nothing of these names.
    """
    data = split.parent.parent
    return data / "clips.csv", data / "augmented" / split.stem / "index.csv"


def _csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' parser errors and wrong encodings are ValueErrors
        raise UserError(f"{path}: cannot be read as CSV ({error}); expected comma-separated text in UTF-8") from error


# Parents: what copies were made from


def _parents(table: pd.DataFrame) -> pd.Series:
    """Return what each clip was made from, by the column `parent` or the name; a file name stands for its one path."""
    given = table.get("parent", pd.Series("", index=table.index)).str.replace("\\", "/")
    parents = given.where(given != "", table["clip"].map(clip_table.source_clip))
    names = table["clip"].drop_duplicates().groupby(lambda row: PurePosixPath(table["clip"][row]).name)
    paths = names.first()[names.size() == 1]
    return parents.where(parents.isin(table["clip"]), parents.map(paths).fillna(parents))


# Facts: who says what in a clip, and the hash of its bytes


def _facts(path: Path, names: pd.Series, source: Source) -> pd.DataFrame:
    """Return what the source knows of each name, in the columns COLUMNS with "" where it knows nothing."""
    facts = [source(name) for name in names]
    unknown = [name for name, fact in zip(names, facts, strict=True) if fact is None]
    require(not unknown, f"{path}: {min(unknown, default='')!r} is not in the clip table, or not named as said")
    return pd.DataFrame(facts, index=names.index).reindex(columns=COLUMNS, fill_value="")


def likely_source(path: Path, names: pd.Series) -> Source:
    """Choose the clip table beside a split of this project, or the first corpus that knows all names, or nothing."""
    table, _ = _beside(path)
    if os.path.isfile(table):
        return from_clip_table(table)
    named_so = (source for source in map(from_corpus, description.names()) if all(map(source, names)))
    return next(named_so, lambda name: {})


def from_clip_table(path: Path) -> Source:
    """Take what is known of a clip from a clip table."""
    return {row["clip"]: row for row in clip_table.read(path).to_dict("records")}.get


def from_corpus(name: str) -> Source:
    """Take speaker, word and emotion from clips' names as those of a corpus, in any folder layout."""
    corpus = description.load(name)

    def facts(path: str) -> dict[str, str] | None:
        clip = corpus.clip(path)
        return corpus.row(clip, "") if clip else None

    return facts


def from_pattern(pattern: str) -> Source:
    """Take what the regular expression's groups speaker, word and emotion match at the end of a path.

    Raises:
        UserError: it is no regular expression or has none of these groups.
    """
    try:
        regex = re.compile(rf"(?:^|/)(?:{pattern})$")
    except (re.error, OverflowError, RecursionError) as error:
        raise UserError(f"pattern {pattern!r} is no regular expression: {error}") from error
    groups = set(regex.groupindex)
    expected = f"expected groups such as (?P<speaker>...), named {', '.join(FACTS)}"
    require(bool(groups) and groups <= set(FACTS), f"pattern {pattern!r}: {expected}")

    def facts(path: str) -> dict[str, str] | None:
        match = regex.search(path)
        return {name: value or "" for name, value in match.groupdict().items()} if match else None

    return facts


def _hash(split: Path, clip: str) -> str:
    """Hash the clip's file, looked for from here and from the split's folder; "" where there is none."""
    for path in (Path(clip), split.parent / clip):
        if os.path.isfile(path):
            try:
                with path.open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    return ""
