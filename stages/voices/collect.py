"""Join the clip tables of several corpora, with one set of labels and without flawed clips.

python -m stages.voices.collect    writes data/voices/clips.csv and metrics/voices/{clips,left_out}.csv
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus import description
from speech_emotion.corpus.collection import CollectionSettings, collect


def main() -> None:
    settings = params.load("voices.collection", CollectionSettings)
    kept = []
    left_out = []
    for name in settings.corpora + settings.unseen:
        clips = clip_table.read(Path("data", name, "clips.csv"))
        rows, others = collect(description.load(name), clips, settings.emotions)
        kept.append(rows)
        left_out.append(others)
    table = pd.concat(kept).sort_values("clip")

    counts = table.groupby(["corpus", "emotion"]).size().unstack(fill_value=0)
    counts.insert(0, "speakers", table.groupby("corpus")["speaker"].nunique())
    tables.write_csv(Path("data/voices/clips.csv"), table)
    tables.write_csv(Path("metrics/voices/clips.csv"), counts.reset_index())
    tables.write_csv(Path("metrics/voices/left_out.csv"), pd.concat(left_out))
    print(f"voices: {len(table):,} clips of {table['speaker'].nunique()} speakers")


if __name__ == "__main__":
    run_stage(main)
