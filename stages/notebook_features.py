"""Compute the features of the original notebook, for the baselines: 40 MFCCs averaged over time.

python -m stages.notebook_features <corpus>    writes data/<corpus>/notebook_features/
"""

from pathlib import Path

from speech_emotion.audio import notebook_features
from speech_emotion.core import clip_table
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store
from speech_emotion.parallel.executor import map_clips


def main(corpus: str) -> None:
    data = Path("data") / corpus
    clips = list(clip_table.read(data / "clips.csv")["clip"])
    paths = [data / "raw" / clip for clip in clips]
    averages = map_clips(notebook_features.extract, paths, "extract")
    feature_store.write(data / "notebook_features", zip(clips, averages, strict=True))


if __name__ == "__main__":
    run_stage(main)
