import numpy as np
import pandas as pd
import pytest

from speech_emotion.dataset.partitions import Partition
from speech_emotion.evaluation import known_speakers
from speech_emotion.evaluation.metrics import EvaluateSettings

SETTINGS = EvaluateSettings(bootstrap_samples=200, confidence_level=0.95, calibration_bins=10)
LABELS = ["anger", "fear"]


def predictions() -> pd.DataFrame:
    """Speakers A to F say two sentences in two emotions. With a single clip, fear is recognized of F only."""
    clips = pd.DataFrame(
        [
            (f"{speaker}{word}{actual}", speaker, word, actual, "female" if speaker < "D" else "male")
            for speaker in "ABCDEF"
            for word in ("new", "old")
            for actual in LABELS
        ],
        columns=["clip", "speaker", "word", "actual", "sex"],
    )
    is_right = {"single": clips["speaker"] == "F", "known": pd.Series(True, clips.index)}
    return pd.concat([predict(clips, right).assign(statistics=name) for name, right in is_right.items()])


def predict(clips: pd.DataFrame, is_right: pd.Series) -> pd.DataFrame:
    """Predict the right emotion, or else anger, with a probability of 0.9."""
    predicted = clips["actual"].where(is_right, "anger")
    anger = np.where(predicted == "anger", 0.9, 0.1)
    return clips.assign(predicted=predicted, anger=anger, fear=1 - anger, corpus="tiny")


def marked() -> pd.DataFrame:
    return known_speakers.by_unseen(predictions(), trained_speakers={"A"}, trained_sentences={"old"})


def test_clips_are_of_unseen_speakers_or_of_unseen_sentences():
    table = marked()
    table = table[table["statistics"] == "single"]
    speakers = table.groupby("unseen")["speaker"].unique().map(set).to_dict()
    assert speakers == {"speakers": set("BCDEF"), "sentences": {"A"}, "speakers and sentences": set("BCDEF")}
    assert set(table["word"][table["unseen"] == "speakers and sentences"]) == {"new"}
    assert len(table) == 24 + 10  # the clips with both are there twice


def test_a_corpus_of_new_sentences_alone_is_there_once():
    assert set(known_speakers.by_unseen(predictions(), set(), set())["unseen"]) == {"speakers"}


def test_scores_by_what_is_unseen():
    scores = known_speakers.score_by_corpus(marked(), LABELS, SETTINGS, seed=1)
    single = scores[scores["statistics"] == "single"].set_index("unseen")
    assert single.loc["speakers", "uar"] == pytest.approx((1 + 1 / 5) / 2)
    assert single.loc["speakers", "sentences_trained"] == 0.5
    low, high = single.loc["speakers", ["uar_low", "uar_high"]]
    assert low == 0.5 and 0.6 < high < 0.9  # F is drawn never, or up to three times of five
    assert np.isnan(single.loc["sentences", "uar_low"])  # of a single speaker


def test_recall_by_sex_is_of_unseen_speakers():
    recalls = known_speakers.recall_by_sex(marked())
    fear = recalls[(recalls["emotion"] == "fear") & (recalls["statistics"] == "single")]
    assert fear.set_index("sex")["recall"].to_dict() == pytest.approx({"female": 0, "male": 1 / 3})
    assert fear["clips"].to_list() == [4, 6]


def test_main_scores_are_means_over_corpora_of_unseen_speakers():
    scores = known_speakers.score_by_corpus(marked(), LABELS, SETTINGS, seed=1)
    other = scores.assign(corpus="other", uar=0.0, ece=0.0)
    main = known_speakers.main_scores(pd.concat([scores, other]))
    # All predictions have 0.9. Of fear 1 in 5 is right, or all are.
    single_ece, known_ece = abs(0.6 - 0.9), abs(1 - 0.9)
    assert main == {
        "clips": 40,
        "uar": pytest.approx((0.6 + 1) / 4),
        "uar_single_clip": pytest.approx(0.6 / 2),
        "uar_known_speaker": pytest.approx(1 / 2),
        "ece": pytest.approx((single_ece + known_ece) / 4),
    }


def test_a_first_corpus_without_an_emotion_hides_no_recall():
    fearless = marked().query("actual == 'anger'").assign(corpus="fearless")
    scores = known_speakers.score_by_corpus(pd.concat([fearless, marked()]), LABELS, SETTINGS, seed=1)
    assert scores.groupby("corpus")["recall.fear"].count().to_dict() == {"fearless": 0, "tiny": 6}


def test_single_is_the_clip_alone_and_known_has_ten_others_of_the_speaker():
    generator = np.random.default_rng(0)
    speakers = ["A"] * 15 + ["B"] * 15
    offsets = [0] * 15 + [100] * 15
    sequences = [(offset + generator.normal(size=(4, 2))).astype(np.float32) for offset in offsets]
    names = [str(number) for number in range(30)]
    clips = pd.DataFrame({"clip": names, "speaker": speakers, "word": "a", "emotion": "fear", "corpus": "x", "sex": ""})
    seen = []

    def predict_evenly(part: Partition) -> np.ndarray:
        seen.append(part.speaker_statistics)
        return np.log(np.full((len(part), 2), 0.5))

    test = Partition(names, sequences, np.zeros(30, int), speakers)
    table = known_speakers.predict_by_clips_heard(clips, test, predict_evenly, LABELS, np.zeros(5), seed=1)
    single, known = seen
    assert list(table["statistics"].unique()) == ["single", "known"]
    np.testing.assert_allclose(single[:, 0], [sequence.mean(axis=0) for sequence in sequences], rtol=1e-4)
    assert (np.abs(known[:, 0] - np.array(offsets)[:, None]) < 1).all()
    assert (np.abs(known - single).max(axis=(1, 2)) > 0.01).all()
