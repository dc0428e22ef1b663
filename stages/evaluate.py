"""Test the network of one protocol: scores, tables and figures.

python -m stages.evaluate <corpus> <protocol>    writes metrics/<corpus>/<protocol>/
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.evaluation.predictions import predict_test
from speech_emotion.plots import error_analysis, results


def main(corpus: str, protocol: str) -> None:
    settings = params.load("evaluate", EvaluateSettings)
    seed = params.load("seed", params.Seed)
    folder = Path("metrics") / corpus / protocol
    history = tables.read_csv(folder / "history.csv", results.HISTORY_COLUMNS, dtype=float)
    predictions = predict_test(Path("data") / corpus, protocol, Path("models") / corpus / f"{protocol}.onnx")
    table = predictions.table
    labels = predictions.labels

    scores = metrics.summarize(table, labels, settings, seed, predictions.temperature)
    is_correct = table["actual"] == table["predicted"]
    reliability = metrics.reliability(table[labels].max(axis=1), is_correct, settings.calibration_bins)
    confusion = metrics.confusion(table["actual"], table["predicted"], labels)
    main_scores = {"clips": scores["clips"], "ece": round(scores["ece"], 3), "uar": round(scores["uar"], 3)}
    files.write_json(folder / "metrics.json", main_scores)
    rates = [(name, value) for name, value in scores.items() if name != "clips"]  # dvc.yaml draws them as bars
    tables.write_csv(folder / "scores.csv", pd.DataFrame(rates, columns=["score", "value"]))
    tables.write_csv(folder / "predictions.csv", table)
    tables.write_csv(folder / "reliability.csv", reliability)

    title = results.protocol_title(corpus, protocol, table["speaker"])
    results.plot_confusion(folder / "confusion.png", confusion, title, scores, settings.confidence_level)
    results.plot_reliability(folder / "reliability.png", reliability, title, scores)
    results.plot_history(folder / "history.png", history, title, predictions.partition_sizes)
    error_analysis.plot_errors(folder / "errors.png", table, title)
    error_analysis.plot_recall(folder / "recall.png", table, title)


if __name__ == "__main__":
    run_stage(main)
