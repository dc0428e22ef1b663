"""Metrics of predictions: recall, accuracy, F1, calibration error, and bootstrap confidence intervals."""

import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from speech_emotion.core.errors import UserError
from speech_emotion.core.params import Section

Labels = pd.Series | np.ndarray  # one per clip: emotions, or indices into the label order


class EvaluateSettings(Section):
    """The section `evaluate` of params.yaml, where each key is explained."""

    bootstrap_samples: int = Field(ge=1)
    confidence_level: float = Field(gt=0, lt=1)
    calibration_bins: int = Field(ge=1)


def prediction_table(clips: pd.DataFrame, labels: list[str], log_probabilities: np.ndarray) -> pd.DataFrame:
    """Return one row per clip: clip, speaker, word, actual, predicted, then one column of probabilities per label.

    `log_probabilities` are (clips, labels), with rows in the order of `clips`, which are rows of the clip table.
    """
    predicted = np.array(labels)[log_probabilities.argmax(axis=1)]
    table = clips[["clip", "speaker", "word"]].assign(actual=clips["emotion"], predicted=predicted)
    probabilities = pd.DataFrame(np.exp(log_probabilities.astype(float)), columns=labels, index=clips.index)
    return pd.concat([table, probabilities], axis=1)


def summarize(
    table: pd.DataFrame, labels: list[str], settings: EvaluateSettings, seed: int, temperature: float = 1.0
) -> dict[str, float]:
    """Return the scores of `point_scores`, and the ends of the intervals of `bootstrap`: {uar,accuracy}_{low,high}.

    `seed` is that of the bootstrap. Raises UserError as `bootstrap` does.
    """
    scores = point_scores(table, labels, settings.calibration_bins, temperature)
    intervals = bootstrap(table["actual"], table["predicted"], table["word"], settings, seed)
    for name, (low, high) in intervals.items():
        scores[f"{name}_low"] = low
        scores[f"{name}_high"] = high
    return scores


def point_scores(table: pd.DataFrame, labels: list[str], bins: int, temperature: float = 1.0) -> dict[str, float]:
    """Return all scores without intervals: clips, uar, accuracy, macro_f1, ece, ece_uncalibrated, and recall.<label>.

    `table` is from `prediction_table`, `bins` see `reliability`; `ece_uncalibrated` is computed without `temperature`.
    """
    actual = table["actual"]
    predicted = table["predicted"]
    calibrated = table[labels]
    powers = calibrated**temperature
    uncalibrated = powers.div(powers.sum(axis=1), axis=0)
    return {
        "clips": len(table),
        "uar": uar(actual, predicted),
        "accuracy": float(accuracy_score(actual, predicted)),
        "macro_f1": macro_f1(actual, predicted),
        "ece": ece(reliability(calibrated.max(axis=1), actual == predicted, bins)),
        "ece_uncalibrated": ece(reliability(uncalibrated.max(axis=1), actual == predicted, bins)),
    } | {f"recall.{label}": recall for label, recall in recalls(actual, predicted).items()}


def uar(actual: Labels, predicted: Labels) -> float:
    """Unweighted average recall, 0 to 1: the mean of `recalls`. Chance level is 1 / number of emotions."""
    return float(np.mean(list(recalls(actual, predicted).values())))


def recalls(actual: Labels, predicted: Labels) -> dict[str, float]:
    """Recall of each emotion, 0 to 1. Emotions without clips are left out."""
    present = sorted(set(actual))
    return dict(zip(present, recall_score(actual, predicted, labels=present, average=None).tolist(), strict=True))


def macro_f1(actual: pd.Series, predicted: pd.Series) -> float:
    """Mean F1 score of the emotions that have clips, 0 to 1."""
    return float(f1_score(actual, predicted, labels=sorted(set(actual)), average="macro", zero_division=0.0))


def confusion(actual: pd.Series, predicted: pd.Series, labels: list[str]) -> pd.DataFrame:
    """Number of clips by actual emotion (rows) and predicted emotion (columns), both in the order of `labels`."""
    return pd.DataFrame(confusion_matrix(actual, predicted, labels=labels), index=labels, columns=labels)


def reliability(confidence: pd.Series, correct: pd.Series, bins: int) -> pd.DataFrame:
    """Compare the confidence of each clip with whether its prediction is correct, in `bins` bins of equal width.

    Returns:
        Columns low, high, confidence (mean), accuracy, clips. A bin holds confidences above `low`, up to and including
        `high`. Empty bins are left out.
    """
    edges = np.linspace(0, 1, bins + 1)
    bin_of_clip = np.digitize(confidence, edges[1:-1], right=True)
    clips = pd.DataFrame({"confidence": np.asarray(confidence), "accuracy": np.asarray(correct, dtype=float)})
    grouped = clips.groupby(bin_of_clip)
    table = grouped.mean().assign(clips=grouped.size())
    table.insert(0, "low", edges[table.index])
    table.insert(1, "high", edges[table.index + 1])
    return table.reset_index(drop=True)


def ece(bins: pd.DataFrame) -> float:
    """Expected calibration error, 0 to 1: the gap between confidence and accuracy, averaged over clips.

    `bins` is from `reliability`.

    Source: Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599, equation 3.
    """
    gaps = (bins["accuracy"] - bins["confidence"]).abs()
    return float(np.average(gaps, weights=bins["clips"]))


def bootstrap(
    actual: pd.Series, predicted: pd.Series, groups: pd.Series, settings: EvaluateSettings, seed: int
) -> dict[str, tuple[float, float]]:
    """Return percentile bootstrap intervals, resampled by group: {"uar": (low, high), "accuracy": (low, high)}.

    Errors on clips of the same word or speaker are correlated, so whole groups are drawn. With words as groups, the
    intervals show how much the scores depend on the choice of words, and not how much they depend on the speakers.

    Args:
        groups: the word, or the speaker, of each clip. The name of the series tells which, for the error.

    Raises:
        UserError: all clips are of the same group.
    """
    clips = pd.crosstab(groups, actual)  # (groups, emotions)
    correct = pd.crosstab(groups, actual, values=actual == predicted, aggfunc="sum").fillna(0)
    count = len(clips)
    if count < 2:
        name = groups.name or "group"
        raise UserError(f"all clips have the {name} {clips.index[0]!r}; a confidence interval needs two or more")
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), settings.bootstrap_samples)
    drawn = draws @ clips.to_numpy()  # (samples, emotions)
    hits = draws @ correct.to_numpy(float)
    recall = np.divide(hits, drawn, out=np.full_like(hits, np.nan), where=drawn > 0)  # NaN: no clip was drawn
    estimates = {"uar": np.nanmean(recall, axis=1), "accuracy": hits.sum(axis=1) / drawn.sum(axis=1)}
    tail = (1 - settings.confidence_level) / 2
    return {name: tuple(np.quantile(values, [tail, 1 - tail]).tolist()) for name, values in estimates.items()}
