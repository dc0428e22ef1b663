"""CSV tables with equal bytes for equal content. Separate from files.py, because prediction runs without pandas."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd

from speech_emotion.core.errors import UserError
from speech_emotion.core.files import DECIMALS, RERUN, atomic_write, require_output

ROWS_PER_CHUNK = 10_000


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
    (table,) = _read(path, columns, lambda: [pd.read_csv(path, usecols=only, **options)])
    return table


def read_chunks(path: Path, columns: list[str], only: list[str], **options) -> Iterator[pd.DataFrame]:
    """As `read_csv`, but yield ROWS_PER_CHUNK rows at a time, so that the memory is limited."""

    def read() -> Iterator[pd.DataFrame]:
        with pd.read_csv(path, usecols=only, chunksize=ROWS_PER_CHUNK, **options) as chunks:
            yield from chunks

    return _read(path, columns, read)


def _read(path: Path, columns: list[str], read: Callable[[], Iterable[pd.DataFrame]]) -> Iterator[pd.DataFrame]:
    require_output(path)
    try:
        header = list(pd.read_csv(path, nrows=0).columns)
        expected = UserError(f"{path}: columns {', '.join(header)}; expected {', '.join(columns)}; {RERUN}")
        if header != columns:
            raise expected
        for part in read():
            if not isinstance(part.index, pd.RangeIndex):  # rows have more values than the header
                raise expected
            yield part
    except (OSError, ValueError) as error:  # ValueError covers pandas' parser errors and wrong encodings
        raise UserError(f"{path}: cannot be read as CSV ({error}); {RERUN}") from error
