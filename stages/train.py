"""Train the network of one fold and write it as ONNX, after checking that both give the same answers.

python -m stages.train <corpus> <fold>    writes models/<corpus>/<fold>.onnx and, epoch by epoch, history.csv
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, files, params, tables
from speech_emotion.dataset import partitions
from speech_emotion.network import training
from speech_emotion.onnx_model import export
from speech_emotion.core.command_line import run_stage
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.training import TrainSettings
from speech_emotion.onnx_model.session import NetworkSession

TOLERANCE = 1e-3  # largest difference of a log probability between Keras and ONNX


def main(corpus: str, fold: str) -> None:
    network, settings = params.load_section("model", ModelSettings), params.load_section("train", TrainSettings)
    history, rows = Path("metrics") / corpus / fold / "history.csv", []
    orders, seed = 1 + params.load_value("features")["deltas"], params.load_seed()
    table, parts = partitions.load(Path("data") / corpus, fold)
    labels = clip_table.label_order(table)

    with tqdm(total=settings.epochs, desc="train", unit="epoch", disable=None) as bar:

        def report(row: dict[str, float]) -> None:
            rows.append(row)
            tables.write_csv(history, pd.DataFrame(rows))
            bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
            bar.update()

        fitted, temperature = training.fit(parts, len(labels), orders, network, settings, seed, report)

    metadata = {"labels": labels, "corpus": corpus, "fold": fold, "temperature": temperature}
    with files.atomic_write(Path("models") / corpus / f"{fold}.onnx") as path:
        export.save(path, fitted, network, metadata)
        check(path, parts["validation"], training.predict(fitted, parts["validation"], temperature))


def check(path: Path, part: partitions.Partition, expected: np.ndarray) -> None:
    """Refuse a file whose log probabilities are not those of Keras, float32 (clips, classes), on every clip."""
    difference = np.abs(NetworkSession(path).log_probabilities(part.sequences) - expected).max()
    if not difference <= TOLERANCE:  # NaN is no agreement
        raise RuntimeError(f"the ONNX graph differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")


if __name__ == "__main__":
    run_stage(main)
