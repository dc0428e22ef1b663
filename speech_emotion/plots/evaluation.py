"""The pictures of metrics/; each says in its title what it shows and on how many clips."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, PercentFormatter

from speech_emotion.plots import style
from speech_emotion.core.formatting import percent

HISTORY = ["epoch", "loss", "validation_loss", "validation_uar"]  # columns of what the train stage writes


def heading(corpus: str, fold: str, speakers: Iterable[str]) -> str:
    """Say what was tested, such as "TESS, speaker-1 (OAF) held out"; `speakers` are the tested ones."""
    held_out = f"{fold} ({', '.join(sorted(set(speakers)))}) held out"
    protocol = {"random": "random split", "words": "unseen words"}.get(fold, held_out)
    return f"{corpus.upper()}, {protocol}"


def plot_confusion(path: Path, counts: pd.DataFrame, name: str, scores: dict[str, float]) -> None:
    """Draw the confusion table, each row coloured by its share of the actual emotion.

    Args:
        path: the PNG to write.
        counts: clips by actual (rows) and predicted emotion (columns), from `scores.confusion`.
        name: of the corpus and the fold, for the title.
        scores: from `scores.summary`.
    """
    interval = f"({scores['uar_low']:.2f} to {scores['uar_high']:.2f})"
    title = f"{name}: UAR {scores['uar']:.2f} {interval}, {scores['clips']:,} clips"
    shares = counts.to_numpy() / np.maximum(counts.to_numpy().sum(axis=1, keepdims=True), 1)
    with style.picture(path, title, (8.4, 7.2)) as figure:
        axes = figure.add_subplot()
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            text = f"{counts.iat[row, column]:,}\n{percent(share)}" if share else "·"
            axes.text(column, row, text, ha="center", va="center", color="white" if share > 0.68 else style.INK)
        axes.set(xlabel="predicted", ylabel="actual (percent of the row)")
        style.emotion_ticks(axes, counts.index)


def plot_reliability(path: Path, table: pd.DataFrame, name: str, scores: dict[str, float]) -> None:
    """Draw how often the model was right against how sure it was, and below it on how many clips each point stands.

    Args:
        path: the PNG to write.
        table: from `scores.reliability`.
        name: of the corpus and the fold, for the title.
        scores: from `scores.summary`.
    """
    title = f"{name}: calibration error {scores['ece']:.3f}, {scores['clips']:,} clips"
    with style.picture(path, title, (8.4, 6.6)) as figure:
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        above.plot([0, 1], [0, 1], color=style.FAINT, linestyle="--", label="perfect: as often right as sure")
        above.vlines(table["confidence"], table["confidence"], table["accuracy"], color=style.VALIDATION, label="gap")
        area = 25 + 175 * table["clips"] / table["clips"].max()  # a bin of few clips says little, and shows it
        above.scatter(
            table["confidence"],
            table["accuracy"],
            area,
            color=style.TRAINING,
            zorder=3,
            label="this model (larger: more clips)",
        )
        above.set(xlim=(0, 1), ylim=(-0.02, 1.04), ylabel="right (accuracy)")
        above.yaxis.set_major_formatter(PercentFormatter(1))
        above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, handlelength=1.5)
        width = table["high"] - table["low"]
        bars = below.bar(table["low"], table["clips"], width, align="edge", color=style.TRAINING, edgecolor="white")
        below.bar_label(bars, [f"{clips:,}" for clips in table["clips"]], padding=2)
        below.set(xlabel="sure (probability of the predicted emotion)", ylabel="clips")
        below.xaxis.set_major_formatter(PercentFormatter(1))
        below.margins(y=0.3)


def plot_history(path: Path, history: pd.DataFrame, name: str, parts: dict[str, int]) -> None:
    """Draw the loss and the validation part's UAR by epoch.

    Args:
        path: the PNG to write.
        history: columns HISTORY, from the train stage.
        name: of the corpus and the fold, for the title.
        parts: how many clips `train` and `validation` have.
    """
    title = f"{name}: trained on {parts['train']:,} clips, validated on {parts['validation']:,}"
    epochs, lowest, best = history["epoch"], history["validation_loss"].min(), history["validation_uar"].max()
    with style.picture(path, title, (8.4, 3.9)) as figure:
        left, right = figure.subplots(1, 2)
        left.plot(epochs, history["loss"], "o-", color=style.TRAINING, label="training", markersize=4)
        left.plot(epochs, history["validation_loss"], "o-", color=style.VALIDATION, label="validation", markersize=4)
        left.set(title=f"loss, lowest validation {lowest:.3f}", xlabel="epoch")
        left.set_ylim(bottom=0)
        left.legend()
        right.plot(epochs, history["validation_uar"], "o-", color=style.VALIDATION, markersize=4)
        right.set(title=f"validation UAR, best {best:.3f}", xlabel="epoch", ylim=(0, 1.02))
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(axis="y", color=style.FAINT, linewidth=0.5)


def plot_examples(
    path: Path, clips: dict[str, tuple[np.ndarray, np.ndarray]], name: str, hertz: np.ndarray, seconds: float
) -> None:
    """Draw one clip an emotion: its log-mel spectrogram above, its MFCCs below, all to the same scales.

    Args:
        path: the PNG to write.
        clips: by emotion, the spectrogram (n_mels, frames) in dB and the MFCCs (pooled frames, n_mfcc).
        name: of the corpus, the speaker and the word, for the title.
        hertz: the centre frequency of each mel band, of shape (n_mels,).
        seconds: from one frame of the spectrogram to the next.
    """
    peak = max(mel.max() for mel, _ in clips.values())
    every = np.concatenate([mfcc for _, mfcc in clips.values()])  # (frames of all clips, n_mfcc)
    mean, deviation = every.mean(axis=0), np.maximum(every.std(axis=0), 1e-6)
    title = f"{name} in {len(clips)} emotions: log-mel spectrogram and MFCCs"
    longest = max(mel.shape[1] for mel, _ in clips.values()) * seconds
    with style.picture(path, title, (10, 5)) as figure:
        grid = figure.subplots(2, len(clips), sharex=True, sharey="row", squeeze=False)
        for (emotion, (mel, mfcc)), (above, below) in zip(clips.items(), grid.T, strict=True):
            length = mel.shape[1] * seconds
            box = {"origin": "lower", "aspect": "auto", "interpolation": "nearest"}
            above.imshow(mel, cmap="magma", vmin=peak - 80, vmax=peak, extent=(0, length, 0, len(mel)), **box)
            normal = ((mfcc - mean) / deviation).T  # (n_mfcc, frames)
            below.imshow(normal, cmap="RdBu_r", vmin=-2.5, vmax=2.5, extent=(0, length, 0, len(normal)), **box)
            above.set_title(emotion, loc="center", pad=10)
            style.color_strip(above, [0, 1], [1.03, 1.03], emotion)
            above.set_xlim(0, longest)
        kilohertz = [tick for tick in (0.25, 0.5, 1, 2, 4, 8, 16) if tick <= hertz[-1] / 1000 + 1e-6]
        grid[0, 0].set_yticks(np.interp(kilohertz, hertz / 1000, np.arange(len(hertz)) + 0.5), kilohertz)
        grid[0, 0].set_ylabel("frequency in kHz")
        grid[1, 0].set_ylabel("MFCC (standardised)")
        figure.supxlabel("seconds")


def one_of_each(clips: pd.DataFrame) -> pd.DataFrame:
    """Choose the first speaker's word with the most emotions, the first such word in order: a row an emotion."""
    own = clips[clips["speaker"] == clips["speaker"].min()]
    word = own.groupby("word")["emotion"].nunique().idxmax()
    return own[own["word"] == word].drop_duplicates("emotion").sort_values("emotion")
