"""The stages evaluate and illustrate, run on a few made-up clips."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from speech_emotion.core import clip_table
from speech_emotion.dataset import feature_store
from speech_emotion.core.errors import UserError
from stages import evaluate, illustrate

LABELS = ["anger", "fear", "sadness"]
OUTS = "confusion.png curves.png errors.png metrics.json predictions.csv recall.png reliability.csv reliability.png"
PARAMS = """
seed: 1
evaluate: {resamples: 100, confidence: 0.95, bins: 10}
features: {sample_rate: 8000, trim_db: 40, n_fft: 256, hop_length: 80, n_mels: 20, n_mfcc: 6, deltas: 1, pool: 2}
"""


@pytest.fixture
def workspace(tmp_path, monkeypatch, write_model):
    """Two speakers, four words, three emotions; the features say the emotion, but B's fear looks like anger."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS)
    rows = [(f"{s}_{w}_{e}.wav", s, w, e) for s in "AB" for w in ("back", "bar", "base", "bath") for e in LABELS]
    table = pd.DataFrame(rows, columns=clip_table.COLUMNS[:4]).assign(sha256=lambda rows: rows["clip"])
    clip_table.write(Path("data/tiny/clips.csv"), table.to_dict("records"))
    part = np.where(table["speaker"] == "B", "test", np.where(table["word"] == "bar", "validation", "train"))
    Path("data/tiny/splits").mkdir()
    table[["clip"]].assign(part=part).to_csv("data/tiny/splits/speaker-2.csv", index=False)
    shown = table["emotion"].mask((table["speaker"] == "B") & (table["emotion"] == "fear"), "anger")
    frames = [np.tile(np.eye(3, dtype=np.float32)[LABELS.index(emotion)], (5, 1)) for emotion in shown]
    feature_store.write(Path("data/tiny/features"), zip(table["clip"], frames, strict=True))
    write_model(Path("models/tiny/speaker-2.onnx"), 3 * np.eye(3), LABELS)
    Path("metrics/tiny/speaker-2").mkdir(parents=True)
    history = pd.DataFrame(
        {"epoch": [1, 2], "loss": [1.0, 0.5], "validation_loss": [1.0, 0.6], "validation_uar": [0.4, 1]}
    )
    history.to_csv("metrics/tiny/speaker-2/history.csv", index=False)
    return Path("metrics/tiny")


def test_numbers_and_tables_are_those_of_the_test_part(workspace):
    evaluate.main("tiny", "speaker-2")
    numbers = json.loads((workspace / "speaker-2/metrics.json").read_text())
    assert numbers["clips"] == 12
    assert numbers["recall.fear"] == 0
    assert numbers["uar"] == numbers["accuracy"] == round(2 / 3, 6)
    predictions = pd.read_csv(workspace / "speaker-2/predictions.csv")
    assert list(predictions.columns) == ["clip", "speaker", "word", "actual", "predicted", *LABELS]
    assert set(predictions["speaker"]) == {"B"}
    np.testing.assert_allclose(predictions[LABELS].sum(axis=1), 1, atol=2e-6)


def test_predictions_have_a_row_a_clip_for_dvcs_confusion_template(workspace):
    evaluate.main("tiny", "speaker-2")
    rows = pd.read_csv(workspace / "speaker-2/predictions.csv")[["actual", "predicted"]]
    assert rows.value_counts().to_dict() == {("anger", "anger"): 4, ("fear", "anger"): 4, ("sadness", "sadness"): 4}


def test_a_second_run_gives_the_same_bytes(workspace):
    runs = []
    for _ in range(2):
        evaluate.main("tiny", "speaker-2")
        runs.append({name: (workspace / "speaker-2" / name).read_bytes() for name in OUTS.split()})
    assert runs[0] == runs[1]
    assert {path.name for path in (workspace / "speaker-2").iterdir()} == {*OUTS.split(), "history.csv"}


def test_a_fold_that_was_not_split_is_named(workspace):
    with pytest.raises(UserError, match=r"splits/speaker-3\.csv: no such file; run `dvc repro`"):
        evaluate.main("tiny", "speaker-3")


def test_without_a_history_nothing_is_written(workspace):
    (workspace / "speaker-2/history.csv").unlink()
    with pytest.raises(UserError, match=r"speaker-2/history\.csv: no such file; run `dvc repro`"):
        evaluate.main("tiny", "speaker-2")
    assert list((workspace / "speaker-2").iterdir()) == []


@pytest.mark.parametrize("junk", ["", "epoch,loss\n1,2\n", "epoch,loss,validation_loss,validation_uar\n1,2,3,high\n"])
def test_a_history_that_is_none_is_named(workspace, junk):
    (workspace / "speaker-2/history.csv").write_text(junk)
    with pytest.raises(UserError, match=r"speaker-2/history\.csv: .*; run `dvc repro`, which makes it anew"):
        evaluate.main("tiny", "speaker-2")
    assert [path.name for path in (workspace / "speaker-2").iterdir()] == ["history.csv"]


def test_a_test_clip_without_features_is_named(workspace):
    kept = {name: frames for name, frames in feature_store.read(Path("data/tiny/features")).items() if "B_bar" not in name}
    feature_store.write(Path("data/tiny/features"), kept.items())
    with pytest.raises(UserError, match=r"test part: no features of B_bar_anger\.wav"):
        evaluate.main("tiny", "speaker-2")


def test_the_examples_are_drawn_from_the_sound(workspace):
    Path("data/tiny/raw").mkdir()
    time = np.arange(8000) / 16000
    for pitch, emotion in zip((400, 200, 100), LABELS, strict=True):
        soundfile.write(f"data/tiny/raw/A_back_{emotion}.wav", 0.5 * np.sin(2 * np.pi * pitch * time), 16000)
    illustrate.main("tiny")
    first = (workspace / "examples.png").read_bytes()
    illustrate.main("tiny")
    assert (workspace / "examples.png").read_bytes() == first


@pytest.mark.parametrize("stage", ["average", "evaluate", "illustrate"])
def test_tensorflow_is_not_imported(stage):
    code = f"import sys, stages.{stage}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=False).returncode == 0
