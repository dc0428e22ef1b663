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


def score_by_corpus(
    clips: pd.DataFrame,
    test: Partition,
    predict: Callable[[Partition], np.ndarray],
    labels: list[str],
    prior: np.ndarray,
    bins: int,
    seed: int,
) -> pd.DataFrame:
    """Return the scores of `metrics.point_scores` for every corpus and every key of CLIPS_HEARD (column `statistics`).

    Args:
        clips: the rows of the collection's clip table, in the order of `test`.
        predict: from a partition with speaker statistics to log probabilities, (clips, labels).
        prior: see `speaker_statistics.average_speaker`.
        bins: see `metrics.reliability`.
        seed: for the choice of the other clips.
    """
    speakers = SpeakerStatistics(test, prior)
    rows = []
    for condition, count in CLIPS_HEARD.items():
        statistics = speakers.of_clips(range(len(test)), count, np.random.default_rng(seed))
        log_probabilities = predict(replace(test, speaker_statistics=statistics))
        predictions = metrics.prediction_table(clips, labels, log_probabilities)
        for corpus, part in predictions.groupby(clips["corpus"]):
            scores = metrics.point_scores(part, labels, bins)
            rows.append({"corpus": corpus, "statistics": condition, **scores})
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
