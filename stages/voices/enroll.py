"""Enroll every person that a protocol tests, with few clips and with many, and predict the person's other sentences.

python -m stages.voices.enroll <protocol>    writes data/voices/enrolment/<protocol>.csv
"""

from functools import partial
from pathlib import Path

import pandas as pd

from speech_emotion.core import params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.enrolment_curves.draws import EnrolmentSettings
from speech_emotion.enrolment_curves.people import enroll_person
from speech_emotion.parallel.executor import map_items

DATA = Path("data/voices")


def main(protocol: str) -> None:
    settings = params.load("voices.enrolment", EnrolmentSettings)
    seed = params.load("voices.seed", params.Seed)
    network = Path("models/voices") / f"{protocol}.onnx"
    table = partitions.load_collection_table(DATA, protocol)
    people = [rows for _, rows in table[table["partition"] == "test"].groupby("speaker")]
    enroll = partial(enroll_person, features=DATA / "features", network=network, settings=settings, seed=seed)
    predictions = map_items(enroll, people, f"enroll {protocol}", "person", name=speaker_of)
    tables.write_csv(DATA / "enrolment" / f"{protocol}.csv", pd.concat(predictions))


def speaker_of(rows: pd.DataFrame) -> str:
    return rows["speaker"].iloc[0]


if __name__ == "__main__":
    run_stage(main)
