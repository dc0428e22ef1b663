"""When to say "unsure": below which probability, how often that is, and how often the other predictions are right."""

import numpy as np
import pandas as pd

RIGHT = 2 / 3  # at least so many of the predictions that are not called unsure should be right
SURE = 0.1  # at least so many of the clips of each corpus should not be called unsure
STEP = 0.01


def choose_threshold(predictions: pd.DataFrame, labels: list[str]) -> float:
    """Return the lowest threshold, a multiple of STEP, at which the other predictions are right often enough.

    They must be so in every corpus and with every kind of statistics. If no threshold is enough, return the highest
    that leaves enough clips of each.

    Args:
        predictions: of people who were not trained on, with the columns corpus, statistics, actual, predicted, and one
            of probabilities per label.
    """
    confidence = predictions[labels].max(axis=1)
    highest = confidence.groupby([predictions["corpus"], predictions["statistics"]]).quantile(1 - SURE).min()
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
