"""The style of every figure: large text, one color per emotion, and the same bytes for the same numbers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from speech_emotion.core import files
from speech_emotion.core.emotions import color

TRAINING_COLOR = "#4477AA"
VALIDATION_COLOR = "#EE6677"
INK_COLOR = "#222222"
FAINT_COLOR = "#BBBBBB"
STYLE = {
    "axes.edgecolor": FAINT_COLOR,
    "axes.labelcolor": INK_COLOR,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.labelsize": 11,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so text looks the same on every machine
    "font.size": 11,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "text.color": INK_COLOR,
    "text.parse_math": False,  # a "$" in a file name is a "$"
    "xtick.color": INK_COLOR,
    "ytick.color": INK_COLOR,
}


@contextmanager
def picture(path: Path, title: str, figsize: tuple[float, float]) -> Iterator[Figure]:
    """Yield an empty figure with a title of one line or more, then write it to `path` as PNG; `figsize` is in inches.

    The user's matplotlibrc, the date and the version of matplotlib do not change the file.
    """
    with matplotlib.style.context(["default", STYLE]), files.atomic_write(path) as temporary:
        figure = Figure(figsize=figsize, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left")
        yield figure
        figure.savefig(temporary, metadata={"Software": None}, pil_kwargs={"optimize": True})


def color_strip(axes: Axes, x: list[float], y: list[float], emotion: str) -> None:
    """Draw a thick line in the color of the emotion; `x` and `y` are fractions of the width and height of the axes."""
    style = {"color": color(emotion), "linewidth": 5, "solid_capstyle": "butt"}
    axes.plot(x, y, transform=axes.transAxes, clip_on=False, **style)


def emotion_ticks(axes: Axes, emotions: Iterable[str]) -> None:
    """Label the rows and columns of a square matrix with emotions, and a strip of the color of each."""
    emotions = list(emotions)
    axes.set_xticks(range(len(emotions)), emotions)
    axes.set_yticks(range(len(emotions)), emotions)
    axes.tick_params(length=0, pad=13)
    axes.spines[:].set_visible(False)
    for place, emotion in enumerate(emotions):
        start = (place + 0.04) / len(emotions)
        end = (place + 0.96) / len(emotions)
        color_strip(axes, [start, end], [-0.012, -0.012], emotion)
        color_strip(axes, [-0.012, -0.012], [1 - start, 1 - end], emotion)  # rows count from the top
