import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from speech_emotion.plots import error_analysis, examples, results, seeds, style

TITLE = "TESS, speaker-independent: OAF held out"
LABELS = ["anger", "fear", "happiness"]
SCORES = {"uar": 0.74, "uar_low": 0.71, "uar_high": 0.77, "ece": 0.05, "clips": 1400}
COUNTS = pd.DataFrame(np.diag([5, 0, 900]) + 1, LABELS, LABELS)
BINS = pd.DataFrame([[0.5, 0.6, 0.55, 0.4, 1], [0.9, 1, 0.97, 1, 1399]]).set_axis(
    ["low", "high", "confidence", "accuracy", "clips"], axis=1
)
HISTORY = pd.DataFrame(np.linspace([1, 2, 1.8, 0.2], [6, 0.5, 0.6, 0.9], 6), columns=results.HISTORY_COLUMNS)
SEEDS = pd.DataFrame({"protocol": ["random", "speaker-1"] * 2, "seed": [1, 1, 2, 2], "uar": [1, 0.7, 1, 0.8]})
CLIPS = {label: (np.full((16, 20 + place), -place), np.eye(8, 5)) for place, label in enumerate(LABELS)}
SPEAKERS = {"speaker": ["A", "A", "A", "B"] * 15, "actual": ["fear", "anger", "happiness", "fear"] * 15}
PROBABILITIES = {"surprise": np.linspace(0.3, 1, 60), "anger": 0.1, "fear": 0.1, "happiness": 0.005}
PREDICTIONS = pd.DataFrame(SPEAKERS).assign(clip="OAF_thought_happy.wav", predicted="surprise", **PROBABILITIES)

FIGURES = {
    "confusion": lambda path: results.plot_confusion(path, COUNTS, TITLE, SCORES, 0.95),
    "reliability": lambda path: results.plot_reliability(path, BINS, TITLE, SCORES),
    "history": lambda path: results.plot_history(path, HISTORY, TITLE, {"train": 2000, "validation": 400}),
    "examples": lambda path: examples.plot_examples(path, CLIPS, "TESS, “back”", np.geomspace(50, 8000, 16), 0.01),
    "errors": lambda path: error_analysis.plot_errors(path, PREDICTIONS, TITLE),
    "recall": lambda path: error_analysis.plot_recall(path, PREDICTIONS, TITLE),
    "seeds": lambda path: seeds.plot_seeds(path, SEEDS, "tess"),
}


@pytest.fixture(scope="module", params=FIGURES)
def drawn(request, tmp_path_factory):
    """Name and path of a figure."""
    path = tmp_path_factory.mktemp("figures") / "figure.png"
    FIGURES[request.param](path)
    return request.param, path


def test_same_bytes_whatever_the_settings_of_the_user(tmp_path, drawn):
    name, path = drawn
    with matplotlib.rc_context({"font.size": 30, "savefig.dpi": 40, "lines.linewidth": 9}):
        FIGURES[name](tmp_path / "second.png")
    assert (tmp_path / "second.png").read_bytes() == path.read_bytes()


def test_no_version_no_date_and_nothing_cut_off(drawn):
    _, path = drawn
    assert not any(chunk in path.read_bytes() for chunk in (b"tEXt", b"iTXt", b"tIME", b"Matplotlib"))
    image = imread(path)[..., :3]  # (height, width, colors)
    border = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3), image[:, -4:].reshape(-1, 3)])
    assert image.shape[1] >= 1200
    assert (border == 1).all()


def test_a_dollar_sign_is_not_mathematics(tmp_path):
    with style.picture(tmp_path / "figure.png", "a$\\b$c", (4, 2)):
        pass
    assert (tmp_path / "figure.png").stat().st_size > 0
