import numpy as np
import pandas as pd
import pytest

from speech_emotion.evaluation import unsure

LABELS = ["anger", "fear"]


def predictions(confidence: list[float], is_right: list[bool], corpus: str = "x") -> pd.DataFrame:
    """Clips of anger, predicted with these probabilities."""
    table = pd.DataFrame({"anger": np.where(is_right, confidence, 1 - np.array(confidence))})
    predicted = np.where(is_right, "anger", "fear")
    return table.assign(
        fear=1 - table["anger"], actual="anger", predicted=predicted, corpus=corpus, statistics="single"
    )


def test_the_threshold_is_the_lowest_with_two_thirds_right():
    table = predictions([0.55, 0.65, 0.75, 0.85], [False, False, True, True])
    assert unsure.choose_threshold(table, LABELS) == 0.56  # two of three


def test_every_corpus_must_be_right_often_enough():
    small = predictions([0.6, 0.9], [False, True], "small")
    large = predictions([0.6] * 50 + [0.9] * 50, [True] * 100, "large")
    assert unsure.choose_threshold(large, LABELS) == 0.0
    assert unsure.choose_threshold(pd.concat([small, large]), LABELS) == 0.61


def test_a_tenth_of_the_clips_is_never_called_unsure():
    """A single clip that is right does not make a threshold."""
    table = predictions(np.linspace(0.5, 0.99, 50).tolist(), [False] * 49 + [True])
    threshold = unsure.choose_threshold(table, LABELS)
    assert unsure.unsure_scores(table, LABELS, threshold)["unsure"] == pytest.approx(0.9, abs=0.03)


def test_scores_by_corpus():
    table = pd.concat([predictions([0.55, 0.8, 0.9], [True, False, True]), predictions([0.9], [True], "y")])
    found = unsure.by_corpus(table, LABELS, 0.7).set_index("corpus")
    assert found.loc["x", ["unsure", "right"]].to_list() == pytest.approx([1 / 3, 1 / 2])
    assert found.loc["y", ["unsure", "right"]].to_list() == [0, 1]
