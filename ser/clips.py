"""The clip table: one row a clip, what was said by whom with which emotion, and the hash of its bytes."""

from pathlib import Path

import pandas as pd

from ser import files
from ser.errors import UserError

COLUMNS = ["clip", "speaker", "word", "emotion", "sha256"]


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the table, sorted by clip, as CSV. Each row has the keys COLUMNS; `clip` is a file name without folders."""
    files.write_csv(path, pd.DataFrame(rows, columns=COLUMNS).sort_values("clip"))


def read(path: Path) -> pd.DataFrame:
    """Read the table: text columns COLUMNS, sorted by clip, a clip once.

    Raises:
        UserError: the file is absent, lacks a column, or names a clip twice.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise UserError(f"{path}: no such clip table; run `dvc repro` so that the download stage writes it") from None
    if list(table.columns) != COLUMNS:
        raise UserError(f"{path}: columns {', '.join(table.columns)}; expected {', '.join(COLUMNS)}")
    if table["clip"].duplicated().any():
        raise UserError(f"{path}: clip {table['clip'][table['clip'].duplicated()].iloc[0]} stands twice; expected once")
    return table


def emotions(table: pd.DataFrame) -> list[str]:
    """The label order everywhere: the table's emotions, sorted."""
    return sorted(table["emotion"].unique())
