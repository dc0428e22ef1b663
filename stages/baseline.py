"""What a fold's result must be held against: the notebook's network and logistic regression, on averaged MFCCs.

python -m stages.baseline <corpus> <fold>    writes metrics/<corpus>/<fold>/baselines.json
"""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ser import baselines, clips, dataset, files, params, scores, sequences
from ser.errors import run


def main(corpus: str, fold: str) -> None:
    data, settings, seed = Path("data") / corpus, params.load("evaluate", scores.Settings), params.seed()
    table = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    averages = sequences.read(data / "averages")
    training, test = (dataset.select(table, part, averages) for part in ("train", "test"))

    labels, tested = clips.emotions(table), table[table["part"] == "test"]
    with tqdm(total=baselines.NOTEBOOK_EPOCHS, desc="notebook", unit="epoch", disable=None) as bar:
        answers = {
            "notebook": baselines.notebook(training, test, len(labels), seed, lambda epoch: bar.update()),
            "logistic_regression": baselines.logistic_regression(training, test),
        }
    tables = {name: scores.predictions(tested, labels, values) for name, values in answers.items()}
    numbers = {name: figures(predicted, labels, settings, seed) for name, predicted in tables.items()}
    files.write_json(Path("metrics") / corpus / fold / "baselines.json", numbers)


def figures(table: pd.DataFrame, labels: list[str], settings: scores.Settings, seed: int) -> dict[str, float]:
    """The few numbers of a baseline that stand in the README."""
    numbers = scores.summary(table, labels, settings, seed)
    return {name: numbers[name] for name in ("uar", "uar_low", "uar_high", "accuracy")}


if __name__ == "__main__":
    run(main)
