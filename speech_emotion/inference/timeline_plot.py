"""Draw the timeline of a recording. Only drawing imports matplotlib, which takes a second and may not be installed."""

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from speech_emotion.core.emotions import color
from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import clock, printable
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE
from speech_emotion.inference.timeline import Timeline


def check_plot(path: Path) -> None:
    """Raise UserError if matplotlib is not installed, or `path` is not a .png file in a folder that exists."""
    if find_spec("matplotlib") is None:
        raise UserError("--plot needs matplotlib, which is not installed; run `pip install matplotlib`")
    if path.suffix.lower() != ".png" or not os.path.isdir(path.parent) or os.path.isdir(path):
        raise UserError(f"--plot {path}: expected a .png file in a folder that exists")


def plot_timeline(path: Path, timeline: Timeline, name: str, labels: list[str]) -> None:
    """Write a PNG of the probabilities over time, stacked, with a gap where there is no speech.

    Windows overlap, so each is drawn from halfway to the previous window's center to halfway to the next one's.
    """
    from speech_emotion.plots import style

    segments = timeline.segments
    centers = np.array([(segment.start + segment.end) / 2 for segment in segments])
    edges = np.concatenate([[0.0], (centers[1:] + centers[:-1]) / 2, [segments[-1].end]])
    title = f"{printable(Path(name).name)}, {clock(timeline.whole.duration)}: {timeline.whole.label}"
    with style.picture(path, title, (10, 3.6)) as figure:
        axes = figure.add_subplot()
        baseline = np.zeros(len(segments))
        for label in labels:
            top = baseline + [segment.prediction.probabilities.get(label, 0.0) for segment in segments]
            axes.stairs(top, edges, baseline=baseline, fill=True, color=color(label), label=label)
            baseline = top
        bar_colors = {UNSURE: style.INK_COLOR, NO_SPEECH: style.FAINT_COLOR}
        for segment, start, end in zip(segments, edges[:-1], edges[1:], strict=True):
            bar_color = bar_colors.get(segment.prediction.label, "none")
            axes.plot([start, end], [1.02, 1.02], color=bar_color, linewidth=3, solid_capstyle="butt")
        axes.set(xlabel="seconds (black bar: unsure, gray bar: no speech)", ylabel="probability", ylim=(0, 1.04))
        axes.set_xlim(0, edges[-1])
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), reverse=True)  # in the order of the stack
