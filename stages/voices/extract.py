"""Compute the MFCC sequence of every clip of the collection.

python -m stages.voices.extract    writes data/voices/features/
"""

from functools import partial
from pathlib import Path

from speech_emotion.audio.clip_features import extract_clip
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store
from speech_emotion.parallel.executor import map_clips

DATA = Path("data/voices")


def main() -> None:
    settings = params.load("voices.features", FeatureSettings)
    clips = clip_table.read_names(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)
    extract = partial(extract_clip, data=DATA, settings=settings)
    feature_store.write(DATA / "features", zip(clips, map_clips(extract, clips, "extract"), strict=True))


if __name__ == "__main__":
    run_stage(main)
