import pandas as pd
import pytest

from speech_emotion.evaluation import seeds

UAR = {("random", 1): 0.9, ("random", 2): 1.0, ("speaker-1", 1): 0.6, ("speaker-1", 2): 0.8}
UAR |= {("speaker-2", 2): 0.6, ("speaker-2", 1): 0.8}
OTHERS = {"accuracy": 0.5, "macro_f1": 0.5, "ece": 0.1, "ece_uncalibrated": 0.2, "clips": 80}
TABLE = pd.DataFrame([seeds.seed_row(protocol, seed, OTHERS | {"uar": uar}) for (protocol, seed), uar in UAR.items()])


def test_the_speaker_protocols_are_averaged_seed_by_seed():
    summary = seeds.summarize_seeds(TABLE).set_index("protocol")
    assert summary.loc["speakers", "uar_mean"] == pytest.approx(0.7)
    assert summary.loc["speakers", "uar_std"] == pytest.approx(0)
    assert summary.loc["speaker-1", "uar_mean"] == pytest.approx(0.7)
    assert summary.loc["speaker-1", "uar_std"] == pytest.approx(0.1 * 2**0.5)
    assert summary.loc["random", "ece_mean"] == pytest.approx(0.1)


def test_the_few_numbers_are_those_of_unseen_speakers():
    assert seeds.unseen_speakers(seeds.summarize_seeds(TABLE)) == {"uar": 0.7, "ece": 0.1}


def test_without_a_speaker_protocol_nothing_is_known_about_unseen_speakers():
    summary = seeds.summarize_seeds(TABLE[TABLE["protocol"] == "random"])
    assert list(summary["protocol"]) == ["random"]
    assert seeds.unseen_speakers(summary) == {}
