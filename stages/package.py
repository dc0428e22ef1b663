"""Merge the front end and the network of one protocol into the model that is shipped, and describe it.

python -m stages.package <corpus> <protocol>    writes models/ser.onnx and MODEL_CARD.md
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx

from speech_emotion.audio import loading
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description
from speech_emotion.dataset import partitions
from speech_emotion.packaging import merged_model, model_card


def main(corpus: str, protocol: str) -> None:
    settings = params.load("features", FeatureSettings)
    protocols = params.load("protocols", list[str])
    if protocol not in protocols:
        raise UserError(f"package.protocol is {protocol!r}; expected one of protocols: {', '.join(protocols)}")
    described = description.load(corpus)
    metrics = Path("metrics") / corpus
    report = files.read_json(metrics / "corpus.json")
    scores = {name: read_scores(metrics / name / "scores.csv") for name in protocols}
    network = files.require_output(Path("models") / corpus / f"{protocol}.onnx")

    metadata = {
        "corpus": corpus,
        "protocol": protocol,
        "scores": scores[protocol],
        "held_out": {name: numbers for name, numbers in scores.items() if name.startswith("speaker-")},
        "license": described.license,
        "citation": described.citation.strip(),
    }
    with files.atomic_write(Path("models/ser.onnx")) as path:
        onnx.save(merged_model.merge(onnx.load(network), settings, metadata), path)
        signals = validation_signals(Path("data") / corpus, protocol, settings.sample_rate)
        checks = merged_model.check(path, network, settings, signals)
    card = model_card.format_card(described, report, protocol, scores, settings.sample_rate, checks)
    files.write_text(Path("MODEL_CARD.md"), card)
    print(f"models/ser.onnx: agrees with librosa and the {protocol} network of {corpus} on {checks['clips']} clips")


def read_scores(path: Path) -> dict[str, float]:
    table = tables.read_csv(path, ["score", "value"])
    return dict(zip(table["score"], table["value"], strict=True))


def validation_signals(data: Path, protocol: str, sample_rate: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (clip, signal) of the protocol's validation partition."""
    table = partitions.load_table(data, protocol)
    for clip in table["clip"][table["partition"] == "validation"]:
        yield clip, loading.load(data / "raw" / clip, sample_rate)


if __name__ == "__main__":
    run_stage(main)
