"""MFCC sequences of every clip of a corpus, and the index that says which frames are whose.

python -m stages.extract <corpus>    writes data/<corpus>/features/ and metrics/<corpus>/features.csv
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from ser import audio, clips, features, files, params, sequences
from ser.errors import run


def main(corpus: str) -> None:
    settings = params.load("features", features.Settings)
    data = Path("data") / corpus
    names = list(clips.read(data / "clips.csv")["clip"])
    sequences.write(data / "features", extract_all(data / "raw", names, settings))
    files.write_csv(Path("metrics") / corpus / "features.csv", sequences.summary(data / "features"))


def extract_all(folder: Path, names: list[str], settings: features.Settings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (clip, MFCC sequence) in the order of `names`, computed on all cores, a few clips ahead."""
    work = (delayed(extract)(folder / name, settings) for name in names)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=16)(work)
    yield from zip(names, tqdm(results, "extract", len(names), unit="clip", disable=None), strict=True)


def extract(path: Path, settings: features.Settings) -> np.ndarray:
    return features.extract(audio.load(path, settings.sample_rate), settings)


if __name__ == "__main__":
    run(main)
