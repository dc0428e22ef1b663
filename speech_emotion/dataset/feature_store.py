"""Feature sequences on disk: plain .npy files of up to 500 sequences each, and an index.

    features/00000.npy   float32 of shape (frames of its sequences, coefficients)
    features/index.csv   name, file, start, frames: one row per sequence

The files are mapped into memory and not loaded, so that a corpus may be larger than the memory.
"""

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import tables
from speech_emotion.core.errors import UserError

INDEX = "index.csv"
TYPES = {"name": str, "file": str, "start": np.int64, "frames": np.int64}
COLUMNS = list(TYPES)
SEQUENCES_PER_FILE = 500


def write(folder: Path, sequences: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write (name, sequence) pairs. At most SEQUENCES_PER_FILE of them are in memory. The index is written last.

    Args:
        folder: Replaced if it exists.
        sequences: float32 arrays of shape (frames, coefficients), all with the same number of coefficients.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = []
    for number, group in enumerate(_groups(sequences)):
        file = f"{number:05}.npy"
        arrays = [sequence for _, sequence in group]
        np.save(folder / file, np.concatenate(arrays))
        ends = np.cumsum([len(array) for array in arrays])
        rows += [(name, file, end - len(array), len(array)) for (name, array), end in zip(group, ends, strict=True)]
    tables.write_csv(folder / INDEX, pd.DataFrame(rows, columns=COLUMNS))


def read(folder: Path) -> dict[str, np.ndarray]:
    """Return {name: sequence} as read-only float32 views of shape (frames, coefficients).

    Raises:
        UserError: the folder is missing or damaged.
    """
    index = tables.read_csv(folder / INDEX, COLUMNS, allow_empty=True, dtype=TYPES, keep_default_na=False)
    files = {file: _map(folder / file) for file in index["file"].unique()}
    sequences = {row.name: files[row.file][row.start : row.start + row.frames] for row in index.itertuples(index=False)}
    if any(len(sequences[row.name]) != row.frames for row in index.itertuples(index=False)):
        raise UserError(f"{folder}: {INDEX} does not fit the .npy files; {tables.RERUN}")
    return sequences


def summary(folder: Path) -> pd.DataFrame:
    """Return the mean and the standard deviation of each coefficient over all frames: coefficient, mean, std."""
    files = [_map(path) for path in sorted(folder.glob("*.npy"))]
    frames = sum(len(file) for file in files)
    mean = sum(file.sum(axis=0, dtype=np.float64) for file in files) / frames
    variance = sum(np.square(file - mean).sum(axis=0) for file in files) / frames
    return pd.DataFrame({"coefficient": np.arange(len(mean)), "mean": mean, "std": np.sqrt(variance)})


def _map(path: Path) -> np.ndarray:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: cannot be read as features ({error}); {tables.RERUN}") from error


def _groups(sequences: Iterable[tuple[str, np.ndarray]]) -> Iterator[list[tuple[str, np.ndarray]]]:
    remaining = iter(sequences)
    while group := list(islice(remaining, SEQUENCES_PER_FILE)):
        yield group
