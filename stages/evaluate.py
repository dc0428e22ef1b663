"""Measure the model of a fold on its test part: numbers, tables and pictures in metrics/<corpus>/<fold>/."""

from pathlib import Path

from speech_emotion.core import clip_table, files, params, tables
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import metrics
from speech_emotion.plots import errors, evaluation
from speech_emotion.core.command_line import run_stage
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.onnx_model.session import NetworkSession


def main(corpus: str, fold: str) -> None:
    data, out = Path("data") / corpus, Path("metrics") / corpus / fold
    settings, seed = params.load_section("evaluate", EvaluateSettings), params.load_seed()
    parts = clip_table.read_partitions(data / "splits" / f"{fold}.csv", clip_table.read(data / "clips.csv"))
    tested = parts[parts["part"] == "test"]

    classifier = NetworkSession(Path("models") / corpus / f"{fold}.onnx")
    answers = classifier.log_probabilities(partitions.select(parts, "test", feature_store.read(data / "features")).sequences)
    table = metrics.prediction_table(tested, classifier.labels, answers)
    numbers = metrics.summarize(table, classifier.labels, settings, seed, classifier.temperature)
    confusion = metrics.confusion(table["actual"], table["predicted"], classifier.labels)
    top = table[classifier.labels].max(axis=1)
    reliability = metrics.reliability(top, table["actual"] == table["predicted"], settings.bins)

    history = tables.read_csv(out / "history.csv", evaluation.HISTORY, dtype=float)  # before anything is written
    files.write_json(out / "metrics.json", numbers)
    tables.write_csv(out / "predictions.csv", table)
    tables.write_csv(out / "reliability.csv", reliability)

    name = evaluation.heading(corpus, fold, tested["speaker"])
    evaluation.plot_confusion(out / "confusion.png", confusion, name, numbers)
    evaluation.plot_reliability(out / "reliability.png", reliability, name, numbers)
    errors.plot_errors(out / "errors.png", table, name)
    errors.plot_recall(out / "recall.png", table, name)
    evaluation.plot_history(out / "curves.png", history, name, parts["part"].value_counts().to_dict())


if __name__ == "__main__":
    run_stage(main)
