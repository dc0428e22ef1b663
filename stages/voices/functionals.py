"""Compute openSMILE's eGeMAPS functionals of every clip of the collection, for the baseline.

python -m stages.voices.functionals    writes data/voices/functionals/
"""

from pathlib import Path

from speech_emotion.audio import functionals
from speech_emotion.core import clip_table
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store
from speech_emotion.parallel.executor import map_clips

DATA = Path("data/voices")


def main() -> None:
    functionals.check_installed()
    clips = list(clip_table.read(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)["clip"])
    paths = [clip_table.audio_path(DATA, clip) for clip in clips]
    feature_store.write(DATA / "functionals", zip(clips, map_clips(functionals.extract, paths, "extract"), strict=True))


if __name__ == "__main__":
    run_stage(main)
