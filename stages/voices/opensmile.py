"""Train and test openSMILE's functionals with a linear SVM on the partitions of every protocol.

python -m stages.voices.opensmile    writes experiments/opensmile/uar.csv
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.core import clip_table, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import collection_summary, linear_svm

DATA = Path("data/voices")


def main() -> None:
    protocols = params.load("voices.baseline_protocols", list[str])
    features = feature_store.read(DATA / "functionals")
    parts = [test(protocol, features) for protocol in tqdm(protocols, "opensmile", unit="protocol", disable=None)]
    tables.write_csv(Path("experiments/opensmile/uar.csv"), collection_summary.uar_by_test(pd.concat(parts)))


def test(protocol: str, features: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return corpus, actual, opensmile_svm (the predicted emotion) and protocol of every test clip."""
    table = partitions.load_collection_table(DATA, protocol)
    labels = np.array(clip_table.label_order(table))
    train = partitions.select(table, "train", features)
    classes = linear_svm.train_and_predict(train, partitions.select(table, "test", features))
    rows = table[table["partition"] == "test"]
    return rows[["corpus"]].assign(actual=rows["emotion"], opensmile_svm=labels[classes], protocol=protocol)


if __name__ == "__main__":
    run_stage(main)
