"""MFCC sequences of altered copies: of a fold's training clips to train on, of its validation clips to calibrate on.

python -m stages.augment <corpus> <fold>    writes data/<corpus>/augmented/<fold>/ and data/<corpus>/strange/<fold>/
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from speech_emotion.audio import augmentation, loading, mfcc
from speech_emotion.core import clip_table, params
from speech_emotion.dataset import feature_store
from speech_emotion.audio.augmentation import AugmentSettings
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.command_line import run_stage


def main(corpus: str, fold: str) -> None:
    settings, mfcc = params.load_section("augment", AugmentSettings), params.load_section("features", FeatureSettings)
    data, seed = Path("data") / corpus, params.load_seed()
    table = clip_table.read_partitions(data / "splits" / f"{fold}.csv", clip_table.read(data / "clips.csv"))
    paths = {part: [data / "raw" / clip for clip in table["clip"][table["part"] == part]] for part in clip_table.PARTITIONS}
    feature_store.write(data / "augmented" / fold, copy_all(paths["train"], settings.copies, mfcc, seed))
    feature_store.write(data / "strange" / fold, copy_all(paths["validation"], settings.strange, mfcc, seed))


def copy_all(paths: list[Path], changes: list, mfcc: FeatureSettings, seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name of the copy, MFCC sequence), clip by clip, computed on all cores."""
    work = (delayed(copy)(path, changes, mfcc, seed) for path in paths)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=8)(work)
    for altered in tqdm(results, "augment", len(paths), unit="clip", disable=None):
        yield from altered


def copy(path: Path, changes: list, mfcc: FeatureSettings, seed: int) -> list[tuple[str, np.ndarray]]:
    signal = loading.load(path, mfcc.sample_rate)
    altered = augmentation.make_copies(path.name, signal, mfcc.sample_rate, changes, seed)
    return [(name, mfcc.extract(changed, mfcc)) for name, changed in altered]


if __name__ == "__main__":
    run_stage(main)
