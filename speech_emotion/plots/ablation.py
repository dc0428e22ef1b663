"""A figure of what each augmentation gains over none."""

from pathlib import Path

import pandas as pd

from speech_emotion.plots import style


def plot_ablation(path: Path, table: pd.DataFrame) -> None:
    """Draw the UAR of every seed of each condition, the mean, and the mean of the first condition as a line.

    `table` has the columns name, seed and uar, with the conditions in the order of the picture.
    """
    names = list(table["name"].unique())
    means = table.groupby("name")["uar"].mean()
    title = f"Speakers never heard: UAR with one augmentation each, {table['seed'].nunique()} seeds"
    with style.picture(path, title, (8.4, 1.4 + 0.42 * len(names))) as figure:
        axes = figure.add_subplot()
        axes.axvline(means[names[0]], color=style.FAINT_COLOR, zorder=0)
        for place, name in enumerate(names):
            uar = table["uar"][table["name"] == name]
            axes.plot(uar, [place] * len(uar), "o", color=style.TRAINING_COLOR, alpha=0.6)
            axes.vlines(means[name], place - 0.25, place + 0.25, color=style.INK_COLOR)
        axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
        axes.set(xlabel="UAR on validation speakers (dot: one seed; line: mean; gray: mean without augmentation)")
        axes.set_ylim(len(names) - 0.4, -0.6)
