"""Measure the model of a fold on its test part: numbers, tables and pictures in metrics/<corpus>/<fold>/."""

from pathlib import Path

from ser import clips, dataset, files, mistakes, params, plots, scores, sequences
from ser.errors import run
from ser.inference import Classifier


def main(corpus: str, fold: str) -> None:
    data, out = Path("data") / corpus, Path("metrics") / corpus / fold
    settings, seed = params.load("evaluate", scores.Settings), params.seed()
    parts = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    tested = parts[parts["part"] == "test"]

    classifier = Classifier(Path("models") / corpus / f"{fold}.onnx")
    answers = classifier.log_probabilities(dataset.select(parts, "test", sequences.read(data / "features")).sequences)
    table = scores.predictions(tested, classifier.labels, answers)
    numbers = scores.summary(table, classifier.labels, settings, seed, classifier.temperature)
    confusion = scores.confusion(table["actual"], table["predicted"], classifier.labels)
    top = table[classifier.labels].max(axis=1)
    reliability = scores.reliability(top, table["actual"] == table["predicted"], settings.bins)

    history = files.read_csv(out / "history.csv", plots.HISTORY, dtype=float)  # before anything is written
    files.write_json(out / "metrics.json", numbers)
    files.write_csv(out / "predictions.csv", table)
    files.write_csv(out / "reliability.csv", reliability)

    name = plots.heading(corpus, fold, tested["speaker"])
    plots.confusion(out / "confusion.png", confusion, name, numbers)
    plots.reliability(out / "reliability.png", reliability, name, numbers)
    mistakes.errors(out / "errors.png", table, name)
    mistakes.recall(out / "recall.png", table, name)
    plots.curves(out / "curves.png", history, name, parts["part"].value_counts().to_dict())


if __name__ == "__main__":
    run(main)
