"""Train on one speaker of TESS, alone or together with other corpora, and test the other speaker, with several seeds.

python -m stages.voices.train_tess <held-out speaker> <alone|together>
    writes metrics/voices/tess/<speaker>-<alone|together>.csv
"""

from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.network import training
from speech_emotion.network.settings import ModelSettings, TrainSettings
from speech_emotion.splits import collection_protocols

EXPERIMENT = Path("experiments/tess_and_others/experiment.yaml")
DATA = Path("data/voices")


def main(speaker: str, trained_on: str) -> None:
    choices = params.load("trained_on", list[str], EXPERIMENT)
    if trained_on not in choices:
        raise UserError(f"trained on {trained_on!r}; expected {' or '.join(choices)}")
    seeds = params.load("seeds", list[params.Seed], EXPERIMENT)
    split_seed = params.load("seed", params.Seed)
    evaluate = params.load("evaluate", EvaluateSettings)
    collection = params.load("voices.collection", CollectionSettings)
    model_changes = params.load("model", dict[str, Any], EXPERIMENT)
    model_settings = params.load_changed("voices.model", ModelSettings, model_changes, EXPERIMENT, "model")
    changes = params.load("train", dict[str, Any], EXPERIMENT)
    settings = params.load_changed("voices.train", TrainSettings, changes, EXPERIMENT, "train")

    clips = clip_table.read(DATA / "clips.csv", clip_table.COLLECTION_COLUMNS)
    corpora = ["tess"] if trained_on == "alone" else collection.corpora
    table = collection_protocols.hold_out_speaker(clips, f"tess/{speaker}", corpora, split_seed)
    labels = clip_table.label_order(table)
    features = feature_store.read(DATA / "features")
    sequences = partitions.with_copies(table, features, feature_store.read(DATA / "copies"))

    rows = []
    with tqdm(total=len(seeds) * settings.epochs, desc=f"train {trained_on}", unit="epoch", disable=None) as bar:
        for seed in seeds:
            trained = training.train_network(
                sequences, len(labels), model_settings, settings, seed, lambda row: bar.update()
            )
            _, scores = known_speakers.evaluate(table, features, trained.predict, trained.speaker_prior, evaluate, seed)
            rows.append(scores.assign(seed=seed))
    folder = Path("metrics/voices/tess")
    tables.write_csv(folder / f"{speaker}-{trained_on}.csv", pd.concat(rows))


if __name__ == "__main__":
    run_stage(main)
