"""MFCC sequences of altered copies: of a fold's training clips to train on, of its validation clips to calibrate on.

python -m stages.augment <corpus> <fold>    writes data/<corpus>/augmented/<fold>/ and data/<corpus>/strange/<fold>/
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from ser import audio, augment, clips, features, params, sequences
from ser.errors import run


def main(corpus: str, fold: str) -> None:
    settings, mfcc = params.load("augment", augment.Settings), params.load("features", features.Settings)
    data, seed = Path("data") / corpus, params.seed()
    table = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    paths = {part: [data / "raw" / clip for clip in table["clip"][table["part"] == part]] for part in clips.PARTS}
    sequences.write(data / "augmented" / fold, copy_all(paths["train"], settings.copies, mfcc, seed))
    sequences.write(data / "strange" / fold, copy_all(paths["validation"], settings.strange, mfcc, seed))


def copy_all(paths: list[Path], changes: list, mfcc: features.Settings, seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name of the copy, MFCC sequence), clip by clip, computed on all cores."""
    work = (delayed(copy)(path, changes, mfcc, seed) for path in paths)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=8)(work)
    for altered in tqdm(results, "augment", len(paths), unit="clip", disable=None):
        yield from altered


def copy(path: Path, changes: list, mfcc: features.Settings, seed: int) -> list[tuple[str, np.ndarray]]:
    signal = audio.load(path, mfcc.sample_rate)
    altered = augment.copies(path.name, signal, mfcc.sample_rate, changes, seed)
    return [(name, features.extract(changed, mfcc)) for name, changed in altered]


if __name__ == "__main__":
    run(main)
