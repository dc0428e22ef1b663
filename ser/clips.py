"""The clip table: one row a clip, what was said by whom with which emotion, the hash of its bytes, and its part."""

from pathlib import Path

import pandas as pd

from ser import files
from ser.errors import require

COLUMNS = ["clip", "speaker", "word", "emotion", "sha256"]
PARTS = ["train", "validation", "test"]
COPY = "#"  # between a clip's name and what was altered, in the name of an altered copy


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the table, sorted by clip, as CSV. Each row has the keys COLUMNS; `clip` is a file name without folders."""
    files.write_csv(path, pd.DataFrame(rows, columns=COLUMNS).sort_values("clip"))


def read(path: Path) -> pd.DataFrame:
    """Read the table: text columns COLUMNS, sorted by clip, a clip once.

    Raises:
        UserError: the file is absent or no table, has no clips, lacks a column, or names a clip twice.
    """
    table = _table(path, COLUMNS)
    twice = table["clip"][table["clip"].duplicated()]
    require(twice.empty, f"{path}: the clip {'' if twice.empty else twice.iloc[0]} stands twice; expected once")
    return table


def emotions(table: pd.DataFrame) -> list[str]:
    """The label order everywhere: the table's emotions, sorted."""
    return sorted(table["emotion"].unique())


def write_parts(path: Path, table: pd.DataFrame) -> None:
    """Write which clip has which part, one of PARTS, as CSV with the columns clip, part."""
    files.write_csv(path, table[["clip", "part"]])


def read_parts(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return the clip table with the column `part` from a file that `write_parts` made.

    Raises:
        UserError: the file is absent, or does not give exactly the clips of the table a part.
    """
    parts = _table(path, ["clip", "part"])
    odd = set(parts["clip"]) ^ set(table["clip"]) or set(parts["part"]) - set(PARTS)
    require(not odd, f"{path}: {min(odd, default='')!r} does not fit the clip table; run `dvc repro` to split anew")
    return table.merge(parts, on="clip", validate="one_to_one")


def copy_name(clip: str, change: str) -> str:
    """Return the name of an altered copy, such as `OAF_back_angry.wav#speed=0.9`."""
    return clip + COPY + change


def parent(name: str) -> str:
    """Return the clip that a copy was made from; a clip is its own parent."""
    return name.split(COPY)[0]


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    return files.read_csv(path, columns, dtype=str, keep_default_na=False)
