"""Feature sequences on disk: plain .npy files of up to 500 sequences each, and an index.

    features/00000.npy   float32 of shape (frames of its sequences, coefficients)
    features/index.csv   name, file, start, frames: one row per sequence

The files are mapped into memory and not loaded, so that a corpus may be larger than the memory.
"""

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import tables
from speech_emotion.core.files import atomic_write

INDEX = "index.csv"
TYPES = {"name": str, "file": str, "start": np.int64, "frames": np.int64}
COLUMNS = list(TYPES)
SEQUENCES_PER_FILE = 500


def write(folder: Path, sequences: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write (name, float32 of shape (frames, coefficients)) pairs, and replace `folder` if it exists.

    At most SEQUENCES_PER_FILE of them are in memory. The index is complete last.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with atomic_write(folder / INDEX) as temporary, temporary.open("w", encoding="utf-8", newline="") as text:
        index = csv.writer(text, lineterminator="\n")
        index.writerow(COLUMNS)
        for number, group in enumerate(_groups(sequences)):
            file = f"{number:05}.npy"
            _save(folder / file, np.concatenate([sequence for _, sequence in group]))
            start = 0
            for name, sequence in group:
                index.writerow([name, file, start, len(sequence)])
                start += len(sequence)


def read(folder: Path) -> dict[str, np.ndarray]:
    """Return {name: sequence} as read-only float32 views of shape (frames, coefficients).

    Raises:
        UserError: the folder or its index is missing, or the index is damaged.
    """
    index = tables.read_csv(folder / INDEX, COLUMNS, dtype=TYPES, keep_default_na=False)
    # As a plain array, because each view of a memmap takes up another 500 bytes.
    files = {file: np.load(folder / file, mmap_mode="r").view(np.ndarray) for file in index["file"].unique()}
    return {row.name: files[row.file][row.start : row.start + row.frames] for row in index.itertuples(index=False)}


def summary(folder: Path) -> pd.DataFrame:
    """Return the mean and the standard deviation of each coefficient over all frames: coefficient, mean, std."""
    files = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))]
    frames = sum(len(file) for file in files)
    mean = sum(file.sum(axis=0, dtype=np.float64) for file in files) / frames
    variance = sum(np.square(file - mean).sum(axis=0) for file in files) / frames
    return pd.DataFrame({"coefficient": np.arange(len(mean)), "mean": mean, "std": np.sqrt(variance)})


def _save(path: Path, array: np.ndarray) -> None:
    """Write an array. NumPy alone would not say that a disk is full, only how many numbers it wrote."""
    content = io.BytesIO()
    np.save(content, array)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _groups(sequences: Iterable[tuple[str, np.ndarray]]) -> Iterator[list[tuple[str, np.ndarray]]]:
    remaining = iter(sequences)
    while group := list(islice(remaining, SEQUENCES_PER_FILE)):
        yield group
