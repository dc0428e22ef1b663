"""MFCC sequences of altered copies of a fold's training clips, and of no others.

python -m stages.augment <corpus> <fold>    writes data/<corpus>/augmented/<fold>/
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from ser import audio, augment, clips, features, params, sequences
from ser.errors import exit_on_user_error


def main(corpus: str, fold: str) -> None:
    copies = params.load("augment", augment.Settings)
    mfcc = params.load("features", features.Settings)
    data = Path("data") / corpus
    table = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    training = [data / "raw" / clip for clip in table["clip"][table["part"] == "train"]]
    sequences.write(data / "augmented" / fold, copy_all(training, copies, mfcc, params.value("seed")))


def copy_all(
    paths: list[Path], copies: augment.Settings, mfcc: features.Settings, seed: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name of the copy, MFCC sequence), clip by clip, computed on all cores."""
    work = (delayed(copy)(path, copies, mfcc, seed) for path in paths)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=8)(work)
    for altered in tqdm(results, "augment", len(paths), unit="clip", disable=None):
        yield from altered


def copy(path: Path, copies: augment.Settings, mfcc: features.Settings, seed: int) -> list[tuple[str, np.ndarray]]:
    signal = audio.load(path, mfcc.sample_rate)
    altered = augment.copies(path.name, signal, mfcc.sample_rate, copies, seed)
    return [(name, features.extract(changed, mfcc)) for name, changed in altered]


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
