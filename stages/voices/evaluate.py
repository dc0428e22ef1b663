"""Test the network of one protocol, from a single clip and with ten other clips of each speaker known.

python -m stages.voices.evaluate <protocol>    writes metrics/voices/<protocol>/{metrics.json,scores.csv,recalls.csv}
                                               and data/voices/predictions/<protocol>.csv

The protocol `development` has no test partition; there the validation speakers are tested.
"""

from pathlib import Path

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.onnx_model.network_session import NetworkSession

DATA = Path("data/voices")


def main(protocol: str) -> None:
    settings = params.load("evaluate", EvaluateSettings)
    seed = params.load("voices.seed", params.Seed)
    table = partitions.load_collection_table(DATA, protocol)
    features = feature_store.read(DATA / "features")
    network = NetworkSession(Path("models/voices") / f"{protocol}.onnx")

    predictions, scores = known_speakers.evaluate(
        table, features, network.predict, network.speaker_prior, settings, seed
    )
    folder = Path("metrics/voices") / protocol
    means = known_speakers.main_scores(scores)
    # DVC makes a column of every name, so there are only those that all pipelines have.
    files.write_json(folder / "metrics.json", {name: means[name] for name in ("clips", "ece", "uar")})
    tables.write_csv(folder / "scores.csv", scores)
    tables.write_csv(folder / "recalls.csv", known_speakers.recall_by_sex(predictions))
    tables.write_csv(DATA / "predictions" / f"{protocol}.csv", predictions)


if __name__ == "__main__":
    run_stage(main)
