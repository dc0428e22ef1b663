"""The figures of enrolment that the pages show are the committed ones."""

import json
from pathlib import Path

import pandas as pd
import pytest
from docs.test_voices import table

from speech_emotion.core import params
from speech_emotion.corpus import description
from speech_emotion.enrolment_curves.draws import EnrolmentSettings

PAGE, README = (Path(name).read_text(encoding="utf-8") for name in ("docs/enrolment.md", "README.md"))
TEXT = " ".join(PAGE.split())
CURVES = pd.concat(
    [pd.read_csv(path) for path in ("metrics/voices/enrolment.csv", "experiments/opensmile/enrolment.csv")]
)
UARS = CURVES.pivot_table(index=["corpus", "clips"], columns="method", values="uar")
NAMES = {
    "voice": "**a voice**",
    "network": "the network",
    "mfcc_logistic": "logistic regression on averaged MFCCs",
    "egemaps_logistic": "logistic regression on eGeMAPS",
}


def test_the_curves():
    clips = params.load("voices.enrolment", EnrolmentSettings).clips
    expected = []
    for corpus in sorted(CURVES["corpus"].unique()):
        for method, name in NAMES.items():
            uars = [UARS.loc[(corpus, count), method] for count in clips]
            cells = ["-" if pd.isna(uar) else f"{uar:.3f}" for uar in uars]
            expected.append([description.load(corpus).acronym, name, *cells])
    assert table(PAGE, "| corpus | method |") == expected


def test_a_voice_beats_both_regressions_everywhere():
    enrolled = UARS.drop(index=0, level="clips")
    lead = enrolled["voice"] - enrolled[["mfcc_logistic", "egemaps_logistic"]].max(axis=1)
    assert f"by {lead.min():.2f} (TESS) to {lead.max():.2f} (CREMA-D)" in TEXT
    assert lead.min() > 0 and lead.groupby("clips").mean().min() > 0.03
    assert (lead.idxmin()[0], lead.idxmax()[0]) == ("tess", "crema-d")


def test_every_clip_helps():
    curves = UARS["voice"].unstack()
    assert (curves.diff(axis=1).drop(columns=0) >= -0.001).all(axis=None)


def test_the_probabilities_can_be_trusted():
    voice = CURVES[CURVES["method"] == "voice"]
    largest = voice["ece"][voice["clips"] > 0].max()
    assert largest < 0.1
    assert f"the ECE is at most {largest:.3f} on every" in TEXT
    without = voice.set_index(["corpus", "clips"]).loc[("savee", 0), "ece"]
    assert f"also on SAVEE (without: {without:.3f})" in TEXT


@pytest.mark.parametrize("corpus", ["crema-d", "emodb", "ravdess", "tess", "savee"])
def test_the_readme_has_the_figures(corpus):
    assert f"{UARS.loc[(corpus, 5), 'voice']:.3f} on {description.load(corpus).acronym}" in " ".join(README.split())


def test_what_was_tried():
    tried = pd.read_csv("experiments/enrolment/tried.csv")
    known, new = (tried[tried["corpora"] == name].set_index("method") for name in tried["corpora"].unique())
    expected = [
        [name, *(f"{rows.loc[name, column]:.3f}" for rows in (known, new) for column in ("uar_1", "uar_5"))]
        for name in known.index
    ]
    assert table(PAGE, "| method | known corpora") == expected


def test_how_long_it_takes():
    measured = json.loads(Path("benchmarks/enrolment.json").read_text())
    assert measured["clips"] == 35 and measured["enroll_s"] < 2
    assert f"Enrolling 35 clips takes {measured['enroll_s']:.1f} s" in TEXT
    assert measured["longer_with_a_voice_ms"] < 0.2


def test_what_a_voice_promises():
    found = (
        pd.read_csv("metrics/voices/enrolment_estimates.csv").query("clips in (2, 5)").sort_values(["corpus", "clips"])
    )
    expected = [
        [
            description.load(row.corpus).acronym,
            str(row.clips),
            f"{row.estimate:.2f}",
            f"{row.uar:.2f}",
            f"{row.inside:.0%}",
        ]
        for row in found.itertuples()
    ]
    assert table(PAGE, "| corpus | clips | promised") == expected
