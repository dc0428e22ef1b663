"""How much of a result is chance: every fold trained with several seeds, as numbers and as a picture."""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files
from speech_emotion.plots import style
from speech_emotion.core.errors import require

MEASURES = ["uar", "accuracy", "macro_f1", "ece", "ece_uncalibrated"]


def seed_row(fold: str, seed: int, path: Path) -> dict[str, str | int | float]:
    """Return fold, seed and MEASURES, read from the scores of one training (see `ser.scores.summary`).

    Raises:
        UserError: the file is absent or does not hold them.
    """
    numbers = files.read_json(path, by="make seeds")
    missing = [name for name in MEASURES if not isinstance(numbers.get(name), (int, float))]
    require(not missing, f"{path}: no {', '.join(missing)} in it; remove it and run `make seeds` again")
    return {"fold": fold, "seed": seed} | {name: numbers[name] for name in MEASURES}


def summarize_seeds(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return mean and standard deviation of MEASURES per fold, and of the mean of the speaker folds as "speakers".

    Args:
        table: columns fold, seed and MEASURES; the same seeds in every fold.
    """
    speakers = table[table["fold"].str.startswith("speaker-")].groupby("seed")[MEASURES].mean().reset_index()
    table = pd.concat([table, speakers.assign(fold="speakers")]) if len(speakers) else table
    numbers = table.groupby("fold")[MEASURES].agg(["mean", "std"])
    return {
        fold: {f"{name}_{kind}": float(value) for (name, kind), value in row.items()}
        for fold, row in numbers.rename(columns={"std": "sd"}).iterrows()
    }


def plot_seeds(path: Path, table: pd.DataFrame, corpus: str) -> None:
    """Draw the UAR of every fold and seed as a point, with the fold's mean and standard deviation.

    Args:
        path: the PNG to write.
        table: as in `summary`.
    """
    folds = list(table["fold"].unique())
    title = f"{corpus.upper()}: the same clips, {table['seed'].nunique()} seeds"
    with style.picture(path, title, (8.4, 1.2 + 0.6 * len(folds))) as figure:
        axes = figure.subplots()
        for place, fold in enumerate(folds):
            uar = table["uar"][table["fold"] == fold]
            axes.plot(uar, [place] * len(uar), "o", color=style.TRAINING, alpha=0.6, clip_on=False)
            axes.plot([uar.mean()] * 2, [place - 0.25, place + 0.25], color=style.INK)
            axes.annotate(f"{uar.mean():.3f} ± {uar.std():.3f}", (uar.mean(), place - 0.32), ha="center", fontsize=9)
        axes.set_yticks(range(len(folds)), folds)
        axes.set(xlabel="UAR on the test part", xlim=(0, 1), ylim=(len(folds) - 0.4, -0.7))
