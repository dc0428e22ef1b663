"""Run the network of one protocol on its test partition."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation.metrics import prediction_table
from speech_emotion.onnx_model.network_session import NetworkSession


@dataclass(frozen=True)
class Predictions:
    """The network's predictions of the test clips."""

    table: pd.DataFrame  # see metrics.prediction_table
    labels: list[str]  # the emotion of each class
    temperature: float  # what the probabilities were calibrated with
    partition_sizes: dict[str, int]  # number of clips by partition


def predict_test(data: Path, protocol: str, model: Path) -> Predictions:
    """Return the predictions of `model`, which the train stage wrote, for the test partition.

    Args:
        data: folder of the corpus, such as data/tess.

    Raises:
        UserError: a file is missing, damaged, or does not fit the others.
    """
    clips = partitions.load_table(data, protocol)
    test = partitions.select(clips, "test", feature_store.read(data / "features"))
    network = NetworkSession(model)
    log_probabilities = network.log_probabilities(test.sequences)
    table = prediction_table(clips[clips["partition"] == "test"], network.labels, log_probabilities)
    return Predictions(table, network.labels, network.temperature, clips["partition"].value_counts().to_dict())
