"""Test the networks that were trained with several seeds: how much of a result is chance.

python -m stages.summarize_seeds <corpus>    writes metrics/<corpus>/seeds*.csv, seeds.png and unseen_speakers.json
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field
from tqdm import tqdm

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.params import Seed
from speech_emotion.evaluation import metrics, seeds
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.evaluation.predictions import predict_test
from speech_emotion.plots.seeds import plot_seeds


def main(corpus: str) -> None:
    protocols = params.load_value("protocols", list[str])
    seed_list = params.load_value("seeds", Annotated[list[Seed], Field(min_length=2)])
    settings = params.load_section("evaluate", EvaluateSettings)
    out = Path("metrics") / corpus

    trainings = [(protocol, seed) for protocol in protocols for seed in seed_list]
    rows = []
    for protocol, seed in tqdm(trainings, "test", unit="network", disable=None):
        model = Path("models") / corpus / "seeds" / protocol / f"{seed}.onnx"
        predictions, network = predict_test(Path("data") / corpus, protocol, model)
        numbers = metrics.summarize(predictions, network.labels, settings, seed, network.temperature)
        rows.append(seeds.seed_row(protocol, seed, numbers))
    table = pd.DataFrame(rows)

    summary = seeds.summarize_seeds(table)
    tables.write_csv(out / "seeds.csv", table)
    tables.write_csv(out / "seeds_summary.csv", summary)
    files.write_json(out / "unseen_speakers.json", seeds.unseen_speakers(summary))
    plot_seeds(out / "seeds.png", table, corpus)


if __name__ == "__main__":
    run_stage(main)
