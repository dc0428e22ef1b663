"""A figure of how a voice gains with every labelled clip, for each corpus."""

from pathlib import Path

import pandas as pd

from speech_emotion.core.formatting import percent
from speech_emotion.plots import style
from speech_emotion.plots.collection import CORPUS_NAMES

LINES = {  # name, color and line style of each method
    "voice": ("an enrolled voice", style.TRAINING_COLOR, "o-"),
    "network": ("the network alone, which has heard the same clips without labels", style.INK_COLOR, ".--"),
    "mfcc_logistic": ("logistic regression on averaged MFCCs of the same clips", style.VALIDATION_COLOR, "v:"),
}


def plot_enrolment(path: Path, table: pd.DataFrame, confidence_level: float) -> None:
    """Draw the UAR of every method over the number of clips, one panel a corpus.

    `table` is from `enrolment_curves.summary.summarize`. The band is the interval of a voice over people.
    """
    corpora = list(dict.fromkeys(table["corpus"]))
    title = "A few labelled clips of a person the network has never heard"
    with style.picture(path, title, (2.5 * len(corpora) + 1, 4.4)) as figure:
        panels = figure.subplots(1, len(corpora), sharey=True, squeeze=False)[0]
        for axes, corpus in zip(panels, corpora, strict=True):
            _draw_corpus(axes, table[table["corpus"] == corpus])
            axes.set(title=CORPUS_NAMES.get(corpus, corpus), xlabel="clips of each emotion")
        panels[0].set_ylabel(f"UAR (band: {percent(confidence_level)} over people)")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=1)


def _draw_corpus(axes, rows: pd.DataFrame) -> None:
    for method, (name, color, line) in LINES.items():
        curve = rows[rows["method"] == method]
        axes.plot(curve["clips"], curve["uar"], line, color=color, label=name)
        if method == "voice":
            axes.fill_between(curve["clips"], curve["uar_low"], curve["uar_high"], color=color, alpha=0.15, linewidth=0)
    axes.set(ylim=(0, 1), xticks=sorted(rows["clips"].unique()))
    axes.grid(axis="y", color=style.FAINT_COLOR, alpha=0.4)
