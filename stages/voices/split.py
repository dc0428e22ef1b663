"""Assign clips to partitions by a protocol of speech_emotion/splits/collection_protocols.py.

python -m stages.voices.split <protocol>    writes data/voices/splits/<protocol>.csv
"""

from pathlib import Path

from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.splits import collection_protocols

DATA = Path("data/voices")


def main(protocol: str) -> None:
    settings = params.load("voices.collection", CollectionSettings)
    seed = params.load("seed", params.Seed)
    clips = clip_table.read(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)

    table = collection_protocols.make_split(clips, protocol, settings, seed)
    clip_table.write_partitions(DATA / "splits" / f"{protocol}.csv", table)

    print(protocol)
    print(table.groupby(["corpus", "partition"]).agg(clips=("clip", "size"), speakers=("speaker", "nunique")))


if __name__ == "__main__":
    run_stage(main)
