"""Join the clip tables of several corpora, with one set of labels and without flawed clips.

python -m stages.collect <collection>    writes data/<collection>/clips.csv, metrics/<collection>/clips.csv (a count of
                                         the clips of each corpus and emotion) and metrics/<collection>/left_out.csv
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description
from speech_emotion.corpus.collection import CollectionSettings, collect


def main(collection: str) -> None:
    collections = params.load("collections", dict[str, CollectionSettings])
    if collection not in collections:
        raise UserError(f"no collection {collection!r} in params.yaml; expected one of: {', '.join(collections)}")
    settings = collections[collection]
    kept = []
    left_out = []
    for name in settings.corpora + settings.unseen:
        clips = clip_table.read(Path("data", name, "clips.csv"))
        rows, others = collect(description.load(name), clips, settings.emotions)
        kept.append(rows)
        left_out.append(others)
    table = pd.concat(kept).sort_values("clip")
    metrics = Path("metrics", collection)
    tables.write_csv(Path("data", collection, "clips.csv"), table)
    tables.write_csv(metrics / "left_out.csv", pd.concat(left_out))
    counts = table.groupby(["corpus", "emotion"]).size().unstack(fill_value=0)
    counts.insert(0, "speakers", table.groupby("corpus")["speaker"].nunique())
    tables.write_csv(metrics / "clips.csv", counts.reset_index())
    print(f"{collection}: {len(table):,} clips of {table['speaker'].nunique()} speakers")


if __name__ == "__main__":
    run_stage(main)
