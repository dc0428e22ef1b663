"""Compute the features of the original notebook for every clip of the collection: 40 MFCCs averaged over time.

python -m stages.voices.notebook_features    writes data/voices/notebook_features/
"""

from pathlib import Path

from speech_emotion.audio import notebook_features
from speech_emotion.core import clip_table
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store
from speech_emotion.parallel.executor import map_clips

DATA = Path("data/voices")


def main() -> None:
    clips = list(clip_table.read(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)["clip"])
    paths = [clip_table.audio_path(DATA, clip) for clip in clips]
    averages = map_clips(notebook_features.extract, paths, "extract")
    feature_store.write(DATA / "notebook_features", zip(clips, averages, strict=True))


if __name__ == "__main__":
    run_stage(main)
