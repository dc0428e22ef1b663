"""The results on strangers that the pages show are the committed ones."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from speech_emotion.corpus import description
from speech_emotion.splits import collection_protocols

README, VOICES, CALIBRATION, SETTINGS = (
    Path(name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/voices.md", "docs/calibration.md", "docs/voices-settings.md")
)
METRICS = Path("metrics/voices")
SUMMARY = pd.read_csv(METRICS / "summary.csv")
SINGLE, KNOWN = (SUMMARY[SUMMARY["statistics"] == name].set_index(["test", "corpus"]) for name in ("single", "known"))
OPENSMILE = pd.read_csv("experiments/opensmile/uar.csv").set_index(["test", "corpus"])["opensmile_svm"]
TESTED_ON = {"new speakers": "new speakers of {}", "new corpora": "{} as a new corpus"}
BASELINES = ["mfcc_logistic", "notebook", "tess_network"]


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table below a line that begins with `heading`, without its two first lines."""
    lines = text[text.index(heading) :].split("\n\n")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def name_of(test: str, corpus: str) -> str:
    return TESTED_ON[test].format(description.load(corpus).acronym)


def two_digits(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.2f}"


def test_the_results_in_the_readme():
    expected = []
    for key, row in SINGLE.iterrows():
        interval = "" if pd.isna(row["uar_low"]) else f" ({row['uar_low']:.2f} to {row['uar_high']:.2f})"
        others = [OPENSMILE[key], *(row[name] for name in BASELINES), row["listeners"]]
        cells = [name_of(*key), f"{row['uar']:.3f}{interval}", f"{KNOWN.loc[key, 'uar']:.3f}"]
        expected.append([*cells, *map(two_digits, others)])
    assert table(README, "| tested on |") == expected


def test_how_often_it_is_unsure():
    expected = []
    for key, single in SINGLE.iterrows():
        shares = [row[name] for row in (single, KNOWN.loc[key]) for name in ("unsure", "right")]
        expected.append([name_of(*key), *(f"{share:.0%}" for share in shares)])
    assert table(CALIBRATION, "| tested on |") == expected
    threshold = json.loads((METRICS / "threshold.json").read_text())["threshold"]
    assert f"below a probability of {threshold:.2f}" in CALIBRATION


def test_the_recalls():
    emotions = sorted(name.removeprefix("recall.") for name in SUMMARY if name.startswith("recall."))
    expected = [
        [name_of(*key), *(two_digits(row[f"recall.{emotion}"]) for emotion in emotions)]
        for key, row in SINGLE.iterrows()
    ]
    assert table(VOICES, "| tested on | anger") == expected


def test_calibration_on_strangers():
    scores = json.loads((METRICS / "metrics.json").read_text())
    for test, words in (("new_speakers", "new speakers"), ("new_corpora", "new corpora")):
        assert f"{scores[f'ece_{test}_single']:.3f} on {words}" in CALIBRATION


def test_means_over_corpora():
    scores = json.loads((METRICS / "metrics.json").read_text())
    text = " ".join(VOICES.split())
    for test, words in (("new_speakers", "new speakers"), ("new_corpora", "people of new corpora")):
        assert f"{scores[f'uar_{test}_single']:.3f} on {words}" in text
        assert f"{scores[f'uar_{test}_known']:.3f} on {words} who are known" in text


def test_means_over_corpora_in_the_readme():
    scores = json.loads((METRICS / "metrics.json").read_text())
    speakers = [f"{scores[f'uar_new_speakers_{known}']:.3f}" for known in ("single", "known")]
    corpora = [f"{scores[f'uar_new_corpora_{known}']:.3f}" for known in ("single", "known")]
    text = " ".join(README.split())
    assert f"get a UAR of {speakers[0]} (mean over corpora), and {speakers[1]} once ten" in text
    assert f"Recorded elsewhere, they get {corpora[0]} and {corpora[1]}," in text
    assert (
        f"Below a probability of {json.loads((METRICS / 'threshold.json').read_text())['threshold']:.2f} it says"
        in text
    )


@pytest.mark.parametrize("corpus", ["tess", "emodb", "crema-d"])
def test_new_sentences_by_known_speakers(corpus):
    scores = pd.read_csv(METRICS / "all/scores.csv")
    rows = scores[(scores["unseen"] == "sentences") & (scores["statistics"] == "single")].set_index("corpus")
    assert f"{rows.loc[corpus, 'uar']:.3f} on {description.load(corpus).acronym}" in VOICES


def test_the_trainings_after_the_search():
    tried = pd.read_csv("experiments/search/afterwards.csv")
    means = tried.groupby("settings", sort=False)["uar"]
    expected = [[name, str(len(uars)), f"{uars.mean():.3f}"] for name, uars in means]
    assert table(SETTINGS, "| settings | trainings") == expected


def test_a_protocol_takes_no_longer_than_promised():
    minutes = pd.read_csv("benchmarks/voices_training.csv")["minutes"].max()
    assert minutes <= 20
    assert f"at most {minutes:.1f} minutes" in " ".join(VOICES.split())


def test_the_clips_of_the_example_were_not_trained_on():
    """Their words are left out of training in every protocol but development."""
    named = re.findall(r"data/tess/raw/(\S+\.wav)", README)
    tess = description.load("tess")
    words = {f"tess/{tess.clip_row(name)['word']}" for name in named}
    clips = pd.DataFrame([tess.clip_row(name) for name in tess.hashes])
    table = clips.assign(corpus="tess", word="tess/" + clips["word"])
    seed = yaml.safe_load(Path("params.yaml").read_text())["seed"]
    assert words <= collection_protocols.unseen_sentences(table, seed)


def test_only_opensmile_is_level_and_on_two_corpora():
    baselines = pd.concat([SINGLE[BASELINES], OPENSMILE], axis=1)
    ahead = baselines.gt(SINGLE["uar"], axis=0)
    behind = ahead.stack()
    places = sorted(behind[behind].index)
    assert places == [("new corpora", "ravdess", "opensmile_svm"), ("new corpora", "savee", "opensmile_svm")]
    lead = OPENSMILE - SINGLE["uar"]
    assert lead.max() < 0.01
    assert (KNOWN["uar"] > OPENSMILE).all()


def test_tess_with_and_without_other_corpora():
    results = pd.read_csv("experiments/tess_and_others/tess.csv").query("statistics == 'single'")
    expected = []
    for row in results.itertuples():
        other = {"OAF": "YAF", "YAF": "OAF"}[row.held_out]
        trained_on = f"{other} alone" if row.trained_on == "alone" else f"{other} and the other corpora"
        recalls = results.loc[row.Index, ["recall.happiness", "recall.surprise", "recall.neutral"]]
        expected.append([row.held_out, trained_on, f"{row.uar:.3f} ± {row.uar_std:.3f}", *map(two_digits, recalls)])
    assert table(VOICES, "| held out | trained on") == expected
