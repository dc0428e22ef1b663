"""Feature sequences of unequal length on disk: all frames in one .npy file, and an index that says whose they are."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ser import files
from ser.errors import require

FRAMES, INDEX = "frames.npy", "index.csv"
BLOCK = 1 << 16  # frames taken into memory at a time


def write(folder: Path, sequences: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write (name, sequence) pairs as they come; memory does not grow with their number.

    Args:
        folder: receives FRAMES, float32 of shape (frames of all sequences, coefficients), and INDEX with the
            columns name, start, frames.
        sequences: arrays of shape (frames, coefficients) with the same number of coefficients.
    """
    rows, total, coefficients = [], 0, 0
    with files.replacing(Path(folder) / FRAMES) as temporary, open(temporary, "wb") as file:
        _write_header(file, 0, 0)
        for name, sequence in sequences:
            file.write(np.ascontiguousarray(sequence, dtype="<f4").tobytes())
            rows.append((name, total, len(sequence)))
            total, coefficients = total + len(sequence), sequence.shape[1]
        file.seek(0)
        _write_header(file, total, coefficients)
    files.write_csv(Path(folder) / INDEX, pd.DataFrame(rows, columns=["name", "start", "frames"]))


def read(folder: Path) -> dict[str, np.ndarray]:
    """Read a folder back as {name: float32 view of shape (frames, coefficients)}; the file is mapped, not loaded.

    Raises:
        UserError: the folder does not hold sequences.
    """
    require((Path(folder) / INDEX).is_file(), f"{folder}: no sequences there; run `dvc repro`, which makes them")
    frames = np.load(Path(folder) / FRAMES, mmap_mode="r")
    index = pd.read_csv(Path(folder) / INDEX, dtype={"name": str}, keep_default_na=False)
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
