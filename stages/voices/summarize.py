"""Put the results of all protocols and baselines into one table and one picture.

python -m stages.voices.summarize    writes metrics/voices/{metrics.json,summary.csv,summary.png,recalls.csv}
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.dataset import partitions
from speech_emotion.evaluation import collection_summary, known_speakers, unsure
from speech_emotion.evaluation.known_speakers import SPEAKERS
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.plots.collection import plot_summary

DATA = Path("data/voices")
METRICS = Path("metrics/voices")
LISTENERS = Path("voices/listeners.csv")


def main() -> None:
    settings = params.load("evaluate", EvaluateSettings)
    labels = sorted(params.load("voices.collection", CollectionSettings).emotions)
    seed = params.load("voices.seed", params.Seed)
    protocols = params.load("voices.baseline_protocols", list[str])
    predictions = pd.concat([read(DATA / "predictions" / f"{name}.csv", name) for name in protocols])
    baselines = pd.concat([read(DATA / "baselines" / f"{name}.csv", name) for name in protocols])

    listeners = tables.read_csv(LISTENERS, ["corpus", "accuracy", "source"]).drop(columns="source")

    scores, recalls = [], []
    for test, rows in collection_summary.by_test(predictions[predictions["unseen"] == SPEAKERS]).items():
        table = known_speakers.score_by_corpus(rows, labels, settings, seed)
        if "all" in protocols:
            table = table.merge(unsure_by_corpus(rows, labels), "left", ["corpus", "statistics"])
        scores.append(table.drop(columns="unseen").assign(test=test))
        recalls.append(known_speakers.recall_by_sex(rows).assign(test=test))
    summary = pd.concat(scores).merge(collection_summary.uar_by_test(baselines), "left", ["test", "corpus"])
    summary = summary.merge(listeners.rename(columns={"accuracy": "listeners"}), "left", "corpus")
    tables.write_csv(METRICS / "summary.csv", summary)
    tables.write_csv(METRICS / "recalls.csv", pd.concat(recalls))
    files.write_json(METRICS / "metrics.json", collection_summary.main_scores(summary))
    plot_summary(METRICS / "summary.png", summary, settings.confidence_level)
    print(summary[["test", "corpus", "statistics", "uar", "ece"]].round(3).to_string(index=False))


def unsure_by_corpus(rows: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Return `unsure.by_corpus` without the people on whom the threshold was chosen."""
    threshold = files.read_json(METRICS / "threshold.json")["threshold"]
    shipped = partitions.load_collection_table(DATA, "all")
    chosen_on = shipped["speaker"][shipped["partition"] == "validation"]
    return unsure.by_corpus(rows[~rows["speaker"].isin(chosen_on)], labels, threshold)


def read(path: Path, protocol: str) -> pd.DataFrame:
    return pd.read_csv(files.require_output(path), keep_default_na=False).assign(protocol=protocol)


if __name__ == "__main__":
    run_stage(main)
