"""Test the network of one protocol, from a single clip and with ten other clips of each speaker known.

python -m stages.voices.evaluate <protocol>    writes metrics/voices/<protocol>/{metrics.json,scores.csv} and
                                               data/voices/predictions/<protocol>.csv

The protocol `development` has no test partition; there the validation speakers are tested.
"""

from pathlib import Path

import numpy as np

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.dataset.partitions import Partition
from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.onnx_model.session import NetworkSession


def main(protocol: str) -> None:
    bins = params.load("evaluate", EvaluateSettings).calibration_bins
    seed = params.load("voices.seed", params.Seed)
    data = Path("data/voices")
    table = partitions.load_collection_table(data, protocol)
    partition = "test" if "test" in set(table["partition"]) else "validation"
    test = partitions.select(table, partition, feature_store.read(data / "features"))
    clips = table[table["partition"] == partition]
    network = NetworkSession(Path("models/voices") / f"{protocol}.onnx")

    def predict(part: Partition) -> np.ndarray:
        return network.log_probabilities(part.sequences, part.speaker_statistics)

    prior = np.array(network.speaker_prior)
    predictions = known_speakers.predict_by_clips_heard(clips, test, predict, network.labels, prior, seed)
    scores = known_speakers.score_by_corpus(predictions, network.labels, bins)
    tables.write_csv(data / "predictions" / f"{protocol}.csv", predictions)
    folder = Path("metrics/voices") / protocol
    files.write_json(folder / "metrics.json", {"clips": len(clips), **known_speakers.main_scores(scores)})
    tables.write_csv(folder / "scores.csv", scores)


if __name__ == "__main__":
    run_stage(main)
