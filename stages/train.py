"""Train the network of one fold and write it as ONNX, after checking that both give the same answers.

python -m stages.train <corpus> <fold>    writes models/<corpus>/<fold>.onnx and, epoch by epoch, history.csv
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ser import clips, dataset, export, files, inference, model, params, training
from ser.errors import run

TOLERANCE = 1e-3  # largest difference of a log probability between Keras and ONNX


def main(corpus: str, fold: str) -> None:
    network, settings = params.load("model", model.Settings), params.load("train", training.Settings)
    history, rows = Path("metrics") / corpus / fold / "history.csv", []
    orders, seed = 1 + params.value("features")["deltas"], params.seed()
    table, parts = dataset.read(Path("data") / corpus, fold)
    labels = clips.emotions(table)

    with tqdm(total=settings.epochs, desc="train", unit="epoch", disable=None) as bar:

        def report(row: dict[str, float]) -> None:
            rows.append(row)
            files.write_csv(history, pd.DataFrame(rows))
            bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
            bar.update()

        fitted, temperature = training.fit(parts, len(labels), orders, network, settings, seed, report)

    metadata = {"labels": labels, "corpus": corpus, "fold": fold, "temperature": temperature}
    with files.replacing(Path("models") / corpus / f"{fold}.onnx") as path:
        export.save(path, fitted, network, metadata)
        check(path, parts["validation"], training.predict(fitted, parts["validation"], temperature))


def check(path: Path, part: dataset.Part, expected: np.ndarray) -> None:
    """Refuse a file whose log probabilities are not those of Keras, float32 (clips, classes), on every clip."""
    difference = np.abs(inference.Classifier(path).log_probabilities(part.sequences) - expected).max()
    if not difference <= TOLERANCE:  # NaN is no agreement
        raise RuntimeError(f"the ONNX graph differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")


if __name__ == "__main__":
    run(main)
