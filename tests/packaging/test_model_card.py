"""The numbers of the model card are those that were measured."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from speech_emotion.corpus import description
from speech_emotion.packaging import model_card

SUMMARY = pd.DataFrame(
    [
        ("new speakers", "ravdess", "single", 15, 0.51, 0.45, 0.57, 0.031, 0.4, 0.7, 0.62, 0.12, 0.6),
        ("new speakers", "ravdess", "known", 15, 0.55, 0.50, 0.61, 0.042, 0.3, 0.71, 0.65, 0.2, 0.6),
        ("new corpora", "savee", "single", 4, 0.38, np.nan, np.nan, 0.15, 0.5, 0.52, 0.3, np.nan, 0.665),
        ("new corpora", "savee", "known", 4, 0.44, np.nan, np.nan, 0.16, 0.45, 0.53, 0.3, np.nan, 0.665),
    ],
    columns=[
        *("test", "corpus", "statistics", "speakers", "uar", "uar_low", "uar_high", "ece", "unsure", "right"),
        *("recall.anger", "recall.surprise", "listeners"),
    ],
).assign(accuracy=0.5, macro_f1=0.5)
RECALLS = pd.DataFrame(
    [
        ("new speakers", "ravdess", "single", "female", "anger", 0.7),
        ("new speakers", "ravdess", "single", "female", "fear", 0.5),
        ("new speakers", "ravdess", "single", "male", "anger", 0.4),
        ("new speakers", "ravdess", "known", "male", "anger", 0.9),
        ("new corpora", "savee", "single", "male", "anger", 0.3),
    ],
    columns=["test", "corpus", "statistics", "sex", "emotion", "recall"],
)
CLIPS = pd.DataFrame(
    [
        ("tess", "tess/OAF", "train"),
        ("tess", "tess/OAF", "sentences"),
        ("ravdess", "ravdess/01", "train"),
        ("ravdess", "ravdess/01", "train"),
        ("ravdess", "ravdess/02", "train"),
        ("ravdess", "ravdess/03", "validation"),
        ("savee", "savee/DC", "test"),
    ],
    columns=["corpus", "speaker", "partition"],
)
ENROLMENT = pd.DataFrame(
    [
        ("ravdess", 15, 0, "voice", 0.51),
        ("ravdess", 15, 5, "voice", 0.74),
        ("ravdess", 15, 5, "network", 0.55),
        ("savee", 4, 0, "voice", 0.38),
        ("savee", 4, 5, "voice", 0.7),
    ],
    columns=["corpus", "speakers", "clips", "method", "uar"],
)
THRESHOLD = {"threshold": 0.57, "right_in_every_corpus": 0.672}


@pytest.fixture(scope="module")
def card() -> str:
    measured = model_card.Measured(CLIPS, SUMMARY, RECALLS, THRESHOLD, {"tess": 0.991}, ENROLMENT)
    corpora = [description.load(name) for name in ("tess", "ravdess")]
    checks = {"clips": 280, "mfcc": 6.1e-4, "probability": 7e-7}
    return model_card.format_card(corpora, [description.load("savee")], measured, ["anger", "surprise"], 16000, checks)


@pytest.mark.parametrize(
    "text",
    [
        "It learned from 3 actors.",
        "(RAVDESS), speech | en | 2 | 3 | 1 |",
        "| RAVDESS, new speakers | 15 | 2 | 0.510 (0.450 to 0.570) | 0.550 (0.500 to 0.610) | 0.031 | 0.60 |",
        "| SAVEE, as a new corpus | 4 | 1 | 0.380 | 0.440 | 0.150 | 0.67 |",
        "the rows of SAVEE are from this",
        "saying sentences that it was not: 0.991 on TESS.",
        "| SAVEE, as a new corpus | 0.30 | - |",
        "| RAVDESS, new speakers | 0.60 | 0.40 |\n\n",
        "| corpus | speakers | none | 5 |",
        "| RAVDESS | 15 | 0.51 | 0.74 |\n| SAVEE | 4 | 0.38 | 0.70 |\n\n",
        "has less than 57%",
        "there, 67% are",
        "| RAVDESS, new speakers | 40% | 70% | 30% | 71% |",
        "- TESS: CC BY-NC-ND 4.0. Pichora-Fuller",
        "at most 1e-3 in any MFCC",
    ],
)
def test_the_card_has_the_numbers(card, text):
    assert text in card


def test_the_examples_of_the_committed_card_run_and_agree(tmp_path, monkeypatch, spoken):
    card = Path("MODEL_CARD.md").read_text()
    (tmp_path / "models").symlink_to(Path("models").resolve())
    names = {"signal": spoken(0, 16000)}
    soundfile.write(tmp_path / "clip.wav", names["signal"], 16000)
    monkeypatch.chdir(tmp_path)
    for example in re.findall(r"```python\n(.*?)```", card, re.DOTALL):
        exec(example, names)
    probabilities = dict(zip(names["labels"], names["probabilities"], strict=True))
    assert probabilities == pytest.approx(names["prediction"].probabilities, abs=1e-3)
