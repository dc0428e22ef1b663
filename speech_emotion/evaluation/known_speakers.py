"""Scores on a collection by corpus, from a single clip and with other clips of the speaker known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.dataset import partitions
from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics
from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.metrics import EvaluateSettings

# Number of clips that the speaker's statistics are from: the clip itself, and ten others.
CLIPS_HEARD = {"single": 1, "known": 11}
FEWEST_SPEAKERS = 5  # for an interval: fewer do not show how much speakers differ
# What the network has not heard in training, in the column `unseen`.
SPEAKERS, SENTENCES, BOTH = "speakers", "sentences", "speakers and sentences"


def evaluate(
    clips: pd.DataFrame,
    features: dict[str, np.ndarray],
    predict: Callable[[Partition], np.ndarray],
    prior: np.ndarray,
    settings: EvaluateSettings,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Test a network on the clips of a protocol that are tested, and return `by_unseen` and `score_by_corpus`.

    Args:
        clips: the collection's clip table with the partitions of the protocol.
        features: {clip: float32 (frames, coefficients)}.
        predict: from a partition with speaker statistics to log probabilities, (clips, labels).
        prior: see `core.moments.statistics`.
        seed: for the choice of the other clips, and for the intervals.
    """
    labels = clip_table.label_order(clips)
    tested, trained = partitions.tested_clips(clips)
    test_partition = partitions.sequences_of(tested, labels, features)
    predictions = predict_by_clips_heard(tested, test_partition, predict, labels, prior, seed)
    predictions = by_unseen(predictions, set(trained["speaker"]), set(trained["word"]))
    return predictions, score_by_corpus(predictions, labels, settings, seed)


def predict_by_clips_heard(
    clips: pd.DataFrame,
    test: Partition,
    predict: Callable[[Partition], np.ndarray],
    labels: list[str],
    prior: np.ndarray,
    seed: int,
) -> pd.DataFrame:
    """Return `metrics.prediction_table` of all clips for every key of CLIPS_HEARD, with corpus, sex and statistics.

    Args:
        clips: the rows of the collection's clip table, in the order of `test`.
        predict: from a partition with speaker statistics to log probabilities, (clips, labels).
        prior: see `core.moments.statistics`.
        seed: for the choice of the other clips.
    """
    speakers = SpeakerStatistics(test, prior)
    parts = []
    for condition, count in CLIPS_HEARD.items():
        statistics = speakers.of_clips(range(len(test)), count, np.random.default_rng(seed))
        log_probabilities = predict(replace(test, speaker_statistics=statistics))
        table = metrics.prediction_table(clips, labels, log_probabilities)
        parts.append(table.assign(corpus=clips["corpus"], sex=clips["sex"], statistics=condition))
    return pd.concat(parts)


def by_unseen(predictions: pd.DataFrame, trained_speakers: set[str], trained_sentences: set[str]) -> pd.DataFrame:
    """Return the predictions with the columns `unseen` and `sentence_trained`.

    The clip of a new speaker with a new sentence has two rows, one of them among BOTH. Of a corpus that has only such
    clips there are no rows of BOTH.
    """
    new_speaker = ~predictions["speaker"].isin(trained_speakers)
    new_sentence = ~predictions["word"].isin(trained_sentences)
    corpora_with_both = set(predictions["corpus"][new_speaker & ~new_sentence])
    both = predictions[new_speaker & new_sentence & predictions["corpus"].isin(corpora_with_both)]
    first = predictions.assign(unseen=np.where(new_speaker, SPEAKERS, SENTENCES), sentence_trained=~new_sentence)
    return pd.concat([first, both.assign(unseen=BOTH, sentence_trained=False)])


def score_by_corpus(
    predictions: pd.DataFrame, labels: list[str], settings: EvaluateSettings, seed: int
) -> pd.DataFrame:
    """Return a row of scores for every corpus, every kind of unseen clips, and every key of CLIPS_HEARD.

    Columns: corpus, unseen, statistics, speakers (their number), `metrics.point_scores`, the ends of an interval that
    shows how much the UAR depends on the choice of speakers (uar_low and uar_high, empty for fewer than
    FEWEST_SPEAKERS), and
    sentences_trained, the fraction of the clips whose sentence was heard in training.

    Args:
        predictions: from `by_unseen`.
        seed: for the intervals.
    """
    rows = []
    for (corpus, unseen, condition), part in predictions.groupby(["corpus", "unseen", "statistics"], sort=False):
        scores = metrics.point_scores(part, labels, settings.calibration_bins)
        del scores["ece_uncalibrated"]  # needs the temperature, and a summary joins networks with several
        scores["sentences_trained"] = float(part["sentence_trained"].mean())
        speakers = part["speaker"].nunique()
        if speakers >= FEWEST_SPEAKERS:
            interval = metrics.bootstrap(part["actual"], part["predicted"], part["speaker"], settings, seed)["uar"]
            scores |= {"uar_low": interval[0], "uar_high": interval[1]}
        rows.append({"corpus": corpus, "unseen": unseen, "statistics": condition, "speakers": speakers, **scores})
    columns = ["corpus", "unseen", "statistics", "speakers", "clips", "sentences_trained", "uar", "uar_low", "uar_high"]
    table = pd.DataFrame(rows)
    others = [name for name in table if name not in columns]
    return table.reindex(columns=[*columns, *others]).sort_values(
        ["unseen", "corpus"], kind="stable", ignore_index=True
    )


def recall_by_sex(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the recall of every emotion of unseen speakers by corpus and sex.

    Columns: corpus, statistics, sex, emotion, clips, recall. `predictions` are from `by_unseen`.
    """
    rows = predictions[predictions["unseen"] == SPEAKERS]
    is_correct = (rows["actual"] == rows["predicted"]).rename("recall")
    groups = [rows["corpus"], rows["statistics"], rows["sex"], rows["actual"].rename("emotion")]
    return is_correct.groupby(groups).agg(["size", "mean"]).set_axis(["clips", "recall"], axis=1).reset_index()


def main_scores(scores: pd.DataFrame) -> dict[str, float]:
    """Return the means over corpora for unseen speakers: uar_single_clip, uar_known_speaker, and uar and ece over both.

    `clips` is the number of clips. `scores` are from `score_by_corpus`. The figures have three decimals.
    """
    speakers = scores[scores["unseen"] == SPEAKERS]
    means = speakers.groupby("statistics")[["uar", "ece"]].mean()
    return {
        "clips": int(speakers["clips"][speakers["statistics"] == "single"].sum()),
        "ece": round(float(means["ece"].mean()), 3),
        "uar": round(float(means["uar"].mean()), 3),
        "uar_single_clip": round(float(means.loc["single", "uar"]), 3),
        "uar_known_speaker": round(float(means.loc["known", "uar"]), 3),
    }
