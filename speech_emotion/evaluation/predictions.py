"""Run the network of one protocol on its test partition."""

from pathlib import Path

import pandas as pd

from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation.metrics import prediction_table
from speech_emotion.onnx_model.session import NetworkSession


def predict_test(data: Path, protocol: str, model: Path) -> tuple[pd.DataFrame, NetworkSession]:
    """Return the prediction table (see metrics.prediction_table) of the test partition, and the network.

    Args:
        data: folder of the corpus, such as data/tess.
        model: file that the train stage wrote.

    Raises:
        UserError: a file is missing, damaged, or does not fit the others.
    """
    table = partitions.load_table(data, protocol)
    test = partitions.select(table, "test", feature_store.read(data / "features"))
    network = NetworkSession(model)
    log_probabilities = network.log_probabilities(test.sequences)
    return prediction_table(table[table["partition"] == "test"], network.labels, log_probabilities), network
