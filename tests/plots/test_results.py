import pandas as pd
import pytest

from speech_emotion.plots import results


@pytest.mark.parametrize(
    ("protocol", "title"),
    [("random", "random split"), ("words", "unseen words"), ("speaker-1", "speaker-independent: OAF held out")],
)
def test_title_names_corpus_and_protocol(protocol, title):
    assert results.protocol_title("tess", protocol, ["OAF", "OAF"]) == f"TESS, {title}"


def test_one_epoch_is_enough_for_a_history(tmp_path):
    history = pd.DataFrame([[1, 1.9, 1.8, 0.2]], columns=results.HISTORY_COLUMNS)
    results.plot_history(tmp_path / "history.png", history, "TESS", {"train": 2, "validation": 1})
    assert (tmp_path / "history.png").stat().st_size > 0


def test_an_emotion_without_clips_is_an_empty_row(tmp_path):
    counts = pd.DataFrame([[3, 0], [0, 0]], ["anger", "awe"], ["anger", "awe"])
    scores = {"uar": 1, "uar_low": 1, "uar_high": 1, "clips": 3}
    results.plot_confusion(tmp_path / "confusion.png", counts, "TESS", scores, 0.95)
    assert (tmp_path / "confusion.png").stat().st_size > 0
