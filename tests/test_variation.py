"""Results over seeds."""

import pandas as pd
import pytest

from ser import variation

SEEDS = {
    "random": pd.DataFrame({"seed": [1, 2], "uar": [0.9, 1.0]}),
    "speaker-1": pd.DataFrame({"seed": [1, 2], "uar": [0.6, 0.8]}),
    "speaker-2": pd.DataFrame({"seed": [2, 1], "uar": [0.6, 0.8]}),
}


def test_the_speakers_mean_is_taken_seed_by_seed():
    numbers = variation.summary(SEEDS)
    assert numbers["speakers"] == {"uar_mean": pytest.approx(0.7), "uar_sd": pytest.approx(0)}
    assert numbers["speaker-1"] == {"uar_mean": pytest.approx(0.7), "uar_sd": pytest.approx(0.1 * 2**0.5)}


def test_the_picture_has_the_same_bytes_each_time(tmp_path):
    for name in "ab":
        variation.draw(tmp_path / f"{name}.png", SEEDS, "tess", 1 / 7)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
