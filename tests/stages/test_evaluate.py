"""The stages evaluate and plot_examples on a few made-up clips."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError
from speech_emotion.dataset import feature_store
from stages import evaluate, plot_examples

LABELS = ["anger", "fear", "sadness"]
PARAMS = """
seed: 1
evaluate: {bootstrap_samples: 100, confidence_level: 0.95, calibration_bins: 10}
features: {sample_rate: 8000, trim_db: 40, n_fft: 256, hop_length: 80, n_mels: 20, n_mfcc: 6, frames_per_step: 2}
"""
HISTORY = "epoch,loss,validation_loss,validation_uar\n1,1,1,0.4\n2,0.5,0.6,1\n"


@pytest.fixture
def metrics_folder(tmp_path, monkeypatch, write_network) -> Path:
    """The folder of the results. The features tell the emotion, except that B's fear looks like anger."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS)
    rows = [(f"{s}_{w}_{e}.wav", s, w, e) for s in "AB" for w in ("back", "bar", "base", "bath") for e in LABELS]
    table = pd.DataFrame(rows, columns=clip_table.COLUMNS[:4]).assign(sha256=lambda rows: rows["clip"])
    clip_table.write(Path("data/tiny/clips.csv"), table.to_dict("records"))
    is_test = table["speaker"] == "B"
    partition = np.where(is_test, "test", np.where(table["word"] == "bar", "validation", "train"))
    clip_table.write_partitions(Path("data/tiny/splits/speaker-2.csv"), table.assign(partition=partition))
    looks_like = table["emotion"].mask(is_test & (table["emotion"] == "fear"), "anger")
    frames = [np.tile(np.eye(3, dtype=np.float32)[LABELS.index(emotion)], (5, 1)) for emotion in looks_like]
    feature_store.write(Path("data/tiny/features"), zip(table["clip"], frames, strict=True))
    write_network(Path("models/tiny/speaker-2.onnx"), 3 * np.eye(3))
    folder = Path("metrics/tiny/speaker-2")
    folder.mkdir(parents=True)
    (folder / "history.csv").write_text(HISTORY)
    return folder


def test_numbers_and_tables_are_those_of_the_test_partition(metrics_folder):
    evaluate.main("tiny", "speaker-2")
    scores = pd.read_csv(metrics_folder / "scores.csv").set_index("score")["value"]
    assert scores["recall.fear"] == 0
    assert scores["uar"] == scores["accuracy"] == round(2 / 3, 6)
    main_scores = {"clips": 12, "uar": 0.667, "ece": round(scores["ece"], 3)}
    assert json.loads((metrics_folder / "metrics.json").read_text()) == main_scores
    predictions = pd.read_csv(metrics_folder / "predictions.csv")
    assert set(predictions["speaker"]) == {"B"}
    counts = predictions[["actual", "predicted"]].value_counts().to_dict()
    assert counts == {("anger", "anger"): 4, ("fear", "anger"): 4, ("sadness", "sadness"): 4}
    np.testing.assert_allclose(predictions[LABELS].sum(axis=1), 1, atol=2e-6)


@pytest.mark.parametrize("text", ["epoch,loss\n1,2\n", HISTORY + "3,high,1,1\n"])
def test_with_a_damaged_history_nothing_is_written(metrics_folder, text):
    (metrics_folder / "history.csv").write_text(text)
    with pytest.raises(UserError, match=r"speaker-2/history\.csv: .*run `dvc repro`"):
        evaluate.main("tiny", "speaker-2")
    assert [path.name for path in metrics_folder.iterdir()] == ["history.csv"]


def test_the_examples_are_drawn_from_the_audio(metrics_folder):
    Path("data/tiny/raw").mkdir()
    time = np.arange(8000) / 16000
    for frequency, emotion in zip((400, 200, 100), LABELS, strict=True):
        tone = 0.5 * np.sin(2 * np.pi * frequency * time)
        soundfile.write(f"data/tiny/raw/A_back_{emotion}.wav", tone, 16000)
    plot_examples.main("tiny")
    assert Path("metrics/tiny/examples.png").read_bytes().startswith(b"\x89PNG")
