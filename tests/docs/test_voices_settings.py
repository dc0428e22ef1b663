"""The figures in docs/voices-settings.md are those of the committed tables."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

PAGE = Path("docs/voices-settings.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
BY_HAND = pd.read_csv("experiments/search/by_hand.csv").set_index("number")["uar"]
TRIALS = pd.read_csv("experiments/search/trials.csv").set_index("experiment")
SEARCH = yaml.safe_load(Path("experiments/search.yaml").read_text())


def test_how_many_trials_and_how_long():
    states = pd.read_csv("experiments/search/trials.csv")["state"].value_counts()
    hours = pd.read_csv("experiments/search/trials.csv")["seconds"].sum() / 3600
    assert f"varied {len(SEARCH['space'])} settings in {states.sum()} trials" in TEXT
    assert f"of {SEARCH['fixed']['voices.train.epochs']} epochs: {states['complete']} were completed" in TEXT
    assert f"and {states['stopped']} stopped early" in TEXT
    assert f"{hours:.1f} hours of training" in TEXT


def test_the_best_trials():
    best = TRIALS["uar"].nlargest(3)
    first, second, third = (f"{uar:.3f}" for uar in best)
    assert f"The best, `{best.index[0]}`, has {first}; the next two have {second} and {third}." in TEXT
    assert f"the settings found by hand, {TRIALS.loc['search-0', 'uar']:.3f}" in TEXT


def test_what_the_trials_show():
    complete = TRIALS[TRIALS["state"] == "complete"]
    assert complete["uar"][complete["voices.model.inputs"] == "[{mfcc: cmvn}]"].max() < 0.41
    others = complete[(complete["voices.model.convolution"] > 0) | (complete["voices.model.pooling"] == "attention")]
    assert (len(others), sum(others["voices.model.inputs"] == "[{mfcc: cmvn}]")) == (4, 3)
    assert others["uar"].max() < 0.47
    best = complete.nlargest(3, "uar")
    assert best["voices.model.dropout"].between(0.4, 0.5).all() and best["voices.model.input_noise_std"].max() <= 0.1
    assert (best["voices.train.time_mask"] == 0.2).all() and (best["voices.train.band_mask"] == 0).all()
    assert list(best["voices.model.layers"]) == [2, 1, 1]


@pytest.mark.parametrize(
    "tried, numbers",
    [
        ("as for TESS: {}; less: {}; less still: {}", [3, 4, 5]),
        ("80 ms: {}; 40 ms: {}", [2, 10]),
        ("one: {}; two: {}", [2, 7]),
        ("constant 0.002: {}; falling from 0.002: {}; falling from 0.004: {}", [1, 2, 3]),
    ],
)
def test_what_was_tried_by_hand(tried, numbers):
    assert tried.format(*(f"{BY_HAND[number]:.3f}" for number in numbers)) in PAGE


def test_the_settings_are_those_of_a_trial():
    name = re.search(r"params.yaml has the settings of `(search-\d+)`", TEXT)[1]
    params = yaml.safe_load(Path("params.yaml").read_text())
    for key in SEARCH["space"]:
        _, section, setting = key.split(".")
        found = params["voices"][section][setting]
        expected = TRIALS.loc[name, key]
        if key == "voices.train.learning_rate":
            assert found == pytest.approx(expected, rel=0.01)
        else:
            assert found == yaml.safe_load(str(expected)), key


def test_how_much_is_luck():
    seeds = pd.read_csv("experiments/search/best_seeds.csv")
    uar = seeds["uar"]
    assert set(seeds["experiment"]) == {TRIALS["uar"].idxmax()} and len(seeds) == 5
    assert f"has {uar.mean():.3f} ± {uar.std():.3f} (mean and standard deviation)" in TEXT
    assert f"from {uar.min():.3f} to {uar.max():.3f}" in TEXT


def test_what_augmentation_is_worth():
    quoted = re.findall(r"^\| (\w+) \| (0\.\d+) ± (0\.\d+) \| ([+-]?[\d.]*) *\|$", PAGE, re.MULTILINE)
    paths = Path("metrics/voices/ablation").glob("*.csv")
    tables = {path.stem: pd.read_csv(path).set_index("seed")["uar"] for path in paths}
    assert {name for name, *_ in quoted} == set(tables)
    for name, mean, std, gain in quoted:
        uar = tables[name]
        assert (mean, std) == (f"{uar.mean():.3f}", f"{uar.std():.3f}"), name
        if name != "none":
            assert float(gain) == pytest.approx((uar - tables["none"]).mean(), abs=0.0006), name
