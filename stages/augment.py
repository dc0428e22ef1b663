"""Augment the training clips, to train on, and the validation clips, to calibrate on. Test clips are never augmented.

python -m stages.augment <corpus> <protocol>    writes data/<corpus>/{training,calibration}_copies/<protocol>/
"""

from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading, mfcc
from speech_emotion.audio.augmentation import AugmentSettings, make_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import params
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.parallel import map_clips
from speech_emotion.dataset import feature_store, partitions


def main(corpus: str, protocol: str) -> None:
    augment = params.load("augment", AugmentSettings)
    features = params.load("features", FeatureSettings)
    seed = params.load("seed", params.Seed)
    data = Path("data") / corpus
    table = partitions.load_table(data, protocol)

    for partition, kind, changes in (
        ("train", "training_copies", augment.training_copies),
        ("validation", "calibration_copies", augment.calibration_copies),
    ):
        paths = [data / "raw" / clip for clip in table["clip"][table["partition"] == partition]]
        copy = partial(copy_clip, changes=changes, settings=features, seed=seed)
        feature_store.write(data / kind / protocol, chain.from_iterable(map_clips(copy, paths, kind)))


def copy_clip(path: Path, changes: list, settings: FeatureSettings, seed: int) -> list[tuple[str, np.ndarray]]:
    """Return (name of the copy, MFCC sequence) for every change."""
    signal = loading.load(path, settings.sample_rate)
    copies = make_copies(path.name, signal, settings.sample_rate, changes, seed)
    return [(name, mfcc.extract(changed, settings)) for name, changed in copies]


if __name__ == "__main__":
    run_stage(main)
