"""Gather the seeds of every fold: a table, means and standard deviations, and a picture.

python -m stages.summarise <corpus>    writes metrics/<corpus>/seeds.csv, seeds.json and seeds.png
"""

import json
from pathlib import Path

import pandas as pd

from ser import files, params, variation
from ser.errors import run


def main(corpus: str) -> None:
    data, metrics = Path("data") / corpus / "seeds", Path("metrics") / corpus
    rows = []
    for fold in params.value("folds"):
        for seed in params.value("seeds"):
            numbers = json.loads(files.made(data / fold / f"{seed}.json").read_text())
            rows.append({"fold": fold, "seed": seed} | {name: numbers[name] for name in variation.MEASURES})
    table = pd.DataFrame(rows)
    files.write_csv(metrics / "seeds.csv", table)
    files.write_json(metrics / "seeds.json", variation.summary(table))
    variation.draw(metrics / "seeds.png", table, corpus)


if __name__ == "__main__":
    run(main)
