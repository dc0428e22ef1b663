"""Figures of where the model fails, each written to `path` as PNG.

`table` comes from `metrics.prediction_table`, `title` from `plots.results.protocol_title`.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core.emotions import color
from speech_emotion.core.files import DECIMALS
from speech_emotion.core.formatting import percent
from speech_emotion.plots import style

SHOWN = 20
BAR = 0.68  # height of a full bar of recall; the rows are 1 apart


def most_confident_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Return the SHOWN errors with the highest confidence, highest first, then by clip.

    The columns are clip, actual, predicted, confidence (probability of the predicted emotion), actual_probability.
    """
    errors = table[table["actual"] != table["predicted"]]
    rows = errors[["clip", "actual", "predicted"]].assign(
        confidence=[row[row["predicted"]] for _, row in errors.iterrows()],
        actual_probability=[row[row["actual"]] for _, row in errors.iterrows()],
    )
    rows = rows.round(DECIMALS).sort_values(["confidence", "clip"], ascending=[False, True])
    return rows.head(SHOWN).reset_index(drop=True)


def plot_errors(path: Path, table: pd.DataFrame, title: str) -> None:
    """Draw the most confident errors: the probabilities of the predicted and of the actual emotion."""
    rows = most_confident_errors(table)
    errors = int((table["actual"] != table["predicted"]).sum())
    counted = "1 error" if errors == 1 else f"{errors:,} errors"
    shown = f"{len(rows)} most confident of {counted}" if errors > len(rows) else counted
    title = f"{title}\n{shown} in {len(table):,} test clips"
    with style.picture(path, title, (9.6, 1.8 + 0.36 * len(rows))) as figure:
        axes = figure.add_subplot()
        if errors == 0:
            axes.set_axis_off()
        for place, row in enumerate(rows.itertuples(index=False)):
            axes.barh(place - 0.12, row.confidence, 0.46, color=color(row.predicted))
            axes.barh(place + 0.24, row.actual_probability, 0.2, color=color(row.actual))
            predicted = f"{row.predicted} {percent(row.confidence)}"
            actual = f"{row.actual} {percent(row.actual_probability)}"
            axes.text(row.confidence + 0.01, place, f"{predicted}, actual: {actual}", va="center")
        axes.set(xlim=(0, 1.6), ylim=(max(len(rows), 1) - 0.4, -0.6))
        axes.set_xlabel("probability of the predicted emotion (wide bar) and the actual one (thin bar)", loc="left")
        axes.set_yticks(range(len(rows)), rows["clip"])
        axes.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
        axes.tick_params(axis="y", length=0)


def plot_recall(path: Path, table: pd.DataFrame, title: str) -> None:
    """Draw the recall of each emotion and their mean, one row per speaker."""
    correct = table["actual"] == table["predicted"]
    recalls = correct.groupby([table["speaker"], table["actual"]]).mean().unstack()  # (speakers, emotions)
    recalls["mean (UAR)"] = recalls.mean(axis=1)
    speakers, columns = recalls.shape
    height = 1.6 + speakers * (1.5 if speakers < 4 else 0.75)
    with style.picture(path, f"{title}\nRecall by speaker, {len(table):,} test clips", (9.6, height)) as figure:
        axes = figure.add_subplot()
        axes.hlines(range(speakers), -0.5, columns - 0.5, color=style.FAINT_COLOR, linewidth=0.5)
        for (row, column), recall in np.ndenumerate(recalls.to_numpy()):
            _draw_bar(axes, row, column, recall, color(recalls.columns[column]))
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(speakers - 0.95, -0.9))
        axes.set_yticks(np.arange(speakers) - BAR / 2, [f"speaker {name}" for name in recalls.index])
        axes.set_xticks(range(columns), recalls.columns)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)


def _draw_bar(axes, row: int, column: int, recall: float, fill: str) -> None:
    """Draw an outline for all clips, filled up to the recall, or the text "no clips" if the recall is NaN."""
    if np.isnan(recall):
        axes.text(column, row - 0.05, "no clips", ha="center", va="bottom")
        return
    axes.bar(column, -BAR, 0.7, bottom=row, facecolor="none", edgecolor=style.FAINT_COLOR, linewidth=0.7)
    axes.bar(column, -BAR * recall, 0.7, bottom=row, color=fill)
    axes.text(column, row - BAR - 0.02, percent(recall), ha="center", va="bottom")
