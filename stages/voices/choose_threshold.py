"""Choose the probability below which a prediction is called unsure, on the validation speakers of one protocol.

python -m stages.voices.choose_threshold <protocol>    writes metrics/voices/threshold.json
"""

from pathlib import Path

from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import known_speakers, unsure
from speech_emotion.onnx_model.network_session import NetworkSession

DATA = Path("data/voices")


def main(protocol: str) -> None:
    seed = params.load("voices.seed", params.Seed)
    table = partitions.load_collection_table(DATA, protocol)
    labels = clip_table.label_order(table)
    clips = table[table["partition"] == "validation"]
    validation = partitions.sequences_of(clips, labels, feature_store.read(DATA / "features"))
    network = NetworkSession(Path("models/voices") / f"{protocol}.onnx")
    predictions = known_speakers.predict_by_clips_heard(
        clips, validation, network.predict, labels, network.speaker_prior, seed
    )
    threshold = unsure.choose_threshold(predictions, labels)
    right = unsure.by_corpus(predictions, labels, threshold)["right"].min()
    content = {"threshold": threshold, "right_in_every_corpus": round(float(right), 3)}
    files.write_json(Path("metrics/voices/threshold.json"), content)


if __name__ == "__main__":
    run_stage(main)
