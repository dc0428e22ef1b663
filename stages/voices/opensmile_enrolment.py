"""Train on openSMILE's functionals of a few clips of one person, and test the person's other sentences.

python -m stages.voices.opensmile_enrolment    writes experiments/opensmile/enrolment.csv

The baseline of stages/voices/enroll.py, with the same draws of clips.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.enrolment_curves.draws import EnrolmentSettings, draw_clips
from speech_emotion.enrolment_curves.predictions import predict_by_logistic_regression
from speech_emotion.enrolment_curves.summary import summarize
from speech_emotion.evaluation.metrics import EvaluateSettings

DATA = Path("data/voices")
METHOD = "egemaps_logistic"


def main() -> None:
    settings = params.load("voices.enrolment", EnrolmentSettings)
    evaluate = params.load("evaluate", EvaluateSettings)
    seed = params.load("voices.seed", params.Seed)
    features = feature_store.read(DATA / "functionals")
    parts = []
    for protocol in settings.protocols:
        table = partitions.load_collection_table(DATA, protocol)
        labels = clip_table.label_order(table)
        people = table[table["partition"] == "test"].groupby("speaker")
        for speaker, rows in tqdm(people, f"enroll {protocol}", unit="person", disable=None):
            vectors = np.concatenate([features[clip] for clip in rows["clip"]])
            targets = np.array([labels.index(emotion) for emotion in rows["emotion"]])
            for draw in draw_clips(rows, settings, seed):
                if draw.clips:
                    predicted = predict_by_logistic_regression(vectors, targets, draw)
                    columns = {METHOD: predicted, "actual": targets[draw.tested], "draw": draw.number}
                    person = {"corpus": rows["corpus"].iloc[0], "speaker": speaker, "clips": draw.clips}
                    parts.append(pd.DataFrame(columns).assign(**person))
    table = summarize(pd.concat(parts), [METHOD], evaluate, seed)
    tables.write_csv(Path("experiments/opensmile/enrolment.csv"), table.drop(columns="ece"))


if __name__ == "__main__":
    run_stage(main)
