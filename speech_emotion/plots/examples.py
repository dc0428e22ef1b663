"""A figure of the features of one word in every emotion."""

from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.plots import style

RANGE_DB = 80
TICKS = (500, 1000, 2000, 4000, 8000, 16000)  # Hz


def one_clip_per_emotion(clips: pd.DataFrame) -> pd.DataFrame:
    """Return one clip per emotion of the first speaker: of the word with most emotions, the first if several do."""
    of_speaker = clips[clips["speaker"] == clips["speaker"].min()]
    word = of_speaker.groupby("word")["emotion"].nunique().idxmax()
    return of_speaker[of_speaker["word"] == word].drop_duplicates("emotion").sort_values("emotion")


def plot_examples(
    path: Path, clips: dict[str, tuple[np.ndarray, np.ndarray]], title: str, frequencies: np.ndarray, hop: float
) -> None:
    """Draw one clip per emotion: log-mel spectrogram above, MFCCs below, all on the same scales.

    Args:
        clips: by emotion, the spectrogram (n_mels, frames) in dB and the MFCCs (time steps, n_mfcc).
        title: corpus, speaker and word.
        frequencies: the center of each mel band in Hz, (n_mels,).
        hop: seconds from one frame of the spectrogram to the next.
    """
    peak = max(log_mel.max() for log_mel, _ in clips.values())
    longest = max(log_mel.shape[1] for log_mel, _ in clips.values()) * hop
    all_mfccs = np.concatenate([mfcc for _, mfcc in clips.values()])  # (time steps of all clips, n_mfcc)
    mean = all_mfccs.mean(axis=0)
    std = np.maximum(all_mfccs.std(axis=0), 1e-6)
    with style.picture(path, f"{title} in {len(clips)} emotions: log-mel spectrograms and MFCCs", (10, 5)) as figure:
        grid = figure.subplots(2, len(clips), sharex=True, sharey="row", squeeze=False)
        for (emotion, (log_mel, mfcc)), (above, below) in zip(clips.items(), grid.T, strict=True):
            seconds = log_mel.shape[1] * hop
            _show(above, log_mel, seconds, cmap="magma", vmin=peak - RANGE_DB, vmax=peak)
            _show(below, ((mfcc - mean) / std).T, seconds, cmap="RdBu_r", vmin=-2.5, vmax=2.5)
            above.set_title(emotion, loc="center", pad=10)
            style.color_strip(above, [0, 1], [1.03, 1.03], emotion)
            above.set_xlim(0, longest)
        ticks = [tick for tick in TICKS if tick <= frequencies[-1]]
        bands = np.interp(ticks, frequencies, np.arange(len(frequencies)) + 0.5)
        grid[0, 0].set_yticks(bands, [f"{tick / 1000:g}" for tick in ticks])
        grid[0, 0].set_ylabel("frequency (kHz)")
        grid[1, 0].set_ylabel("MFCC (standardized)")
        figure.supxlabel("time (s)")


def _show(axes, values: np.ndarray, seconds: float, **colors) -> None:
    """Draw a matrix (rows, frames) as an image, with time on the x axis and row 0 at the bottom."""
    extent = (0, seconds, 0, len(values))
    axes.imshow(values, origin="lower", aspect="auto", interpolation="nearest", extent=extent, **colors)
