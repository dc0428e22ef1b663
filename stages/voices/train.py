"""Train the network of one protocol on the collection and export it to ONNX.

python -m stages.voices.train <protocol>    writes models/voices/<protocol>.onnx and, after every epoch,
                                            metrics/voices/<protocol>/history.csv
"""

from pathlib import Path

import onnx
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.dataset.speaker_statistics import with_statistics
from speech_emotion.network import training
from speech_emotion.network.settings import ModelSettings, TrainSettings
from speech_emotion.onnx_model import export
from speech_emotion.onnx_model.network_session import check_agreement


def main(protocol: str) -> None:
    model_settings = params.load("voices.model", ModelSettings)
    settings = params.load("voices.train", TrainSettings)
    seed = params.load("voices.seed", params.Seed)
    table, sequences = partitions.load_collection(Path("data/voices"), protocol)
    labels = clip_table.label_order(table)

    history = []
    with tqdm(total=settings.epochs, desc="train", unit="epoch", disable=None) as bar:

        def report(row: dict[str, float]) -> None:
            history.append(row)
            tables.write_csv(Path("metrics/voices") / protocol / "history.csv", pd.DataFrame(history))
            bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
            bar.update()

        trained = training.train_network(sequences, len(labels), model_settings, settings, seed, report)

    metadata = {
        "labels": labels,
        "corpus": "voices",
        "protocol": protocol,
        "temperature": trained.temperature,
        "speaker_prior": [round(number, 6) for number in trained.speaker_prior.tolist()],
    }
    validation = sequences["validation"]
    if model_settings.uses_speaker_statistics:
        validation = with_statistics(validation, trained.speaker_prior, settings.most_speaker_clips, seed)
    with files.atomic_write(Path("models/voices") / f"{protocol}.onnx") as temporary:
        onnx.save(export.build_network(trained.weights(), model_settings, metadata), temporary)
        check_agreement(temporary, trained.predict(validation), validation.sequences, validation.speaker_statistics)


if __name__ == "__main__":
    run_stage(main)
