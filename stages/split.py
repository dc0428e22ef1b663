"""Which clip is trained on, validated on and tested on, in one fold; fails if the parts would leak into each other.

python -m stages.split <corpus> <fold>    writes data/<corpus>/splits/<fold>.csv
"""

from pathlib import Path

from speech_emotion.core import clip_table, params
from speech_emotion.splits import protocols
from speech_emotion.core.command_line import run_stage
from speech_emotion.splits.protocols import SplitSettings


def main(corpus: str, fold: str) -> None:
    data, settings = Path("data") / corpus, params.load_section("split", SplitSettings)
    table = protocols.make_split(clip_table.read(data / "clips.csv"), fold, settings, params.load_seed())
    clip_table.write_partitions(data / "splits" / f"{fold}.csv", table)
    counts = table["part"].value_counts()
    print(f"{corpus}, {fold}: " + ", ".join(f"{counts.get(part, 0)} {part}" for part in clip_table.PARTITIONS))


if __name__ == "__main__":
    run_stage(main)
