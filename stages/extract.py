"""Compute the MFCC sequence of every clip.

python -m stages.extract <corpus>    writes data/<corpus>/features/ and metrics/<corpus>/features.csv
"""

from functools import partial
from pathlib import Path

from speech_emotion.audio.clip_features import extract_clip
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store
from speech_emotion.parallel.executor import map_clips


def main(corpus: str) -> None:
    settings = params.load("features", FeatureSettings)
    data = Path("data") / corpus
    clips = clip_table.read_names(data / "clips.csv")
    extract = partial(extract_clip, data=data, settings=settings)
    feature_store.write(data / "features", zip(clips, map_clips(extract, clips, "extract"), strict=True))
    tables.write_csv(Path("metrics") / corpus / "features.csv", feature_store.summary(data / "features"))


if __name__ == "__main__":
    run_stage(main)
