"""Augment every clip of the collection. Which copies are trained on depends on the protocol.

python -m stages.voices.copy    writes data/voices/copies/
"""

from itertools import chain
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading, mfcc
from speech_emotion.audio.augmentation import Changes, make_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.parallel import map_clips
from speech_emotion.dataset import feature_store

DATA = Path("data/voices")


def main() -> None:
    changes = params.load("voices.copies", Changes)
    settings = params.load("voices.features", FeatureSettings)
    seed = params.load("seed", params.Seed)
    clips = list(clip_table.read(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)["clip"])

    def copy_clip(clip: str) -> list[tuple[str, np.ndarray]]:
        signal = loading.load(clip_table.audio_path(DATA, clip), settings.sample_rate)
        copies = make_copies(clip, signal, settings.sample_rate, changes, seed)
        return [(name, mfcc.extract(changed, settings)) for name, changed in copies]

    feature_store.write(DATA / "copies", chain.from_iterable(map_clips(copy_clip, clips, "copy")))


if __name__ == "__main__":
    run_stage(main)
