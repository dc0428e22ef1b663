"""MFCC sequences of every clip of a corpus, and the index that says which frames are whose.

python -m stages.extract <corpus>    writes data/<corpus>/features/ and metrics/<corpus>/features.csv
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from speech_emotion.audio import loading, mfcc
from speech_emotion.core import clip_table, params, tables
from speech_emotion.dataset import feature_store
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.command_line import run_stage


def main(corpus: str) -> None:
    settings = params.load_section("features", FeatureSettings)
    data = Path("data") / corpus
    names = list(clip_table.read(data / "clips.csv")["clip"])
    feature_store.write(data / "features", extract_all(data / "raw", names, settings))
    tables.write_csv(Path("metrics") / corpus / "features.csv", feature_store.summary(data / "features"))


def extract_all(folder: Path, names: list[str], settings: FeatureSettings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (clip, MFCC sequence) in the order of `names`, computed on all cores, a few clips ahead."""
    work = (delayed(extract)(folder / name, settings) for name in names)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=16)(work)
    yield from zip(names, tqdm(results, "extract", len(names), unit="clip", disable=None), strict=True)


def extract(path: Path, settings: FeatureSettings) -> np.ndarray:
    return mfcc.extract(loading.load(path, settings.sample_rate), settings)


if __name__ == "__main__":
    run_stage(main)
