"""Feature sequences of unequal length on disk: all frames in one .npy file, and an index that says whose they are."""

import tokenize
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import files, tables
from speech_emotion.core.errors import UserError, require

FRAMES, INDEX = "frames.npy", "index.csv"
INDEX_TYPES = {"name": str, "start": np.int64, "frames": np.int64}
JUNK = (OSError, ValueError, SyntaxError, tokenize.TokenError)  # what numpy's and pandas' readers raise of it
ANEW = "run `dvc repro`, which makes them anew"
BLOCK = 1 << 16  # frames taken into memory at a time


def write(folder: Path, sequences: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write (name, sequence) pairs as they come; memory does not grow with their number.

    Args:
        folder: receives FRAMES, float32 of shape (frames of all sequences, coefficients), and INDEX with the
            columns name, start, frames.
        sequences: arrays of shape (frames, coefficients) with the same number of coefficients.
    """
    rows, total, coefficients = [], 0, 0
    with files.atomic_write(Path(folder) / FRAMES) as temporary, open(temporary, "wb") as file:
        _write_header(file, 0, 0)
        for name, sequence in sequences:
            file.write(np.ascontiguousarray(sequence, dtype="<f4").tobytes())
            rows.append((name, total, len(sequence)))
            total, coefficients = total + len(sequence), sequence.shape[1]
        file.seek(0)
        _write_header(file, total, coefficients)
    tables.write_csv(Path(folder) / INDEX, pd.DataFrame(rows, columns=list(INDEX_TYPES)))


def read(folder: Path) -> dict[str, np.ndarray]:
    """Read a folder back as {name: float32 view of shape (frames, coefficients)}; the file is mapped, not loaded.

    Raises:
        UserError: the folder does not hold sequences.
    """
    try:
        frames = np.lib.format.open_memmap(files.require_output(Path(folder) / FRAMES), mode="r")
        index = pd.read_csv(files.require_output(Path(folder) / INDEX), dtype=INDEX_TYPES, keep_default_na=False)
    except JUNK as error:
        raise UserError(f"{folder}: cannot be read as sequences ({error}); {ANEW}") from error
    fits = frames.ndim == 2 and frames.dtype == np.float32 and list(index.columns) == list(INDEX_TYPES)
    fits = fits and bool((index["start"].ge(0) & index["frames"].between(1, len(frames) - index["start"])).all())
    require(fits, f"{folder}: {INDEX} does not fit {FRAMES}; {ANEW}")
    return {row.name: frames[row.start : row.start + row.frames] for row in index.itertuples(index=False)}


def summary(folder: Path) -> pd.DataFrame:
    """Return the mean and the standard deviation of each coefficient over all frames: coefficient, mean, deviation."""
    frames = np.load(Path(folder) / FRAMES, mmap_mode="r")
    blocks = [frames[start : start + BLOCK] for start in range(0, len(frames), BLOCK)]
    mean = sum(block.sum(axis=0, dtype=np.float64) for block in blocks) / len(frames)
    variance = sum(np.square(block - mean).sum(axis=0) for block in blocks) / len(frames)
    return pd.DataFrame({"coefficient": np.arange(len(mean)), "mean": mean, "deviation": np.sqrt(variance)})


def _write_header(file, frames: int, coefficients: int) -> None:
    """Numpy pads the header so that the number of frames may grow in place; only so can it be rewritten."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (frames, coefficients)}
    np.lib.format.write_array_header_1_0(file, header)
