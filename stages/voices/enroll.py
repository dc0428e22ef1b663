"""Enroll every person that a protocol tests, with few clips and with many, and predict the person's other sentences.

python -m stages.voices.enroll <protocol>    writes data/voices/enrolment/<protocol>.csv
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.enrolment_curves.draws import EnrolmentSettings, draw_clips
from speech_emotion.enrolment_curves.predictions import Person, predict_by_logistic_regression
from speech_emotion.onnx_model.network_session import NetworkSession

DATA = Path("data/voices")
AVERAGED = 40  # leading MFCCs, as in the original notebook


def main(protocol: str) -> None:
    settings = params.load("voices.enrolment", EnrolmentSettings)
    seed = params.load("voices.seed", params.Seed)
    table = partitions.load_collection_table(DATA, protocol)
    features = feature_store.read(DATA / "features")
    network = NetworkSession(Path("models/voices") / f"{protocol}.onnx")
    people = table[table["partition"] == "test"].groupby("speaker")
    parts = []
    for speaker, rows in tqdm(people, f"enroll {protocol}", unit="person", disable=None):
        sequences = [features[clip] for clip in rows["clip"]]
        targets = np.array([network.labels.index(emotion) for emotion in rows["emotion"]])
        averages = np.stack([sequence[:, :AVERAGED].mean(axis=0) for sequence in sequences])
        person = Person(sequences, targets, network)
        for draw in draw_clips(rows, settings, seed):
            tested = person.predict(draw)
            logistic = predict_by_logistic_regression(averages, targets, draw) if draw.clips else -1
            tested = tested.assign(mfcc_logistic=logistic, actual=targets[draw.tested], draw=draw.number)
            parts.append(tested.assign(corpus=rows["corpus"].iloc[0], speaker=speaker, clips=draw.clips))
    tables.write_csv(DATA / "enrolment" / f"{protocol}.csv", pd.concat(parts))


if __name__ == "__main__":
    run_stage(main)
