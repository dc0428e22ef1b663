"""Train the network of one protocol and export it to ONNX, after checking that Keras and ONNX agree.

python -m stages.train <corpus> <protocol>           writes models/<corpus>/<protocol>.onnx and, after every epoch,
                                                     metrics/<corpus>/<protocol>/history.csv
python -m stages.train <corpus> <protocol> <seed>    writes models/<corpus>/seeds/<protocol>/<seed>.onnx
"""

from pathlib import Path

import onnx
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, environment, files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError
from speech_emotion.dataset import partitions
from speech_emotion.network import training
from speech_emotion.network.settings import ModelSettings, TrainSettings
from speech_emotion.onnx_model import export
from speech_emotion.onnx_model.network_session import check_agreement


def main(corpus: str, protocol: str, other_seed: str = "") -> None:
    environment.note_where_bytes_may_differ()
    model_settings = params.load("model", ModelSettings)
    settings = params.load("train", TrainSettings)
    if model_settings.uses_speaker_statistics:
        raise UserError("params.yaml: model.inputs has mfcc: speaker; only voices.model.inputs may have it")
    table, sequences = partitions.load(Path("data") / corpus, protocol)
    labels = clip_table.label_order(table)
    models = Path("models") / corpus
    if other_seed:
        seed = params.validate(other_seed, params.Seed, params.PARAMS, "seeds")
        path = models / "seeds" / protocol / f"{seed}.onnx"
    else:
        seed = params.load("seed", params.Seed)
        path = models / f"{protocol}.onnx"

    history = []
    with tqdm(total=settings.epochs, desc="train", unit="epoch", disable=None) as bar:

        def report(row: dict[str, float]) -> None:
            history.append(row)
            if not other_seed:
                tables.write_csv(Path("metrics") / corpus / protocol / "history.csv", pd.DataFrame(history))
            bar.set_postfix_str(f"validation UAR {row['validation_uar']:.3f}")
            bar.update()

        trained = training.train_network(sequences, len(labels), model_settings, settings, seed, report)

    metadata = {"labels": labels, "corpus": corpus, "protocol": protocol, "temperature": trained.temperature}
    validation = sequences["validation"]
    with files.atomic_write(path) as temporary:
        onnx.save(export.build_network(trained.weights(), model_settings, metadata), temporary)
        check_agreement(temporary, trained.predict(validation), validation.sequences)


if __name__ == "__main__":
    run_stage(main)
