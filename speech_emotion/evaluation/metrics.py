"""How good are the predictions, how sure is that, and does the model know when it is wrong?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from speech_emotion.core.errors import UserError, require


@dataclass(frozen=True)
class EvaluateSettings:
    """The section `evaluate` of params.yaml, where each key is explained."""

    resamples: int = 2000
    confidence: float = 0.95
    bins: int = 10

    def __post_init__(self):
        require(self.resamples >= 1, f"evaluate.resamples is {self.resamples}; expected 1 or more")
        require(0 < self.confidence < 1, f"evaluate.confidence is {self.confidence}; expected between 0 and 1")
        require(self.bins >= 1, f"evaluate.bins is {self.bins}; expected 1 or more")


def prediction_table(clips: pd.DataFrame, labels: list[str], log_probabilities: np.ndarray) -> pd.DataFrame:
    """Return what was predicted for each clip: clip, speaker, word, actual, predicted, then a probability a label.

    Args:
        clips: rows of the clip table.
        labels: the emotion of each class.
        log_probabilities: of shape (clips, labels), rows in the order of `clips`.

    Raises:
        UserError: there is no clip, or one has an emotion that the model does not know.
    """
    unknown = sorted(set(clips["emotion"]) - set(labels))
    require(len(clips) > 0, "no clip to evaluate; expected at least one")
    require(not unknown, f"clips of {', '.join(unknown)}; the model knows {', '.join(labels)}: train it on this corpus")
    table = clips[["clip", "speaker", "word"]].assign(
        actual=clips["emotion"], predicted=np.array(labels)[log_probabilities.argmax(axis=1)]
    )
    probabilities = pd.DataFrame(np.exp(log_probabilities.astype(float)), columns=labels, index=clips.index)
    return pd.concat([table, probabilities], axis=1)


def summarize(
    table: pd.DataFrame, labels: list[str], settings: EvaluateSettings, seed: int, temperature: float = 1.0
) -> dict[str, float]:
    """Return every number of a table of `predictions`, flat, by the names that `dvc metrics show` prints.

    Args:
        temperature: that the probabilities were calibrated with, to report the calibration error without it as well.

    Raises:
        UserError: all clips are of one word (see `bootstrap`).
    """
    actual, predicted = table["actual"], table["predicted"]
    intervals = bootstrap(actual, predicted, table["word"], settings, seed)
    lows = {f"{name}_low": low for name, (low, _) in intervals.items()}
    highs = {f"{name}_high": high for name, (_, high) in intervals.items()}
    top, uncalibrated = table[labels].max(axis=1), table[labels] ** temperature
    uncalibrated = uncalibrated.div(uncalibrated.sum(axis=1), axis=0)
    return {
        "uar": uar(actual, predicted),
        "accuracy": float(accuracy_score(actual, predicted)),
        "macro_f1": macro_f1(actual, predicted),
        "ece": ece(reliability(top, actual == predicted, settings.bins)),
        "ece_uncalibrated": ece(reliability(uncalibrated.max(axis=1), actual == predicted, settings.bins)),
        "clips": len(table),
        **lows,
        **highs,
        **{f"recall.{label}": value for label, value in recalls(actual, predicted).items()},
    }


def uar(actual: pd.Series, predicted: pd.Series) -> float:
    """Unweighted average recall, 0 to 1: the mean of `recalls`. Chance is 1 / emotions, whatever their shares."""
    return float(np.mean(list(recalls(actual, predicted).values())))


def recalls(actual: pd.Series, predicted: pd.Series) -> dict[str, float]:
    """The share of each emotion's clips that was recognised, 0 to 1; an emotion without clips is left out."""
    present = sorted(set(actual))
    return dict(zip(present, recall_score(actual, predicted, labels=present, average=None).tolist(), strict=True))


def macro_f1(actual: pd.Series, predicted: pd.Series) -> float:
    """The mean F1 of the emotions that have clips, 0 to 1."""
    return float(f1_score(actual, predicted, labels=sorted(set(actual)), average="macro", zero_division=0.0))


def confusion(actual: pd.Series, predicted: pd.Series, labels: list[str]) -> pd.DataFrame:
    """Count clips by actual emotion (rows) and predicted emotion (columns), both in the order of `labels`."""
    return pd.DataFrame(confusion_matrix(actual, predicted, labels=labels), index=labels, columns=labels)


def reliability(top: pd.Series, correct: pd.Series, bins: int) -> pd.DataFrame:
    """Compare how sure the model was with how often it was right, in bins of equal width.

    Args:
        top: the probability of the predicted emotion, a row a clip.
        correct: whether the prediction was right.
        bins: how many; a bin holds the probabilities above `low` up to and including `high`.

    Returns:
        Columns low, high, confidence (the mean of `top`), accuracy, clips; bins without clips are left out.
    """
    edges = np.linspace(0, 1, bins + 1)
    place = np.digitize(top, edges[1:-1], right=True)
    clips = pd.DataFrame({"confidence": np.asarray(top, dtype=float), "accuracy": np.asarray(correct, dtype=float)})
    table = clips.groupby(place).mean().assign(clips=np.bincount(place)[np.unique(place)])
    table.insert(0, "low", edges[table.index])
    table.insert(1, "high", edges[table.index + 1])
    return table.reset_index(drop=True)


def ece(reliability: pd.DataFrame) -> float:
    """Expected calibration error, 0 to 1: the gap between confidence and accuracy, averaged over clips.

    Source: Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599, equation 3.
    """
    gaps = (reliability["accuracy"] - reliability["confidence"]).abs()
    return float(np.average(gaps, weights=reliability["clips"]))


def bootstrap(
    actual: pd.Series, predicted: pd.Series, words: pd.Series, settings: EvaluateSettings, seed: int
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of UAR and accuracy, resampled by word.

    The clips of a word succeed and fail together, so that words are drawn, each with all its clips. The intervals
    say what other words would do; other speakers vary more, and with one or two of them that cannot be estimated.

    Returns:
        {"uar": (low, high), "accuracy": (low, high)}.

    Raises:
        UserError: there are fewer than two words to draw from.
    """
    word, names = pd.factorize(words, sort=True)
    if len(names) < 2:
        raise UserError(f"all clips are of the word {names[0]!r}; an interval over words needs two words or more")
    emotion, emotions = pd.factorize(actual, sort=True)
    totals = np.zeros((2, len(names), len(emotions)))  # (all | recognised, words, emotions)
    np.add.at(totals[0], (word, emotion), 1)
    np.add.at(totals[1], (word, emotion), np.asarray(actual) == np.asarray(predicted))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=settings.resamples)
    clips, hits = drawn @ totals  # (resamples, emotions) each
    recall = np.divide(hits, clips, out=np.full_like(hits, np.nan), where=clips > 0)  # an emotion may not be drawn
    estimates = {"uar": np.nanmean(recall, axis=1), "accuracy": hits.sum(axis=1) / clips.sum(axis=1)}
    tails = (1 - settings.confidence) / 2
    return {name: tuple(np.quantile(values, [tails, 1 - tails]).tolist()) for name, values in estimates.items()}
