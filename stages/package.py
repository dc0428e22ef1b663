"""Merge the front end and the network of one protocol into a model file from waveform to probabilities.

python -m stages.package <corpus> <protocol>    writes models/<corpus>.onnx

`speech-emotion --model models/<corpus>.onnx` uses it. stages/voices/package.py makes the model that is shipped.
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
from speech_emotion.packaging import merged_model, strangers


def main(corpus: str, protocol: str) -> None:
    settings = params.load("features", FeatureSettings)
    protocols = params.load("protocols", list[str])
    if protocol not in protocols:
        raise UserError(f"package.protocol is {protocol!r}; expected one of protocols: {', '.join(protocols)}")
    described = description.load(corpus)
    network = files.require_output(Path("models") / corpus / f"{protocol}.onnx")
    held_out = [name for name in protocols if name.startswith("speaker-")]
    scores = [read_scores(Path("metrics") / corpus / name / "scores.csv") for name in held_out]

    metadata = {
        "protocol": protocol,
        "corpora": [merged_model.describe_corpus(described)],
        "strangers": [strangers.mean_over_speakers(described.acronym, scores)] if scores else [],
    }
    model = Path("models") / f"{corpus}.onnx"
    with files.atomic_write(model) as path:
        onnx.save(merged_model.merge(onnx.load(network), settings, metadata), path)
        signals = validation_signals(Path("data") / corpus, protocol, settings.sample_rate)
        checks = merged_model.check(path, network, settings, signals)
    print(f"{model}: agrees with librosa and the {protocol} network of {corpus} on {checks['clips']} clips")


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
