"""Variation of the scores across random seeds: every protocol is trained with several."""

import pandas as pd

SEED_METRICS = ["uar", "accuracy", "macro_f1", "ece", "ece_uncalibrated"]


def seed_row(protocol: str, seed: int, scores: dict[str, float]) -> dict[str, str | int | float]:
    """Return a row of the table of seeds: protocol, seed, and SEED_METRICS from `metrics.point_scores`."""
    return {"protocol": protocol, "seed": seed} | {name: scores[name] for name in SEED_METRICS}


def summarize_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation over seeds: columns protocol, uar_mean, uar_std, ...

    `table` has rows from `seed_row`, with the same seeds for every protocol, at least two. The protocol "speakers" is
    the mean of the speaker protocols.
    """
    speakers = table[table["protocol"].str.startswith("speaker-")]
    speaker_means = speakers.groupby("seed")[SEED_METRICS].mean().reset_index().assign(protocol="speakers")
    statistics = pd.concat([table, speaker_means]).groupby("protocol")[SEED_METRICS].agg(["mean", "std"])
    statistics.columns = [f"{metric}_{statistic}" for metric, statistic in statistics.columns]
    return statistics.reset_index()


def unseen_speakers(summary: pd.DataFrame) -> dict[str, float]:
    """Return the mean uar and ece of the protocol "speakers", to 3 decimals; {} if it was not run."""
    speakers = summary[summary["protocol"] == "speakers"]
    if speakers.empty:
        return {}
    return {name: round(float(speakers[f"{name}_mean"].iloc[0]), 3) for name in ("uar", "ece")}
