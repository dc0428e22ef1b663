"""Train and test what the network must beat, on the partitions of one protocol.

python -m stages.voices.baselines <protocol>    writes data/voices/baselines/<protocol>.csv
"""

from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import baselines
from speech_emotion.onnx_model.network_session import NetworkSession

DATA = Path("data/voices")
TESS_NETWORK = Path("models/tess/words.onnx")  # of the first pipeline
# About as many batches as the notebook's 50 epochs on TESS.
NOTEBOOK_EPOCHS = 12


def main(protocol: str) -> None:
    seed = params.load("voices.seed", params.Seed)
    table = partitions.load_collection_table(DATA, protocol)
    labels = clip_table.label_order(table)
    tested = table[table["partition"] == "test"]
    averages = feature_store.read(DATA / "notebook_features")
    train = partitions.select(table, "train", averages)
    test = partitions.select(table, "test", averages)
    predicted = {
        "mfcc_logistic": baselines.logistic_regression(train, test),
        "notebook": baselines.train_notebook_network(train, test, len(labels), seed, NOTEBOOK_EPOCHS),
    }
    columns = {name: np.array(labels)[classes] for name, classes in predicted.items()}
    columns["tess_network"] = predict_by_tess(tested)
    rows = tested[["corpus"]].assign(actual=tested["emotion"], **columns)
    tables.write_csv(DATA / "baselines" / f"{protocol}.csv", rows)


def predict_by_tess(tested: pd.DataFrame) -> np.ndarray:
    """Return what the network of TESS alone takes each clip for; an empty text for TESS, which it was trained on."""
    if params.load("features", FeatureSettings) != params.load("voices.features", FeatureSettings):
        raise UserError(f"voices.features differs from features, as {TESS_NETWORK} was trained with; make them equal")
    network = NetworkSession(TESS_NETWORK)
    features = feature_store.read(DATA / "features")
    log_probabilities = network.log_probabilities([features[clip] for clip in tested["clip"]])
    emotions = np.array(network.labels)[log_probabilities.argmax(axis=1)]
    return np.where(tested["corpus"] == "tess", "", emotions)


if __name__ == "__main__":
    run_stage(main)
