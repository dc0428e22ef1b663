"""Gather the seeds of every fold: a table, means and standard deviations, and a picture.

python -m stages.summarise <corpus>    writes metrics/<corpus>/seeds.csv, seeds.json and seeds.png
"""

from pathlib import Path

import pandas as pd

from ser import files, params, variation
from ser.errors import require, run


def main(corpus: str) -> None:
    data, metrics = Path("data") / corpus / "seeds", Path("metrics") / corpus
    folds, seeds = params.value("folds"), params.value("seeds")
    require(
        isinstance(seeds, list) and len(seeds) > 1, f"params.yaml: seeds is {seeds!r}; expected a list of two or more"
    )
    rows = [variation.row(fold, seed, data / fold / f"{seed}.json") for fold in folds for seed in seeds]
    table = pd.DataFrame(rows)
    files.write_csv(metrics / "seeds.csv", table)
    files.write_json(metrics / "seeds.json", variation.summary(table))
    variation.draw(metrics / "seeds.png", table, corpus)


if __name__ == "__main__":
    run(main)
