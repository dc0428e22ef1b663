"""Which clip is trained on, validated on and tested on, in one fold; fails if the parts would leak into each other.

python -m stages.split <corpus> <fold>    writes data/<corpus>/splits/<fold>.csv
"""

from pathlib import Path

from ser import clips, params, splits
from ser.errors import run


def main(corpus: str, fold: str) -> None:
    data, settings = Path("data") / corpus, params.load("split", splits.Settings)
    table = splits.make(clips.read(data / "clips.csv"), fold, settings, params.seed())
    clips.write_parts(data / "splits" / f"{fold}.csv", table)
    counts = table["part"].value_counts()
    print(f"{corpus}, {fold}: " + ", ".join(f"{counts.get(part, 0)} {part}" for part in clips.PARTS))


if __name__ == "__main__":
    run(main)
