"""Test the network of one protocol: scores, tables and pictures.

python -m stages.evaluate <corpus> <protocol>    writes metrics/<corpus>/<protocol>/
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.evaluation.predictions import predict_test
from speech_emotion.plots import errors, evaluation


def main(corpus: str, protocol: str) -> None:
    settings = params.load_section("evaluate", EvaluateSettings)
    seed = params.load_seed()
    data = Path("data") / corpus
    out = Path("metrics") / corpus / protocol
    history = tables.read_csv(out / "history.csv", evaluation.HISTORY_COLUMNS, dtype=float)
    predictions, network = predict_test(data, protocol, Path("models") / corpus / f"{protocol}.onnx")

    scores = metrics.summarize(predictions, network.labels, settings, seed, network.temperature)
    confidence = predictions[network.labels].max(axis=1)
    is_correct = predictions["actual"] == predictions["predicted"]
    reliability = metrics.reliability(confidence, is_correct, settings.calibration_bins)
    files.write_json(out / "metrics.json", {name: round(scores[name], 3) for name in ("uar", "ece")})
    tables.write_csv(out / "scores.csv", pd.DataFrame(scores.items(), columns=["score", "value"]))
    tables.write_csv(out / "predictions.csv", predictions)
    tables.write_csv(out / "reliability.csv", reliability)

    clips = partitions.load_table(data, protocol)["partition"].value_counts().to_dict()
    title = evaluation.protocol_title(corpus, protocol, predictions["speaker"])
    confusion = metrics.confusion(predictions["actual"], predictions["predicted"], network.labels)
    evaluation.plot_confusion(out / "confusion.png", confusion, title, scores, settings.confidence_level)
    evaluation.plot_reliability(out / "reliability.png", reliability, title, scores)
    evaluation.plot_history(out / "history.png", history, title, clips)
    errors.plot_errors(out / "errors.png", predictions, title)
    errors.plot_recall(out / "recall.png", predictions, title)


if __name__ == "__main__":
    run_stage(main)
