"""Gather the seeds of every fold: a table, means and standard deviations, and a picture.

python -m stages.summarise <corpus>    writes metrics/<corpus>/seeds.csv, seeds.json and seeds.png
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.evaluation import seeds
from speech_emotion.plots import seeds
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import require


def main(corpus: str) -> None:
    data, metrics = Path("data") / corpus / "seeds", Path("metrics") / corpus
    folds, seeds = params.load_value("folds"), params.load_value("seeds")
    require(
        isinstance(seeds, list) and len(seeds) > 1, f"params.yaml: seeds is {seeds!r}; expected a list of two or more"
    )
    rows = [seeds.seed_row(fold, seed, data / fold / f"{seed}.json") for fold in folds for seed in seeds]
    table = pd.DataFrame(rows)
    tables.write_csv(metrics / "seeds.csv", table)
    files.write_json(metrics / "seeds.json", seeds.summarize_seeds(table))
    seeds.plot_seeds(metrics / "seeds.png", table, corpus)


if __name__ == "__main__":
    run_stage(main)
