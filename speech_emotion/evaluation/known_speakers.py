"""Scores by corpus, from a single clip and with other clips of the speaker known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics
from speech_emotion.evaluation import metrics

# Number of clips that the speaker's statistics are from: the clip itself, and ten others.
CLIPS_HEARD = {"single": 1, "known": 11}


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
        prior: see `speaker_statistics.average_speaker`.
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


def score_by_corpus(predictions: pd.DataFrame, labels: list[str], bins: int) -> pd.DataFrame:
    """Return `metrics.point_scores` of every corpus and every key of CLIPS_HEARD, in the columns corpus and statistics.

    `predictions` are from `predict_by_clips_heard`; `bins`: see `metrics.reliability`.
    """
    rows = []
    for condition in CLIPS_HEARD:
        heard = predictions[predictions["statistics"] == condition]
        for corpus, part in heard.groupby("corpus"):
            rows.append({"corpus": corpus, "statistics": condition, **metrics.point_scores(part, labels, bins)})
    return pd.DataFrame(rows)


def main_scores(scores: pd.DataFrame) -> dict[str, float]:
    """Return the means over corpora: uar_single_clip, uar_known_speaker, and uar and ece over both, rounded."""
    means = scores.groupby("statistics")[["uar", "ece"]].mean()
    return {
        "ece": round(means["ece"].mean(), 3),
        "uar": round(means["uar"].mean(), 3),
        "uar_single_clip": round(means.loc["single", "uar"], 3),
        "uar_known_speaker": round(means.loc["known", "uar"], 3),
    }
