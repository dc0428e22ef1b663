"""How every picture looks: one colour an emotion, large letters, and the same bytes for the same numbers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from speech_emotion.core import files

# Paul Tol's "muted" scheme, made for colour-blind readers, with a grey that they can tell from calm's green:
# https://personal.sron.nl/~pault/
COLORS = {
    "anger": "#882255",
    "boredom": "#999933",
    "calm": "#44AA99",
    "disgust": "#117733",
    "fear": "#AA4499",
    "happiness": "#DDCC77",
    "neutral": "#BBBBBB",
    "sadness": "#332288",
    "surprise": "#88CCEE",
}
TRAINING, VALIDATION, INK, FAINT = "#4477AA", "#EE6677", "#222222", "#BBBBBB"
STYLE = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.labelsize": 11,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that the letters are the same everywhere
    "font.size": 11,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def picture(path: Path, title: str, inches: tuple[float, float]) -> Iterator[Figure]:
    """Yield a titled figure, then write it as PNG; the reader's matplotlibrc, date, version stay out of it."""
    with matplotlib.style.context(["default", STYLE]), files.atomic_write(path) as temporary:
        figure = Figure(figsize=inches, layout="constrained")
        figure.suptitle(title, x=0.01, ha="left")
        yield figure
        figure.savefig(temporary, metadata={"Software": None}, pil_kwargs={"optimize": True})


def color(emotion: str) -> str:
    """Return the emotion's colour as #RRGGBB; near black for one that is not in EMOTIONS."""
    return COLORS.get(emotion, INK)


def color_strip(axes: Axes, x: list[float], y: list[float], emotion: str) -> None:
    """Draw a thick line in the emotion's colour, from and to places that are shares of the axes."""
    look = {"color": color(emotion), "linewidth": 5, "solid_capstyle": "butt"}
    axes.plot(x, y, transform=axes.transAxes, clip_on=False, **look)


def emotion_ticks(axes: Axes, emotions: Iterable[str]) -> None:
    """Name rows and columns of a square table, with a strip of the emotion's colour beside each."""
    emotions = list(emotions)
    axes.set_xticks(range(len(emotions)), emotions)
    axes.set_yticks(range(len(emotions)), emotions)
    axes.tick_params(length=0, pad=10)
    axes.spines[:].set_visible(False)
    for place, emotion in enumerate(emotions):
        extent = [(place + 0.04) / len(emotions), (place + 0.96) / len(emotions)]
        color_strip(axes, extent, [-0.012, -0.012], emotion)
        color_strip(axes, [-0.012, -0.012], [1 - end for end in extent], emotion)  # rows count from the top
