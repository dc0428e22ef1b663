"""Merge the front end and the network of the protocol `all` into the model that is shipped, and describe it.

python -m stages.voices.package    writes models/ser.onnx and MODEL_CARD.md
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pandas as pd

from speech_emotion.audio import loading
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus import description
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.dataset import partitions
from speech_emotion.evaluation.known_speakers import SENTENCES
from speech_emotion.packaging import merged_model, model_card, strangers

PROTOCOL = "all"
DATA = Path("data/voices")
METRICS = Path("metrics/voices")
NETWORK = Path("models/voices") / f"{PROTOCOL}.onnx"
CHECKED = 10  # one validation clip in so many is compared with librosa


def main() -> None:
    settings = params.load("voices.features", FeatureSettings)
    collection = params.load("voices.collection", CollectionSettings)
    corpora = [description.load(name) for name in collection.corpora]
    unseen = [description.load(name) for name in collection.unseen]
    threshold = files.read_json(METRICS / "threshold.json")
    table = partitions.load_collection_table(DATA, PROTOCOL)
    measured = model_card.Measured(
        clips=table,
        summary=read_table("summary.csv"),
        recalls=read_table("recalls.csv"),
        threshold=threshold,
        new_words=new_words(read_table(f"{PROTOCOL}/scores.csv")),
        enrolment=read_table("enrolment.csv"),
    )
    names = {corpus.name: corpus.acronym for corpus in [*corpora, *unseen]}
    metadata = {
        "protocol": PROTOCOL,
        "corpora": [merged_model.describe_corpus(corpus) for corpus in corpora],
        "strangers": strangers.expectations(measured.summary, names),
        "threshold": threshold["threshold"],
    }
    files.require_output(NETWORK)
    with files.atomic_write(Path("models/ser.onnx")) as path:
        onnx.save(merged_model.merge(onnx.load(NETWORK), settings, metadata), path)
        checks = merged_model.check(path, NETWORK, settings, validation_signals(table, settings.sample_rate))
    labels = sorted(collection.emotions)
    card = model_card.format_card(corpora, unseen, measured, labels, settings.sample_rate, checks)
    files.write_text(Path("MODEL_CARD.md"), card)
    print(f"models/ser.onnx: agrees with librosa and {NETWORK} on {checks['clips']} clips")


def read_table(name: str) -> pd.DataFrame:
    return pd.read_csv(files.require_output(METRICS / name))


def new_words(scores: pd.DataFrame) -> dict[str, float]:
    """Return {corpus: UAR} on new sentences by training speakers, from a single clip."""
    rows = scores[(scores["unseen"] == SENTENCES) & (scores["statistics"] == "single")]
    return dict(zip(rows["corpus"], rows["uar"], strict=True))


def validation_signals(table: pd.DataFrame, sample_rate: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (clip, signal) of every tenth clip of the validation partition."""
    for clip in table["clip"][table["partition"] == "validation"].iloc[::CHECKED]:
        yield clip, loading.load(clip_table.audio_path(DATA, clip), sample_rate)


if __name__ == "__main__":
    run_stage(main)
