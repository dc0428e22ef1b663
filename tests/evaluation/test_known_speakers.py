import numpy as np
import pandas as pd
import pytest

from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings

SETTINGS = EvaluateSettings(bootstrap_samples=200, confidence_level=0.95, calibration_bins=10)
LABELS = ["anger", "fear"]


def predictions() -> pd.DataFrame:
    """Speakers A to D say two sentences in two emotions; of every speaker but D the fear is not recognized."""
    rows = [
        (f"{speaker}{word}{actual}", speaker, word, actual, actual if speaker == "D" else "anger", sex)
        for speaker, sex in zip("ABCD", ["female", "female", "male", "male"], strict=True)
        for word in ("new", "old")
        for actual in LABELS
    ]
    table = pd.DataFrame(rows, columns=["clip", "speaker", "word", "actual", "predicted", "sex"])
    is_anger = table["predicted"] == "anger"
    table = table.assign(anger=np.where(is_anger, 0.9, 0.1), fear=np.where(is_anger, 0.1, 0.9), corpus="tiny")
    return pd.concat([table.assign(statistics=condition) for condition in ("single", "known")])


def marked() -> pd.DataFrame:
    return known_speakers.by_unseen(predictions(), heard_speakers={"A"}, heard_sentences={"old"})


def test_clips_are_of_unseen_speakers_or_of_unseen_sentences():
    table = marked()
    table = table[table["statistics"] == "single"]
    speakers = table.groupby("unseen")["speaker"].unique().map(set).to_dict()
    assert speakers == {"speakers": set("BCD"), "sentences": {"A"}, "speakers and sentences": set("BCD")}
    assert set(table["word"][table["unseen"] == "speakers and sentences"]) == {"new"}
    assert len(table) == 16 + 6  # the clips with both are there twice


def test_a_corpus_of_new_sentences_alone_is_there_once():
    assert set(known_speakers.by_unseen(predictions(), set(), set())["unseen"]) == {"speakers"}


def test_scores_by_what_is_unseen():
    scores = known_speakers.score_by_corpus(marked(), LABELS, SETTINGS, seed=1)
    single = scores[scores["statistics"] == "single"].set_index("unseen")
    assert single.loc["speakers", "uar"] == pytest.approx((1 + 1 / 3) / 2)
    assert single.loc["speakers", "sentences_heard"] == 0.5
    assert single.loc["speakers", ["uar_low", "uar_high"]].to_list() == [0.5, 1.0]  # from speakers like B, and like D
    assert np.isnan(single.loc["sentences", "uar_low"])  # of a single speaker


def test_recall_by_sex_is_of_unseen_speakers():
    recalls = known_speakers.recall_by_sex(marked())
    fear = recalls[(recalls["emotion"] == "fear") & (recalls["statistics"] == "single")]
    assert fear.set_index("sex")["recall"].to_dict() == {"female": 0.0, "male": 0.5}
    assert fear["clips"].to_list() == [2, 4]


def test_main_scores_are_means_over_corpora_of_unseen_speakers():
    scores = known_speakers.score_by_corpus(marked(), LABELS, SETTINGS, seed=1)
    other = scores.assign(corpus="other", uar=0.0, ece=0.0)
    main = known_speakers.main_scores(pd.concat([scores, other]))
    assert main["uar"] == main["uar_single_clip"] == main["uar_known_speaker"] == pytest.approx(1 / 3, abs=1e-3)
