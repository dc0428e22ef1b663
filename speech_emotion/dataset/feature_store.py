"""Feature sequences on disk: plain .npy files of up to 500 sequences each, and an index.

    features/00000.npy   float32 of shape (frames of its sequences, coefficients)
    features/index.csv   name, file, start, frames: one row per sequence

The files are mapped into memory and not loaded, so that a corpus may be larger than the memory. What is kept of each
sequence is where it is.
"""

import csv
import io
import os
import resource
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import tables
from speech_emotion.core.batched import batched
from speech_emotion.core.files import atomic_write

INDEX = "index.csv"
TYPES = {"name": str, "file": str, "start": np.int64, "frames": np.int64}
COLUMNS = list(TYPES)
SEQUENCES_PER_FILE = 500
SPARE_FILES = 200  # that may be opened besides


@dataclass(frozen=True, eq=False)
class StoredSequences(Sequence[np.ndarray]):
    """Sequences in mapped files: read-only float32 views of shape (frames, coefficients), made when they are asked for.

    Attributes:
        files: float32 of shape (frames of its sequences, coefficients) each.
        file: int32 (sequences,), the position in `files`.
        start: int32 (sequences,), the first frame in that file.
        frames: int32 (sequences,).
    """

    files: list[np.ndarray]
    file: np.ndarray
    start: np.ndarray
    frames: np.ndarray

    def __len__(self) -> int:
        return len(self.file)

    def __getitem__(self, index):
        """Return one sequence, or for a slice or a list of positions the chosen ones."""
        if isinstance(index, (slice, list)):
            return StoredSequences(self.files, self.file[index], self.start[index], self.frames[index])
        start = self.start[index]
        return self.files[self.file[index]][start : start + self.frames[index]]

    def followed_by(self, other: "StoredSequences") -> "StoredSequences":
        """Return the sequences of both."""
        return StoredSequences(
            self.files + other.files,
            np.concatenate([self.file, len(self.files) + other.file]),
            np.concatenate([self.start, other.start]),
            np.concatenate([self.frames, other.frames]),
        )


class FeatureStore(Mapping[str, np.ndarray]):
    """The sequences of a folder by their names."""

    def __init__(self, names: Iterable[str], sequences: StoredSequences):
        self._row = {name: row for row, name in enumerate(names)}
        self._sequences = sequences

    def __getitem__(self, name: str) -> np.ndarray:
        return self._sequences[self._row[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._row

    def __iter__(self) -> Iterator[str]:
        return iter(self._row)

    def __len__(self) -> int:
        return len(self._row)

    def pick(self, names: Iterable[str]) -> StoredSequences:
        """Return the sequences of these names, in their order."""
        return self._sequences[[self._row[name] for name in names]]


def write(folder: Path, sequences: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write (name, float32 of shape (frames, coefficients)) pairs, and replace `folder` if it exists.

    At most SEQUENCES_PER_FILE of them are in memory. The index is complete last.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with atomic_write(folder / INDEX) as temporary, temporary.open("w", encoding="utf-8", newline="") as text:
        index = csv.writer(text, lineterminator="\n")
        index.writerow(COLUMNS)
        for number, group in enumerate(batched(sequences, SEQUENCES_PER_FILE)):
            file = f"{number:05}.npy"
            _save(folder / file, np.concatenate([sequence for _, sequence in group]))
            start = 0
            for name, sequence in group:
                index.writerow([name, file, start, len(sequence)])
                start += len(sequence)


def read(folder: Path) -> FeatureStore:
    """Return the sequences that `write` wrote.

    Raises:
        UserError: the folder or its index is missing, or the index is damaged.
    """
    index = tables.read_csv(folder / INDEX, COLUMNS, dtype=TYPES, keep_default_na=False)
    file, names = pd.factorize(index["file"])
    _allow_open_files(len(names))
    # As plain arrays, because each view of a memmap takes up another 500 bytes.
    files = [np.load(folder / name, mmap_mode="r").view(np.ndarray) for name in names]
    numbers = (file, index["start"], index["frames"])
    return FeatureStore(index["name"], StoredSequences(files, *(np.asarray(column, np.int32) for column in numbers)))


def summary(folder: Path) -> pd.DataFrame:
    """Return the mean and the standard deviation of each coefficient over all frames: coefficient, mean, std."""
    paths = sorted(folder.glob("*.npy"))
    frames, total, squares = 0, 0.0, 0.0
    for path in paths:
        file = np.load(path, mmap_mode="r")
        frames += len(file)
        total = total + file.sum(axis=0, dtype=np.float64)
    mean = total / frames
    for path in paths:
        squares = squares + np.square(np.load(path, mmap_mode="r") - mean).sum(axis=0)
    variance = squares / frames
    return pd.DataFrame({"coefficient": np.arange(len(mean)), "mean": mean, "std": np.sqrt(variance)})


def _allow_open_files(count: int) -> None:
    """Raise the number of files that this process may have open, as far as the system allows it."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len(os.listdir("/dev/fd"))
    wanted = opened + count + SPARE_FILES
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _save(path: Path, array: np.ndarray) -> None:
    """Write an array. NumPy alone would not say that a disk is full, only how many numbers it wrote."""
    content = io.BytesIO()
    np.save(content, array)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())
