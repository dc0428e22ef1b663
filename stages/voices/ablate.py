"""Train with one kind of augmentation and several seeds, and test the validation speakers of the protocol development.

python -m stages.voices.ablate <name>    writes metrics/voices/ablation/<name>.csv

The names and seeds are those in experiments/ablation/ablation.yaml.
"""

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field
from tqdm import tqdm

from speech_emotion.audio.augmentation import Changes
from speech_emotion.audio.clip_features import extract_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.network import training
from speech_emotion.network.settings import ModelSettings, TrainSettings

CONDITIONS = Path("experiments/ablation/ablation.yaml")
DATA = Path("data/voices")


class Condition(params.Section):
    """An item of `conditions` in ablation.yaml, where the keys are explained."""

    copies: Changes
    train: dict[str, Any] = Field(default_factory=dict)


def main(name: str) -> None:
    condition = params.load(f"conditions.{name}", Condition, CONDITIONS)
    seeds = params.load("seeds", list[params.Seed], CONDITIONS)
    copies_seed = params.load("seed", params.Seed)
    evaluate = params.load("evaluate", EvaluateSettings)
    features = params.load("voices.features", FeatureSettings)
    model_changes = params.load("model", dict[str, Any], CONDITIONS)
    model_settings = params.load_changed("voices.model", ModelSettings, model_changes, CONDITIONS, "model")
    changes = params.load("common", dict[str, Any], CONDITIONS) | condition.train
    settings = params.load_changed("voices.train", TrainSettings, changes, CONDITIONS, name)

    table = partitions.load_collection_table(DATA, "development")
    stored = feature_store.read(DATA / "features")
    clips = partitions.select(table, "train", stored)
    copies = dict(extract_copies(clips.names, DATA, condition.copies, features, copies_seed, f"copy for {name}"))
    train = partitions.concatenate(clips, partitions.augmented_copies(clips, copies))
    validation = partitions.select(table, "validation", stored)
    sequences = {"train": train, "validation": validation, "calibration": validation}
    labels = clip_table.label_order(table)

    rows = []
    with tqdm(total=len(seeds) * settings.epochs, desc=f"train with {name}", unit="epoch", disable=None) as bar:
        for seed in seeds:
            trained = training.train_network(
                sequences, len(labels), model_settings, settings, seed, lambda row: bar.update()
            )
            _, scores = known_speakers.evaluate(table, stored, trained.predict, trained.speaker_prior, evaluate, seed)
            rows.append({"seed": seed, **known_speakers.main_scores(scores)})
    tables.write_csv(Path("metrics/voices/ablation") / f"{name}.csv", pd.DataFrame(rows))


if __name__ == "__main__":
    run_stage(main)
