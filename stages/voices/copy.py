"""Augment every clip of the collection. Which copies are trained on depends on the protocol.

python -m stages.voices.copy    writes data/voices/copies/
"""

from pathlib import Path

from speech_emotion.audio.augmentation import Changes
from speech_emotion.audio.clip_features import extract_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store

DATA = Path("data/voices")


def main() -> None:
    changes = params.load("voices.copies", Changes)
    settings = params.load("voices.features", FeatureSettings)
    seed = params.load("seed", params.Seed)
    clips = clip_table.read_names(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)
    feature_store.write(DATA / "copies", extract_copies(clips, DATA, changes, settings, seed, "copy"))


if __name__ == "__main__":
    run_stage(main)
