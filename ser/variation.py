"""How much of a result is chance: the same fold trained with several seeds, as numbers and as a picture."""

from pathlib import Path

import pandas as pd

from ser import style


def summary(seeds: dict[str, pd.DataFrame]) -> dict[str, dict[str, float]]:
    """Return mean and standard deviation of the UAR per fold, and of the mean over the speaker folds per seed.

    Args:
        seeds: by fold, a table with the columns seed, uar, ...; the same seeds in every fold.
    """
    folds = {fold: table.set_index("seed")["uar"] for fold, table in seeds.items()}
    speakers = [uar for fold, uar in folds.items() if fold.startswith("speaker-")]
    folds["speakers"] = pd.concat(speakers, axis=1).mean(axis=1)
    return {fold: {"uar_mean": float(uar.mean()), "uar_sd": float(uar.std())} for fold, uar in folds.items()}


def draw(path: Path, seeds: dict[str, pd.DataFrame], corpus: str, chance: float) -> None:
    """Draw a point for every fold and seed, with the fold's mean.

    Args:
        path: the PNG to write.
        seeds: as in `summary`.
        chance: the UAR of guessing.
    """
    count = len(next(iter(seeds.values())))
    title = f"{corpus.upper()}: the same clips, {count} seeds"
    with style.picture(path, title, (8.4, 1.2 + 0.6 * len(seeds))) as figure:
        axes = figure.subplots()
        for place, (_, table) in enumerate(seeds.items()):
            mean, deviation = table["uar"].mean(), table["uar"].std()
            axes.plot(table["uar"], [place] * count, "o", color=style.TRAINING, alpha=0.6, clip_on=False)
            axes.plot([mean, mean], [place - 0.25, place + 0.25], color=style.INK)
            axes.annotate(f"{mean:.3f} ± {deviation:.3f}", (mean, place - 0.32), ha="center", fontsize=9)
        axes.axvline(chance, color=style.FAINT, linestyle="--")
        axes.annotate("guessing", (chance, len(seeds) - 0.6), xytext=(4, 0), textcoords="offset points", fontsize=9)
        axes.set_yticks(range(len(seeds)), list(seeds))
        axes.set(xlabel="UAR on the test part", xlim=(0, 1), ylim=(len(seeds) - 0.4, -0.7))
