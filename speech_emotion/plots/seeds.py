"""A figure of the variation of the UAR across random seeds."""

from pathlib import Path

import pandas as pd

from speech_emotion.plots import style
from speech_emotion.plots.results import PROTOCOL_NAMES


def plot_seeds(path: Path, table: pd.DataFrame, corpus: str) -> None:
    """Draw the test UAR of every protocol and seed, with mean and standard deviation of each protocol.

    `table` has one row per protocol and seed, from `seeds.seed_row`.
    """
    protocols = list(table["protocol"].unique())
    names = [PROTOCOL_NAMES.get(protocol, f"{protocol} held out") for protocol in protocols]
    title = f"{corpus.upper()}: test UAR with {table['seed'].nunique()} random seeds"
    with style.picture(path, title, (8.4, 1.2 + 0.6 * len(protocols))) as figure:
        axes = figure.add_subplot()
        for place, protocol in enumerate(protocols):
            uar = table["uar"][table["protocol"] == protocol]
            axes.plot(uar, [place] * len(uar), "o", color=style.TRAINING_COLOR, alpha=0.6, clip_on=False)
            axes.vlines(uar.mean(), place - 0.25, place + 0.25, color=style.INK_COLOR, clip_on=False)
            axes.text(uar.mean(), place - 0.32, f"{uar.mean():.3f} ± {uar.std():.3f}", ha="center", fontsize=9)
        axes.set_yticks(range(len(protocols)), names)
        axes.set(xlabel="UAR (dot: one seed; line: mean ± standard deviation)", xlim=(0, 1))
        axes.set_ylim(len(protocols) - 0.4, -0.7)
