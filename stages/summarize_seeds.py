"""Test the networks that were trained with several seeds: how much the scores vary.

python -m stages.summarize_seeds <corpus>    writes metrics/<corpus>/seeds*.csv, seeds.png and unseen_speakers.json
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field
from tqdm import tqdm

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.evaluation import metrics, seeds
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.evaluation.predictions import predict_test
from speech_emotion.plots.seeds import plot_seeds


def main(corpus: str) -> None:
    protocols = params.load("protocols", list[str])
    seed_list = params.load("seeds", Annotated[list[params.Seed], Field(min_length=2)])
    settings = params.load("evaluate", EvaluateSettings)
    folder = Path("metrics") / corpus

    trainings = [(protocol, seed) for protocol in protocols for seed in seed_list]
    rows = []
    for protocol, seed in tqdm(trainings, "test", unit="network", disable=None):
        model = Path("models") / corpus / "seeds" / protocol / f"{seed}.onnx"
        predictions = predict_test(Path("data") / corpus, protocol, model)
        bins = settings.calibration_bins
        scores = metrics.point_scores(predictions.table, predictions.labels, bins, predictions.temperature)
        rows.append(seeds.seed_row(protocol, seed, scores))
    table = pd.DataFrame(rows)

    summary = seeds.summarize_seeds(table)
    tables.write_csv(folder / "seeds.csv", table)
    tables.write_csv(folder / "seeds_summary.csv", summary)
    files.write_json(folder / "unseen_speakers.json", seeds.unseen_speakers(summary))
    plot_seeds(folder / "seeds.png", table, corpus)


if __name__ == "__main__":
    run_stage(main)
