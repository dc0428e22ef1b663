"""Test the shipped model on other corpora, whose speakers, rooms, sentences and languages it has never seen.

python -m benchmarks.other_corpora emodb ravdess ...    writes benchmarks/other_corpora.csv

Each corpus must have been downloaded: SER_EMODB=folder python -m stages.download emodb. Clips of emotions that the
model does not know, such as boredom, are left out. UAR is the mean recall of the other emotions. The rows of one run
replace the whole table.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from speech_emotion.audio import loading
from speech_emotion.core import clip_table, tables
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.core.errors import UserError
from speech_emotion.evaluation import metrics
from speech_emotion.inference.predictor import Predictor

RESULT = Path("benchmarks", "other_corpora.csv")


def main(corpora: list[str]) -> None:
    predictor = Predictor()
    tables.write_csv(RESULT, pd.DataFrame([measure(predictor, corpus) for corpus in corpora]))
    print(RESULT.read_text(), end="")


def measure(predictor: Predictor, corpus: str) -> dict[str, object]:
    """Return the row of one corpus."""
    data = Path("data") / corpus
    table = clip_table.read(data / "clips.csv")
    known = table[table["emotion"].isin(predictor.labels)]

    def predict(clip: str) -> np.ndarray | None:
        try:
            return predictor.probabilities(loading.load(data / "raw" / clip, predictor.sample_rate))
        except UserError:  # a silent clip
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding and the model release the GIL
        predictions = list(tqdm(pool.map(predict, known["clip"]), corpus, len(known), unit="clip", disable=None))
    is_silent = np.array([probabilities is None for probabilities in predictions])
    probabilities = np.array([row for row in predictions if row is not None])  # (clips, labels)
    actual = known["emotion"][~is_silent]
    predicted = pd.Series(np.array(predictor.labels)[probabilities.argmax(axis=1)], actual.index)
    recalls = metrics.recalls(actual, predicted)
    return {
        "corpus": corpus,
        "speakers": known["speaker"].nunique(),
        "clips": len(actual),
        "clips_of_unknown_emotions": len(table) - len(known),
        "silent_clips": is_silent.sum(),
        "emotions": len(recalls),
        "uar": metrics.uar(actual, predicted),
        "uar_by_guessing": 1 / len(predictor.labels),
        "mean_confidence": float(probabilities.max(axis=1).mean()),
    }


if __name__ == "__main__":
    with exit_on_user_error():
        main(sys.argv[1:])
