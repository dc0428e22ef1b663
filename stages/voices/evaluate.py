"""Test the network of one protocol, with a single clip and with ten clips of each speaker known.

python -m stages.voices.evaluate <protocol>    writes metrics/voices/<protocol>/

The protocol `development` has no test partition; there the validation speakers are tested.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics
from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.onnx_model.session import NetworkSession

KNOWN_CLIPS = {"single": 1, "known": 11}  # clips that the speaker's statistics are from: the clip itself and 10 others


def main(protocol: str) -> None:
    settings = params.load("evaluate", EvaluateSettings)
    seed = params.load("seed", params.Seed)
    data = Path("data/voices")
    table = partitions.load_collection_table(data, protocol)
    partition = "test" if "test" in set(table["partition"]) else "validation"
    test = partitions.select(table, partition, feature_store.read(data / "features"))
    clips = table[table["partition"] == partition]
    network = NetworkSession(Path("models/voices") / f"{protocol}.onnx")
    speakers = SpeakerStatistics(test, np.array(network.speaker_prior))

    rows = []
    for condition, count in KNOWN_CLIPS.items():
        statistics = speakers.of_clips(range(len(test)), count, np.random.default_rng(seed))
        log_probabilities = network.log_probabilities(test.sequences, statistics)
        predictions = metrics.prediction_table(clips, network.labels, log_probabilities).assign(corpus=clips["corpus"])
        for corpus, part in predictions.groupby("corpus"):
            scores = metrics.point_scores(part, network.labels, settings.calibration_bins)
            rows.append({"corpus": corpus, "statistics": condition, **scores})
    scores = pd.DataFrame(rows)
    means = scores.groupby("statistics")[["uar", "ece"]].mean()
    main_scores = {
        "clips": len(clips),
        "ece": round(means["ece"].mean(), 3),
        "uar": round(means["uar"].mean(), 3),
        "uar_single_clip": round(means.loc["single", "uar"], 3),
        "uar_known_speaker": round(means.loc["known", "uar"], 3),
    }
    folder = Path("metrics/voices") / protocol
    files.write_json(folder / "metrics.json", main_scores)
    tables.write_csv(folder / "scores.csv", scores)


if __name__ == "__main__":
    run_stage(main)
