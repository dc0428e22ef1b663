"""Where the model fails: the mistakes it is surest of, and which emotions it misses in whom."""

from pathlib import Path

import pandas as pd

from speech_emotion.core import emotions
from speech_emotion.plots import style
from speech_emotion.core.formatting import percent

SHOWN = 20


def most_confident_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Return the SHOWN mistakes with the highest probability, the surest first.

    Args:
        table: from `scores.predictions`.

    Returns:
        Columns clip, actual, predicted, sure (probability of the predicted emotion), left (of the actual one).
    """
    wrong = table[table["actual"] != table["predicted"]]
    chances = {
        name: [round(row[row[of]], 6) for _, row in wrong.iterrows()]
        for name, of in (("sure", "predicted"), ("left", "actual"))
    }
    rows = wrong[["clip", "actual", "predicted"]].assign(**chances)
    return rows.sort_values(["sure", "clip"], ascending=[False, True]).head(SHOWN).reset_index(drop=True)


def plot_errors(path: Path, table: pd.DataFrame, name: str) -> None:
    """Draw the surest mistakes: how probable the predicted emotion was held, and below it the actual one.

    Args:
        path: the PNG to write.
        table: from `scores.predictions`.
        name: of the corpus and the fold, for the title.
    """
    rows, wrong = most_confident_errors(table), int((table["actual"] != table["predicted"]).sum())
    shown = f"the {len(rows)} surest of " if wrong > len(rows) else ""
    title = f"{name}: {shown}{wrong:,} mistake{'s' * (wrong != 1)} in {len(table):,} clips"
    with style.picture(path, title, (9.6, 1.7 + 0.36 * len(rows))) as figure:
        axes = figure.add_subplot()
        for place, row in enumerate(rows.itertuples(index=False)):
            axes.barh(place - 0.12, row.sure, 0.46, color=emotions.color(row.predicted))
            axes.barh(place + 0.24, row.left, 0.2, color=emotions.color(row.actual))
            words = f"{row.predicted} {percent(row.sure)}, but was {row.actual} ({percent(row.left)})"
            axes.text(row.sure + 0.01, place, words, va="center")
        axes.set(xlim=(0, 1.6), ylim=(max(len(rows), 1) - 0.4, -0.6))
        axes.set_xlabel("probability of the predicted emotion (wide bar) and of the actual one (thin)", loc="left")
        axes.set_yticks(range(len(rows)), rows["clip"])
        axes.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
        axes.tick_params(axis="y", length=0)


def plot_recall(path: Path, table: pd.DataFrame, name: str) -> None:
    """Draw the recall of each emotion, a row a speaker, and the mean of the row.

    Args:
        path: the PNG to write.
        table: from `scores.predictions`.
        name: of the corpus and the fold, for the title.
    """
    hits = (table["actual"] == table["predicted"]).groupby([table["speaker"], table["actual"]]).mean().unstack()
    columns = [*hits.columns, "mean (UAR)"]
    shares = hits.assign(mean=hits.mean(axis=1)).to_numpy()  # (speakers, emotions + 1)
    height = 1.3 + len(hits) * (1.5 if len(hits) < 4 else 0.75)
    with style.picture(path, f"{name}: recall by speaker, {len(table):,} clips", (9.6, height)) as figure:
        axes = figure.add_subplot()
        for row, speaker in enumerate(shares):
            axes.plot([-0.5, len(columns) - 0.5], [row, row], color=style.FAINT, linewidth=0.5)
            for column, share in enumerate(speaker):
                _bar(axes, row, column, share, emotions.color(columns[column]))
        axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(hits) - 0.95, -0.9))
        axes.set_yticks([row - 0.35 for row in range(len(hits))], hits.index)
        axes.set_xticks(range(len(columns)), columns)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)


def _bar(axes, row: int, column: int, share: float, colour: str) -> None:
    """A bar in a table's cell: the outline is all clips, the filling those recognised; NaN where there is no clip."""
    if share != share:
        axes.text(column, row - 0.05, "no clip", ha="center", va="bottom", color=style.INK)
        return
    axes.bar(column, -0.68, 0.7, bottom=row, facecolor="none", edgecolor=style.FAINT, linewidth=0.7)
    axes.bar(column, -0.68 * share, 0.7, bottom=row, color=colour)
    axes.text(column, row - 0.7, percent(share), ha="center", va="bottom")
