"""What the verdict is for planted overlaps."""

import pytest

from speech_emotion.splits.audit import compare_partitions
from speech_emotion.splits.leakage import SHARED_PROPERTIES


def verdict(table):
    return compare_partitions(table)["verdict"]


@pytest.mark.parametrize(
    ("property", "summary"),
    [
        (None, "speaker-independent, word-independent"),
        ("file", "leakage"),
        ("original clip", "leakage"),
        ("speaker, word and emotion", "leakage"),
        ("speaker", "partly speaker-dependent, word-independent"),
        ("word", "speaker-independent, partly word-dependent"),
    ],
)
def test_the_summary_follows_the_worst_overlap(clean_split, property, summary):
    columns = SHARED_PROPERTIES.get(property, [])
    clean_split.loc[clean_split.index[-1], columns] = clean_split.loc[1, columns]
    assert verdict(clean_split)["summary"].startswith(summary)


def test_the_summary_says_if_all_or_no_speakers_are_known_from_training(clean_split):
    assert verdict(clean_split.assign(speaker="a"))["summary"] == "speaker-dependent, word-independent"
    assert verdict(clean_split.assign(speaker=""))["summary"] == "speakers unknown, word-independent"


def test_unknown_values_do_not_hide_a_leak(clean_split):
    clean_split.loc[[0, clean_split.index[-1]], "sha256"] = "same"
    clean_split.loc[5, "sha256"] = ""
    found = verdict(clean_split)
    assert found["summary"].startswith("leakage")
    assert any("Not known for all clips" in reason for reason in found["reasons"])
