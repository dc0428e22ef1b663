"""Augment the training clips, to train on, and the validation clips, to calibrate on. Test clips are never augmented.

python -m stages.augment <corpus> <protocol>    writes data/<corpus>/{training,calibration}_copies/<protocol>/
"""

from pathlib import Path

from speech_emotion.audio.augmentation import AugmentSettings
from speech_emotion.audio.clip_features import extract_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import params
from speech_emotion.core.command_line import run_stage
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
        clips = list(table["clip"][table["partition"] == partition])
        feature_store.write(data / kind / protocol, extract_copies(clips, data, changes, features, seed, kind))


if __name__ == "__main__":
    run_stage(main)
