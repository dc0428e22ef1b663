"""Gather the seeds of every fold: means and deviations, and a picture.

python -m stages.summarise <corpus>    writes metrics/<corpus>/seeds.json and seeds.png
"""

import sys
from pathlib import Path

import pandas as pd

from ser import files, params, variation
from ser.errors import exit_on_user_error


def main(corpus: str) -> None:
    metrics = Path("metrics") / corpus
    seeds = {fold: pd.read_csv(metrics / fold / "seeds.csv") for fold in params.value("folds")}
    files.write_json(metrics / "seeds.json", variation.summary(seeds))
    predictions = pd.read_csv(metrics / "random" / "predictions.csv")
    variation.draw(metrics / "seeds.png", seeds, corpus, 1 / predictions["actual"].nunique())


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
