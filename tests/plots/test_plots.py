import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from speech_emotion.core import emotions
from speech_emotion.plots import errors, evaluation

LABELS = ["anger", "fear", "happiness"]
SCORES = {"uar": 0.74, "uar_low": 0.71, "uar_high": 0.77, "ece": 0.05, "clips": 1400}


def confusion(path):
    evaluation.plot_confusion(path, pd.DataFrame(np.diag([5, 0, 900]) + 1, LABELS, LABELS), "TESS, random split", SCORES)


def reliability(path):
    table = pd.DataFrame({"low": [0.5, 0.9], "high": [0.6, 1.0], "confidence": [0.55, 0.97], "accuracy": [0.4, 1.0]})
    evaluation.plot_reliability(path, table.assign(clips=[1, 1399]), "TESS, random split", SCORES)


def curves(path):
    columns = ["loss", "validation_loss", "validation_uar"]
    history = pd.DataFrame(np.linspace([2, 1.8, 0.2], [0.5, 0.6, 0.9], 6), columns=columns)
    evaluation.plot_history(path, history.assign(epoch=range(1, 7)), "TESS, random split", {"train": 2000, "validation": 400})


def examples(path):
    rng = np.random.default_rng(0)
    clips = {label: (rng.normal(-40, 9, (16, 20 + n)), rng.normal(size=(5, 8))) for n, label in enumerate(LABELS)}
    evaluation.plot_examples(path, clips, "TESS, speaker OAF, “back”", np.geomspace(50, 8000, 16), 0.01)


def predictions(wrong: int = 30) -> pd.DataFrame:
    """Predictions of 80 clips of two speakers, of whom B never is happy, with mistakes that get less sure."""
    actual = ["fear", "anger", "happiness", "fear"] * 20
    rows = {"clip": [f"{n:03}.wav" for n in range(80)], "speaker": ["A", "A", "A", "B"] * 20, "word": "x"}
    table = pd.DataFrame(rows).assign(
        actual=actual, predicted=["surprise" if n < wrong else a for n, a in enumerate(actual)]
    )
    sure = np.linspace(0.9, 0.3, 80)
    return table.assign(surprise=sure, fear=0.1, anger=0.1, happiness=0.05)


def errors(path):
    errors.plot_errors(path, predictions(), "TESS, random split")


def recall(path):
    errors.plot_recall(path, predictions(), "TESS, random split")


PICTURES = pytest.mark.parametrize("picture", [confusion, reliability, curves, examples, errors, recall])


@PICTURES
def test_a_picture_is_the_same_bytes_each_time(tmp_path, picture):
    picture(tmp_path / "first.png")
    with matplotlib.rc_context({"font.size": 30, "savefig.dpi": 40, "lines.linewidth": 9}):  # a reader's own taste
        picture(tmp_path / "second.png")
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


@PICTURES
def test_a_picture_carries_no_version_and_no_date(tmp_path, picture):
    picture(tmp_path / "picture.png")
    content = (tmp_path / "picture.png").read_bytes()
    assert not any(chunk in content for chunk in (b"tEXt", b"iTXt", b"tIME", b"Matplotlib"))


@PICTURES
def test_nothing_is_cut_off(tmp_path, picture):
    picture(tmp_path / "picture.png")
    image = imread(tmp_path / "picture.png")[..., :3]  # (height, width, colours)
    border = np.concatenate([image[:4].reshape(-1, 3), image[-4:].reshape(-1, 3), image[:, -4:].reshape(-1, 3)])
    assert image.shape[1] >= 1200
    assert (border == 1).all()


def test_the_surest_mistakes_come_first_and_are_named():
    rows = errors.most_confident_errors(predictions())
    assert rows["clip"].tolist() == [f"{n:03}.wav" for n in range(errors.SHOWN)]
    assert rows.iloc[0].to_dict() == {
        "clip": "000.wav", "actual": "fear", "predicted": "surprise", "sure": 0.9, "left": 0.1
    }  # fmt: skip


def test_equally_sure_mistakes_stand_by_name():
    table = predictions().assign(surprise=0.5)[::-1]
    assert errors.most_confident_errors(table)["clip"].tolist()[:3] == ["000.wav", "001.wav", "002.wav"]


def test_no_mistake_is_drawn_too(tmp_path):
    errors.plot_errors(tmp_path / "errors.png", predictions(wrong=0), "TESS, random split")
    assert (tmp_path / "errors.png").stat().st_size > 0


def test_one_epoch_of_history_is_enough(tmp_path):
    history = pd.DataFrame({"epoch": [1], "loss": [1.9], "validation_loss": [1.8], "validation_uar": [0.2]})
    evaluation.plot_history(tmp_path / "curves.png", history, "TESS, random split", {"train": 2, "validation": 1})
    assert (tmp_path / "curves.png").stat().st_size > 0


def test_an_emotion_without_clips_is_drawn(tmp_path):
    counts = pd.DataFrame([[3, 0], [0, 0]], ["anger", "unheard"], ["anger", "unheard"])
    evaluation.plot_confusion(tmp_path / "confusion.png", counts, "TESS, random split", SCORES | {"clips": 3})
    assert (tmp_path / "confusion.png").stat().st_size > 0


# What each kind of colour blindness makes of linear RGB: Machado et al. 2009, https://doi.org/10.1109/TVCG.2009.113
SIGHT = {
    "full": np.eye(3),
    "protan": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deutan": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


@pytest.mark.parametrize("sight", SIGHT)
def test_emotions_differ_in_colour_for_every_reader(sight):
    colours = np.array([to_rgb(colour) for colour in emotions.COLORS.values()])
    seen = np.clip(colours**2.2 @ SIGHT[sight].T, 0, 1) ** (1 / 2.2)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    assert apart[~np.eye(len(seen), dtype=bool)].min() > 0.15


@pytest.mark.parametrize(
    ("fold", "title"),
    [
        ("random", "TESS, random split"),
        ("words", "TESS, unseen words"),
        ("speaker-1", "TESS, speaker-1 (OAF) held out"),
    ],
)
def test_headings(fold, title):
    assert evaluation.heading("tess", fold, ["OAF", "OAF"]) == title


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.005, "<1%"), (0.01, "1%"), (0.745, "74%"), (0.995, ">99%"), (1, "100%")]
)
def test_only_none_is_0_percent_and_only_all_100(share, text):
    assert evaluation.percent(share) == text


def table(*rows):
    return pd.DataFrame(rows, columns=["clip", "speaker", "word", "emotion"])


def test_the_example_is_the_first_word_that_the_first_speaker_has_in_all_emotions():
    both = [(f"{word}-{emotion}", "OAF", word, emotion) for word in ("bar", "cab") for emotion in ("fear", "anger")]
    chosen = evaluation.one_of_each(table(*both, ("a", "OAF", "ask", "fear"), ("b", "AAA2", "ask", "anger")).iloc[:-1])
    assert chosen["clip"].tolist() == ["bar-anger", "bar-fear"]


def test_a_word_said_twice_with_an_emotion_is_shown_once():
    chosen = evaluation.one_of_each(
        table(("a", "03", "a01", "fear"), ("b", "03", "a01", "fear"), ("c", "04", "a01", "anger"))
    )
    assert chosen["clip"].tolist() == ["a"]
