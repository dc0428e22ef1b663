"""The timeline of a recording as a picture."""

from pathlib import Path

import numpy as np

from speech_emotion.core import emotions
from speech_emotion.plots import style
from speech_emotion.core.formatting import clock, printable
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE
from speech_emotion.inference.timeline import Timeline


def plot_timeline(path: Path, heard: Timeline, name: str, labels: list[str]) -> None:
    """Write a PNG: the probability of every emotion over time, stacked, and a gap where there was no speech.

    A window stands for the time around its middle, halfway to its neighbours.
    """
    segments = heard.segments
    middles = np.array([(item.start + item.end) / 2 for item in segments])
    edges = np.concatenate([[0.0], (middles[1:] + middles[:-1]) / 2, [segments[-1].end]])
    shares = np.array([[item.prediction.probabilities.get(label, 0.0) for label in labels] for item in segments])
    title = f"{printable(Path(name).name)}, {clock(heard.whole.duration)}: {heard.whole.label}"
    with style.picture(path, title, (10, 3.6)) as figure:
        axes = figure.add_subplot()
        floor = np.zeros(len(segments))
        for label, share in zip(labels, shares.T, strict=True):
            axes.stairs(floor + share, edges, baseline=floor, fill=True, color=emotions.color(label), label=label)
            floor = floor + share
        for start, end, item in zip(edges[:-1], edges[1:], segments, strict=True):
            if item.prediction.label in (UNSURE, NO_SPEECH):
                shade = style.FAINT if item.prediction.label == NO_SPEECH else style.INK
                axes.plot([start, end], [1.02, 1.02], color=shade, linewidth=3, solid_capstyle="butt")
        axes.set(xlabel="seconds (black bar: unsure, grey bar: no speech)", ylabel="probability", ylim=(0, 1.04))
        axes.set_xlim(0, max(edges[-1], 1e-3))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), reverse=True)  # as they are stacked
