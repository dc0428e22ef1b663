"""Figures of one training and its test, each written to `path` as PNG.

`title` comes from `protocol_title`, `scores` from `metrics.summarize`.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, PercentFormatter

from speech_emotion.core.formatting import percent
from speech_emotion.plots import style

HISTORY_COLUMNS = ["epoch", "loss", "validation_loss", "validation_uar"]  # as the train stage writes them
PROTOCOL_NAMES = {"random": "random split", "words": "unseen words"}
DARK = 0.68  # white text is easier to read on cells with a larger share than this


def protocol_title(corpus: str, protocol: str, speakers: Iterable[str]) -> str:
    """Return a title such as "TESS, speaker-independent: OAF held out"; `speakers` are those of the test clips."""
    held_out = f"speaker-independent: {', '.join(sorted(set(speakers)))} held out"
    return f"{corpus.upper()}, {PROTOCOL_NAMES.get(protocol, held_out)}"


def plot_confusion(
    path: Path, counts: pd.DataFrame, title: str, scores: dict[str, float], confidence_level: float
) -> None:
    """Draw the confusion matrix `counts`, from `metrics.confusion`, shaded by share of the actual emotion.

    `confidence_level`, 0 to 1, is that of the interval in `scores`.
    """
    interval = f"{100 * confidence_level:g}% CI {scores['uar_low']:.2f} to {scores['uar_high']:.2f}"
    title = f"{title}\nUAR {scores['uar']:.2f} ({interval}), {scores['clips']:,} test clips"
    shares = counts.div(counts.sum(axis=1), axis=0).fillna(0).to_numpy()  # 0: an emotion without clips
    with style.picture(path, title, (8.4, 7.5)) as figure:
        axes = figure.add_subplot()
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            text = f"{counts.iat[row, column]:,}\n{percent(share)}" if share else "·"
            axes.text(column, row, text, ha="center", va="center", color="white" if share > DARK else style.INK_COLOR)
        axes.set(xlabel="predicted emotion", ylabel="actual emotion (percentages of each row)")
        style.emotion_ticks(axes, counts.index)


def plot_reliability(path: Path, table: pd.DataFrame, title: str, scores: dict[str, float]) -> None:
    """Draw accuracy against confidence, and the number of clips in each bin; `table` is from `metrics.reliability`."""
    title = f"{title}\nExpected calibration error {scores['ece']:.3f}, {scores['clips']:,} test clips"
    with style.picture(path, title, (8.4, 6.9)) as figure:
        diagram, histogram = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        _draw_calibration(diagram, table["confidence"], table["accuracy"], table["clips"])
        width = table["high"] - table["low"]
        bars = histogram.bar(
            table["low"], table["clips"], width, align="edge", color=style.TRAINING_COLOR, edgecolor="white"
        )
        histogram.bar_label(bars, [f"{clips:,}" for clips in table["clips"]], padding=2)
        histogram.set(xlabel="confidence (probability of the predicted emotion)", ylabel="clips")
        histogram.xaxis.set_major_formatter(PercentFormatter(1))
        histogram.margins(y=0.3)


def plot_history(path: Path, history: pd.DataFrame, title: str, clips: dict[str, int]) -> None:
    """Draw the losses and the validation UAR of every epoch.

    `history` has the columns HISTORY_COLUMNS; `clips` is the number of clips by partition.
    """
    title = f"{title}\nTrained on {clips['train']:,} clips, validated on {clips['validation']:,}"
    best = history.loc[history["validation_loss"].idxmin()]  # the weights of this epoch are kept
    with style.picture(path, title, (8.4, 4.2)) as figure:
        losses, uar = figure.subplots(1, 2)
        _draw_curve(losses, history, "loss", style.TRAINING_COLOR, "training")
        _draw_curve(losses, history, "validation_loss", style.VALIDATION_COLOR, "validation")
        losses.set_title(f"loss (validation minimum: {best['validation_loss']:.3f}, epoch {best['epoch']:.0f})")
        losses.set_ylim(bottom=0)
        losses.legend()
        _draw_curve(uar, history, "validation_uar", style.VALIDATION_COLOR)
        uar.set_title(f"validation UAR ({best['validation_uar']:.3f} at epoch {best['epoch']:.0f})")
        uar.set_ylim(0, 1.02)


def _draw_calibration(axes, confidence: pd.Series, accuracy: pd.Series, clips: pd.Series) -> None:
    area = 25 + 175 * clips / clips.max()  # a bin with few clips is weak evidence, so its dot is small
    dots = {"color": style.TRAINING_COLOR, "zorder": 3, "clip_on": False, "label": "model (larger: more clips)"}
    axes.plot([0, 1], [0, 1], color=style.FAINT_COLOR, linestyle="--", label="perfect calibration")
    axes.vlines(confidence, confidence, accuracy, color=style.VALIDATION_COLOR, label="gap")
    axes.scatter(confidence, accuracy, area, **dots)
    axes.set(xlim=(0, 1), ylim=(-0.02, 1.04), ylabel="accuracy")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, handlelength=1.5)


def _draw_curve(axes, history: pd.DataFrame, column: str, color: str, label: str = "") -> None:
    axes.plot(history["epoch"], history[column], "o-", color=color, label=label, markersize=4)
    axes.set(xlabel="epoch", xlim=(0.5, len(history) + 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=style.FAINT_COLOR, linewidth=0.5)
