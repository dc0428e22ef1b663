"""Train and score one fold with several seeds: how much of a result is chance.

python -m stages.vary <corpus> <fold>    writes metrics/<corpus>/<fold>/seeds.csv
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ser import clips, files, model, params, scores, training
from ser.errors import exit_on_user_error
from stages.train import parts


@dataclass(frozen=True)
class Settings:
    """The section `vary` of params.yaml."""

    seeds: list


def main(corpus: str, fold: str) -> None:
    network, settings = params.load("model", model.Settings), params.load("train", training.Settings)
    evaluate, seeds = params.load("evaluate", scores.Settings), params.load("vary", Settings).seeds
    table, data = parts(corpus, fold)
    labels, tested, rows = clips.emotions(table), table[table["part"] == "test"], []
    for seed in tqdm(seeds, f"{fold}: seeds", disable=None):
        fitted = training.fit(data["train"], data["validation"], len(labels), network, settings, seed, lambda row: None)
        predicted = scores.predictions(tested, labels, training.predict(fitted, data["test"]))
        numbers = scores.summary(predicted, labels, evaluate, seed)
        rows.append({"seed": seed} | {name: numbers[name] for name in ("uar", "accuracy", "macro_f1")})
        files.write_csv(Path("metrics") / corpus / fold / "seeds.csv", pd.DataFrame(rows))


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
