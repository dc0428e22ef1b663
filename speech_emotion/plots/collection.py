"""A figure of how well a network does for people and corpora that it has not heard, next to the baselines."""

from pathlib import Path

import pandas as pd

from speech_emotion.core.formatting import percent
from speech_emotion.plots import style

MARKERS = {"mfcc_logistic": "v", "notebook": "x", "tess_network": "+", "listeners": "*"}
NAMES = {
    "mfcc_logistic": "averaged MFCCs + logistic regression",
    "notebook": "the notebook's network",
    "tess_network": "network trained on TESS alone",
    "listeners": "people who listened (accuracy)",
}
CORPUS_NAMES = {"tess": "TESS", "ravdess": "RAVDESS", "crema-d": "CREMA-D", "emodb": "EMO-DB", "savee": "SAVEE"}
TEST_NAMES = {"new speakers": "new speakers", "new corpora": "as a new corpus"}
OFFSETS = {"single": -0.14, "known": 0.14}


def plot_summary(path: Path, table: pd.DataFrame, confidence_level: float) -> None:
    """Draw the UAR of every corpus in every test, with its interval over speakers, and that of every baseline.

    `table` has a row for every test, corpus and kind of statistics: the scores of `known_speakers.score_by_corpus` and
    the columns of `collection_summary.uar_by_test`. Intervals and baselines that are missing are not drawn.
    """
    places = list(dict.fromkeys(zip(table["test"], table["corpus"], strict=True)))
    title = "Unweighted average recall on people the network has never heard"
    with style.picture(path, title, (9.5, 2.2 + 0.55 * len(places))) as figure:
        axes = figure.add_subplot()
        for place, (test, corpus) in enumerate(places):
            rows = table[(table["test"] == test) & (table["corpus"] == corpus)].set_index("statistics")
            _draw_network(axes, place, rows)
            _draw_baselines(axes, place, rows.iloc[0])
        names = [f"{CORPUS_NAMES.get(corpus, corpus)}, {TEST_NAMES[test]}" for test, corpus in places]
        axes.set_yticks(range(len(places)), names)
        axes.set(xlim=(0, 1), xlabel=f"UAR, with its {percent(confidence_level)} interval over speakers")
        axes.set_ylim(len(places) - 0.4, -0.6)
        axes.grid(axis="x", color=style.FAINT_COLOR, alpha=0.4)
        handles, labels = axes.get_legend_handles_labels()
        unique = dict(zip(labels, handles, strict=True))
        figure.legend(unique.values(), unique.keys(), loc="outside lower left", ncols=2)


def _draw_network(axes, place: int, rows: pd.DataFrame) -> None:
    for condition, offset in OFFSETS.items():
        row = rows.loc[condition]
        is_known = condition == "known"
        label = "this network, ten other clips of the speaker known" if is_known else "this network, a single clip"
        fill = style.TRAINING_COLOR if is_known else "white"
        y = place + offset
        axes.hlines(y, row["uar_low"], row["uar_high"], color=style.TRAINING_COLOR, linewidth=1.5)
        axes.plot(row["uar"], y, "o", color=style.TRAINING_COLOR, markerfacecolor=fill, label=label)


def _draw_baselines(axes, place: int, row: pd.Series) -> None:
    for name, marker in MARKERS.items():
        axes.plot(row[name], place, marker, color=style.VALIDATION_COLOR, alpha=0.8, label=NAMES[name])
