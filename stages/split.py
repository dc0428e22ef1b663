"""Assign every clip to the train, validation or test partition, by a protocol of speech_emotion/splits/protocols.py.

python -m stages.split <corpus> <protocol>    writes data/<corpus>/splits/<protocol>.csv
"""

from pathlib import Path

from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.splits import protocols


def main(corpus: str, protocol: str) -> None:
    settings = params.load("split", protocols.SplitSettings)
    seed = params.load("seed", params.Seed)
    data = Path("data") / corpus
    clips = clip_table.read(data / "clips.csv")

    table = protocols.make_split(clips, protocol, settings, seed)
    clip_table.write_partitions(data / "splits" / f"{protocol}.csv", table)

    sizes = ", ".join(f"{(table['partition'] == name).sum()} {name}" for name in clip_table.PARTITIONS)
    print(f"{corpus}, {protocol}: {sizes}")


if __name__ == "__main__":
    run_stage(main)
