"""Mean UAR of every corpus by number of enrolled clips, with an interval over people."""

import numpy as np
import pandas as pd

from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.known_speakers import FEWEST_SPEAKERS
from speech_emotion.evaluation.metrics import EvaluateSettings

COLUMNS = ["corpus", "speakers", "clips", "method", "uar", "uar_low", "uar_high", "ece"]


def summarize(predictions: pd.DataFrame, methods: list[str], settings: EvaluateSettings, seed: int) -> pd.DataFrame:
    """Return a row for every corpus, number of clips and method: COLUMNS.

    The UAR is the mean over people and draws. The interval shows how much it depends on the choice of people; it is
    empty for fewer than FEWEST_SPEAKERS. The ECE is over all tested clips, and empty for a method without confidences.

    Args:
        predictions: corpus, speaker, draw, clips, actual, a column of classes for each method, and confidence_<method>
            for some. A method that predicts nothing for a number of clips is -1 there.
        seed: for the intervals.
    """
    rows = []
    for (corpus, clips), part in predictions.groupby(["corpus", "clips"], sort=False):
        for method in methods:
            if (part[method] < 0).any():
                continue
            by_person = uar_by_person(part, method)
            row = {"corpus": corpus, "speakers": len(by_person), "clips": clips, "method": method}
            row["uar"] = by_person.mean()
            if len(by_person) >= FEWEST_SPEAKERS:
                row["uar_low"], row["uar_high"] = _interval(by_person.to_numpy(), settings, seed)
            if f"confidence_{method}" in part:
                is_correct = part[method] == part["actual"]
                bins = metrics.reliability(part[f"confidence_{method}"], is_correct, settings.calibration_bins)
                row["ece"] = metrics.ece(bins)
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def check_estimates(predictions: pd.DataFrame) -> pd.DataFrame:
    """Compare what a voice promises with what it reaches on the person's other sentences.

    Args:
        predictions: as for `summarize`, with the columns estimate, estimate_low and estimate_high.

    Returns:
        A row for every corpus and number of clips: the means of estimate and uar, and `inside`, the fraction of draws
        in which the person's UAR, the mean over draws, is in the range.
    """
    promised = predictions[predictions["estimate"].notna()]
    rows = []
    for (corpus, clips), part in promised.groupby(["corpus", "clips"], sort=False):
        draws = part.groupby(["speaker", "draw"])[["estimate", "estimate_low", "estimate_high"]].first()
        reached = uar_by_person(part, "voice").reindex(draws.index.get_level_values("speaker")).to_numpy()
        inside = (draws["estimate_low"] <= reached) & (reached <= draws["estimate_high"])
        row = {"corpus": corpus, "clips": clips, "estimate": draws["estimate"].mean(), "uar": reached.mean()}
        rows.append(row | {"inside": inside.mean()})
    return pd.DataFrame(rows, columns=["corpus", "clips", "estimate", "uar", "inside"])


def uar_by_person(part: pd.DataFrame, method: str) -> pd.Series:
    """Return the mean UAR over draws of every speaker."""
    is_correct = (part[method] == part["actual"]).rename("recall")
    recalls = is_correct.groupby([part["speaker"], part["draw"], part["actual"]]).mean()
    return recalls.groupby(["speaker", "draw"]).mean().groupby("speaker").mean()


def _interval(uars: np.ndarray, settings: EvaluateSettings, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    samples = generator.choice(uars, (settings.bootstrap_samples, len(uars)))
    tail = (1 - settings.confidence_level) / 2
    return np.quantile(samples.mean(axis=1), [tail, 1 - tail])
