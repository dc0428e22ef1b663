"""Train and score one fold with another seed: how much of a result is chance.

python -m stages.vary <corpus> <fold> <seed>    writes data/<corpus>/seeds/<fold>/<seed>.json
"""

from pathlib import Path

from tqdm import tqdm

from speech_emotion.core import clip_table, files, params
from speech_emotion.dataset import partitions
from speech_emotion.evaluation import metrics
from speech_emotion.network import training
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import require
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.training import TrainSettings


def main(corpus: str, fold: str, seed: str) -> None:
    network, settings = params.load_section("model", ModelSettings), params.load_section("train", TrainSettings)
    evaluate, orders = params.load_section("evaluate", EvaluateSettings), 1 + params.load_value("features")["deltas"]
    require(
        seed.isdecimal() and int(seed) < params.SEED_LIMIT, f"seed {seed!r}; expected a number from 0 to {params.SEED_LIMIT - 1}"
    )
    data, number = Path("data") / corpus, int(seed)
    table, parts = partitions.load(data, fold)
    labels = clip_table.label_order(table)

    with tqdm(total=settings.epochs, desc=f"seed {seed}", unit="epoch", disable=None) as bar:
        fitted, temperature = training.fit(
            parts, len(labels), orders, network, settings, number, lambda row: bar.update()
        )

    answers = training.predict(fitted, parts["test"], temperature)
    predicted = metrics.prediction_table(table[table["part"] == "test"], labels, answers)
    files.write_json(
        data / "seeds" / fold / f"{seed}.json", metrics.summarize(predicted, labels, evaluate, number, temperature)
    )


if __name__ == "__main__":
    run_stage(main)
