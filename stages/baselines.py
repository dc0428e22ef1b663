"""What a fold's result must be held against: the notebook's network and logistic regression, on averaged MFCCs.

python -m stages.baseline <corpus> <fold>    writes metrics/<corpus>/<fold>/baselines.json
"""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, files, params
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import baselines, metrics
from speech_emotion.core.command_line import run_stage
from speech_emotion.evaluation.metrics import EvaluateSettings


def main(corpus: str, fold: str) -> None:
    data, settings, seed = Path("data") / corpus, params.load_section("evaluate", EvaluateSettings), params.load_seed()
    table = clip_table.read_partitions(data / "splits" / f"{fold}.csv", clip_table.read(data / "clips.csv"))
    averages = feature_store.read(data / "averages")
    training, test = (partitions.select(table, part, averages) for part in ("train", "test"))

    labels, tested = clip_table.label_order(table), table[table["part"] == "test"]
    with tqdm(total=baselines.NOTEBOOK_EPOCHS, desc="notebook", unit="epoch", disable=None) as bar:
        answers = {
            "notebook": baselines.notebook(training, test, len(labels), seed, lambda epoch: bar.update()),
            "logistic_regression": baselines.logistic_regression(training, test),
        }
    tables = {name: metrics.prediction_table(tested, labels, values) for name, values in answers.items()}
    numbers = {name: figures(predicted, labels, settings, seed) for name, predicted in tables.items()}
    files.write_json(Path("metrics") / corpus / fold / "baselines.json", numbers)


def figures(table: pd.DataFrame, labels: list[str], settings: EvaluateSettings, seed: int) -> dict[str, float]:
    """The few numbers of a baseline that stand in the README."""
    numbers = metrics.summarize(table, labels, settings, seed)
    return {name: numbers[name] for name in ("uar", "uar_low", "uar_high", "accuracy")}


if __name__ == "__main__":
    run_stage(main)
