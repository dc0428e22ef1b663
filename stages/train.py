"""Train the network of one fold and write it as ONNX, after checking that both give the same answers.

python -m stages.train <corpus> <fold>    writes models/<corpus>/<fold>.onnx and, epoch by epoch, history.csv
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ser import clips, dataset, export, files, inference, model, params, sequences, training
from ser.errors import exit_on_user_error

TOLERANCE = 1e-4  # largest difference of a log probability between Keras and ONNX


def main(corpus: str, fold: str) -> None:
    network, settings = params.load("model", model.Settings), params.load("train", training.Settings)
    history, rows = Path("metrics") / corpus / fold / "history.csv", []
    table, train, validation, _ = parts(corpus, fold)
    labels = clips.emotions(table)

    with tqdm(total=settings.epochs, desc="train", unit="epoch", disable=None) as bar:

        def report(row: dict[str, float]) -> None:
            rows.append(row)
            files.write_csv(history, pd.DataFrame(rows))
            bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
            bar.update()

        fitted = training.fit(train, validation, len(labels), network, settings, params.value("seed"), report)

    metadata = {"labels": labels, "corpus": corpus, "fold": fold}
    with files.replacing(Path("models") / corpus / f"{fold}.onnx") as path:
        export.save(path, fitted, network, metadata)
        check(path, validation, training.predict(fitted, validation))


def parts(corpus: str, fold: str) -> tuple[pd.DataFrame, dataset.Part, dataset.Part, dataset.Part]:
    """Return the clip table with parts, and the training part with its altered copies, validation and test parts."""
    data = Path("data") / corpus
    table = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    features, copies = sequences.read(data / "features"), sequences.read(data / "augmented" / fold)
    train, validation, test = (dataset.select(table, part, features) for part in clips.PARTS)
    return table, dataset.add_copies(train, copies), validation, test


def check(path: Path, part: dataset.Part, expected: np.ndarray) -> None:
    """Refuse a file whose log probabilities are not those of Keras, float32 (clips, classes), on every clip."""
    difference = np.abs(inference.Classifier(path).log_probabilities(part.sequences) - expected).max()
    if difference > TOLERANCE:
        raise RuntimeError(f"the ONNX graph differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
