"""When to say "unsure": below which probability, how often that is, and how often the other predictions are right."""

import numpy as np
import pandas as pd

RIGHT = 2 / 3  # at least so many of the predictions that are not called unsure should be right
STEP = 0.01


def choose_threshold(predictions: pd.DataFrame, labels: list[str]) -> float:
    """Return the lowest threshold at which the other predictions are right often enough, in every corpus.

    Args:
        predictions: of people who were not trained on, with the columns corpus, statistics, actual, predicted, and one
            of probabilities per label. They must be right often enough with every kind of statistics.

    Returns:
        0 to 1, a multiple of STEP. The highest threshold that some clip of every corpus reaches, if none is enough.
    """
    confidence = predictions[labels].max(axis=1)
    highest = confidence.groupby([predictions["corpus"], predictions["statistics"]]).max().min()
    candidates = np.arange(0, highest, STEP).round(2)
    for threshold in candidates:
        if by_corpus(predictions, labels, threshold)["right"].min() >= RIGHT:
            return float(threshold)
    return float(candidates[-1])


def by_corpus(predictions: pd.DataFrame, labels: list[str], threshold: float) -> pd.DataFrame:
    """Return `unsure_scores` for every corpus and kind of statistics: columns corpus, statistics, unsure, right."""
    groups = predictions.groupby(["corpus", "statistics"])
    rows = [
        dict(zip(("corpus", "statistics"), group, strict=True)) | unsure_scores(part, labels, threshold)
        for group, part in groups
    ]
    return pd.DataFrame(rows)


def unsure_scores(predictions: pd.DataFrame, labels: list[str], threshold: float) -> dict[str, float]:
    """Return `unsure`, the share of clips below the threshold, and `right`, the share of the others that are right.

    `right` is NaN if all clips are below the threshold.
    """
    is_sure = predictions[labels].max(axis=1) >= threshold
    is_right = predictions["actual"] == predictions["predicted"]
    return {"unsure": float(1 - is_sure.mean()), "right": float(is_right[is_sure].mean())}
