"""Results over seeds."""

import pandas as pd
import pytest

from speech_emotion.evaluation import seeds
from speech_emotion.plots import seeds
from speech_emotion.core.errors import UserError
from stages import summarise

UAR = {("random", 1): 0.9, ("random", 2): 1.0, ("speaker-1", 1): 0.6, ("speaker-1", 2): 0.8}
UAR |= {("speaker-2", 2): 0.6, ("speaker-2", 1): 0.8}
TABLE = pd.DataFrame([{"fold": fold, "seed": seed, "uar": uar} for (fold, seed), uar in UAR.items()])
TABLE = TABLE.assign(accuracy=0.5, macro_f1=0.5, ece=0.1, ece_uncalibrated=0.2)


def test_the_speakers_mean_is_taken_seed_by_seed():
    numbers = seeds.summarize_seeds(TABLE)
    assert numbers["speakers"]["uar_mean"] == pytest.approx(0.7)
    assert numbers["speakers"]["uar_sd"] == pytest.approx(0)
    assert numbers["speaker-1"]["uar_mean"] == pytest.approx(0.7)
    assert numbers["speaker-1"]["uar_sd"] == pytest.approx(0.1 * 2**0.5)
    assert numbers["random"]["ece_mean"] == pytest.approx(0.1)


def test_without_a_speaker_fold_there_is_no_mean_of_speakers():
    assert set(seeds.summarize_seeds(TABLE[TABLE["fold"] == "random"])) == {"random"}


def test_the_picture_has_the_same_bytes_each_time(tmp_path):
    for name in "ab":
        seeds.plot_seeds(tmp_path / f"{name}.png", TABLE, "tess")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read as JSON .*; run `make seeds`"),
        ("[]", "no JSON object; run `make seeds`"),
        ("{}", "no uar, accuracy, macro_f1, ece, ece_uncalibrated in it"),
        ('{"uar": 1, "accuracy": 1, "macro_f1": null, "ece": 0}', "no macro_f1, ece_uncalibrated in it"),
    ],
)
def test_a_file_without_scores_is_named(tmp_path, text, message):
    (tmp_path / "1.json").write_text(text)
    with pytest.raises(UserError, match=rf"1\.json: {message}"):
        seeds.seed_row("random", 1, tmp_path / "1.json")


@pytest.mark.parametrize("seeds", ["5", "[]", "[1]"])
def test_a_deviation_needs_two_seeds(tmp_path, monkeypatch, seeds):
    (tmp_path / "params.yaml").write_text(f"folds: [random]\nseeds: {seeds}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="expected a list of two or more"):
        summarise.main("tess")
