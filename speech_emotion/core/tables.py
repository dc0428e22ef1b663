"""CSV tables with equal bytes for equal content. Separate from files.py, because prediction runs without pandas."""

from pathlib import Path

import pandas as pd

from speech_emotion.core.errors import UserError
from speech_emotion.core.files import DECIMALS, RERUN, atomic_write, require_output


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table without its index, with floats rounded to DECIMALS."""
    with atomic_write(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")


def read_csv(path: Path, columns: list[str], only: list[str] | None = None, **options) -> pd.DataFrame:
    """Return the table that an earlier stage wrote; `options` go to pandas' reader.

    With `only`, return these columns.

    Raises:
        UserError: the file is missing or is not a table with the columns `columns`.
    """
    require_output(path)
    try:
        header = list(pd.read_csv(path, nrows=0).columns)
        table = pd.read_csv(path, usecols=only, **options)
    except (OSError, ValueError) as error:  # ValueError covers pandas' parser errors and wrong encodings
        raise UserError(f"{path}: cannot be read as CSV ({error}); {RERUN}") from error
    if header != columns or not isinstance(table.index, pd.RangeIndex):
        raise UserError(f"{path}: columns {', '.join(header)}; expected {', '.join(columns)}; {RERUN}")
    return table
