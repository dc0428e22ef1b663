"""Train the network of one protocol and write it as ONNX, after checking that Keras and ONNX agree.

python -m stages.train <corpus> <protocol>           writes models/<corpus>/<protocol>.onnx and, epoch by epoch,
                                                     metrics/<corpus>/<protocol>/history.csv
python -m stages.train <corpus> <protocol> <seed>    writes models/<corpus>/seeds/<protocol>/<seed>.onnx
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network import training
from speech_emotion.network.settings import ModelSettings, TrainSettings
from speech_emotion.onnx_model import export
from speech_emotion.onnx_model.session import NetworkSession

TOLERANCE = 1e-3  # largest difference of a log probability between Keras and ONNX


def main(corpus: str, protocol: str, seed: str = "") -> None:
    model_settings = params.load_section("model", ModelSettings)
    settings = params.load_section("train", TrainSettings)
    table, data = partitions.load(Path("data") / corpus, protocol)
    labels = clip_table.label_order(table)

    if seed:
        number = params.validate(seed, params.Seed, params.PARAMS, "seeds")
        path = Path("models") / corpus / "seeds" / protocol / f"{number}.onnx"
        history = None
    else:
        number = params.load_seed()
        path = Path("models") / corpus / f"{protocol}.onnx"
        history = Path("metrics") / corpus / protocol / "history.csv"

    with Progress(settings.epochs, history) as progress:
        network, temperature = training.train_network(data, len(labels), model_settings, settings, number, progress)

    weights = {layer.name: layer.get_weights() for layer in network.layers if layer.get_weights()}
    metadata = {"labels": labels, "corpus": corpus, "protocol": protocol, "temperature": temperature}
    with files.atomic_write(path) as temporary:
        export.save_network(temporary, weights, model_settings, metadata)
        check_agreement(temporary, data["validation"], training.predict(network, data["validation"], temperature))


class Progress:
    """A progress bar, and the growing history of a run, which `dvc plots show` can draw while it is running."""

    def __init__(self, epochs: int, history: Path | None):
        self.bar = tqdm(total=epochs, desc="train", unit="epoch", disable=None)
        self.history = history
        self.rows = []

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, row: dict[str, float]) -> None:
        self.rows.append(row)
        if self.history:
            tables.write_csv(self.history, pd.DataFrame(self.rows))
        self.bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
        self.bar.update()

    def __exit__(self, *_) -> None:
        self.bar.close()


def check_agreement(path: Path, partition: Partition, expected: np.ndarray) -> None:
    """Raise an error if the ONNX file differs from Keras' log probabilities, float32 (clips, classes)."""
    difference = np.abs(NetworkSession(path).log_probabilities(partition.sequences) - expected).max()
    if not difference <= TOLERANCE:  # also true if the difference is NaN
        raise RuntimeError(f"ONNX differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")


if __name__ == "__main__":
    run_stage(main)
