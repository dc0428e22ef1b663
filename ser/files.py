"""Write outputs whole or not at all, and with the same bytes for the same content."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from ser.errors import UserError, require

DECIMALS = 6


def made(path: Path, by: str = "dvc repro") -> Path:
    """Return `path`, an output of an earlier stage; raise UserError, naming the command `by`, where no such file is."""
    require(os.path.isfile(path), f"{path}: no such file; run `{by}`, which makes it")
    return Path(path)


def read_json(path: Path, by: str = "dvc repro") -> dict:
    """Return a report of an earlier stage, which the command `by` makes.

    Raises:
        UserError: it is absent, or is no JSON object.
    """
    try:
        content = json.loads(made(path, by).read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}); run `{by}`, which makes it anew") from error
    require(isinstance(content, dict), f"{path}: no JSON object; run `{by}`, which makes it anew")
    return content


def read_csv(path: Path, columns: list[str], **options) -> pd.DataFrame:
    """Return a table of an earlier stage, read with `options` of pandas' reader.

    Raises:
        UserError: it is absent or no table, has other columns, or no rows.
    """
    anew = "run `dvc repro`, which makes it anew"
    try:
        table = pd.read_csv(made(path), **options)
    except (OSError, ValueError) as error:  # pandas' parser errors and wrong encodings are ValueErrors
        raise UserError(f"{path}: cannot be read as CSV ({error}); {anew}") from error
    require(isinstance(table.index, pd.RangeIndex), f"{path}: more cells in a row than columns; {anew}")
    found = ", ".join(map(str, table.columns))
    require(list(table.columns) == columns, f"{path}: columns {found}; expected {', '.join(columns)}; {anew}")
    require(len(table) > 0, f"{path}: no rows; {anew}")
    return table


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it becomes `path`, on an error it is removed.

    The suffix is kept, because writers such as numpy's and matplotlib's choose the format by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: object) -> None:
    """Write `content` with sorted keys and floats rounded to DECIMALS, so that equal results are equal bytes."""
    write_text(path, json.dumps(_rounded(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False))


def write_text(path: Path, text: str) -> None:
    """Write `text` and a line end, as UTF-8."""
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table without its index, with floats rounded to DECIMALS and "\\n" line ends."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")


def _rounded(content: object) -> object:
    if isinstance(content, dict):
        return {str(key): _rounded(item) for key, item in content.items()}
    if isinstance(content, (list, tuple)):
        return [_rounded(item) for item in content]
    return round(content, DECIMALS) if isinstance(content, float) else content
