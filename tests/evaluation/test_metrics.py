import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from speech_emotion.core.errors import UserError
from speech_emotion.evaluation import metrics
from speech_emotion.evaluation.metrics import EvaluateSettings

LABELS = ["anger", "fear", "neutral", "sadness"]
SETTINGS = EvaluateSettings(bootstrap_samples=300, confidence_level=0.95, calibration_bins=10)
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)


def columns(pairs):
    """Return pairs of actual and predicted emotion as two columns."""
    return [pd.Series(column) for column in zip(*pairs, strict=True)]


def predictions(words=50, clips_per_word=8, accuracy=0.7, correlated=False, seed=0):
    """Return actual emotion, predicted emotion and word of each clip.

    With `correlated`, the predictions of a word are all correct or all wrong.
    """
    rng = np.random.default_rng(seed)
    word = np.repeat([f"word{number:03}" for number in range(words)], clips_per_word)
    actual = np.resize(LABELS, len(word))
    wrong = np.roll(LABELS, 1)[np.searchsorted(LABELS, actual)]
    draws = np.repeat(rng.random(words), clips_per_word) if correlated else rng.random(len(word))
    return pd.Series(actual), pd.Series(np.where(draws < accuracy, actual, wrong)), pd.Series(word)


def width(interval):
    return interval[1] - interval[0]


@settings(max_examples=30)
@given(PAIRS)
def test_uar_is_balanced_accuracy(pairs):
    actual, predicted = columns(pairs + [(label, label) for label in LABELS])
    assert metrics.uar(actual, predicted) == pytest.approx(balanced_accuracy_score(actual, predicted))


def test_emotions_without_clips_do_not_count():
    actual, predicted = columns([("fear", "fear"), ("fear", "anger"), ("neutral", "neutral")])
    assert metrics.recalls(actual, predicted) == {"fear": 0.5, "neutral": 1.0}
    assert metrics.uar(actual, predicted) == 0.75
    assert metrics.macro_f1(actual, predicted) == pytest.approx((2 / 3 + 1) / 2)


def test_confusion_has_actual_rows_and_predicted_columns():
    table = metrics.confusion(*columns([("fear", "anger"), ("fear", "anger"), ("anger", "anger")]), LABELS)
    assert table.loc["fear", "anger"] == 2
    assert table.to_numpy().sum() == 3
    assert list(table.index) == list(table.columns) == LABELS


def test_ece_by_hand():
    # Bin (0.8, 0.9]: confidence 0.85, accuracy 0.5, 2 clips. Bin (0.5, 0.6]: confidence 0.6, accuracy 1, 1 clip.
    table = metrics.reliability(pd.Series([0.82, 0.88, 0.6]), pd.Series([True, False, True]), 10)
    assert metrics.ece(table) == pytest.approx((2 * 0.35 + 1 * 0.4) / 3)
    assert table["clips"].tolist() == [1, 2]
    np.testing.assert_allclose(table[["low", "high"]], [[0.5, 0.6], [0.8, 0.9]])


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.integers(1, 30))
def test_every_clip_is_in_the_bin_that_bounds_its_confidence(confidence, bins):
    table = metrics.reliability(pd.Series(confidence), pd.Series(confidence) > 0.5, bins)
    assert table["clips"].sum() == len(confidence)
    assert (table["low"] <= table["confidence"] + 1e-12).all()
    assert (table["confidence"] <= table["high"] + 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("correlated", [False, True])
def test_intervals_contain_the_estimate(seed, correlated):
    actual, predicted, word = predictions(correlated=correlated, seed=seed)
    intervals = metrics.bootstrap(actual, predicted, word, SETTINGS, seed)
    assert intervals["uar"][0] < metrics.uar(actual, predicted) < intervals["uar"][1]
    assert intervals["accuracy"][0] < (actual == predicted).mean() < intervals["accuracy"][1]


@pytest.mark.parametrize("metric", ["uar", "accuracy"])
def test_intervals_narrow_with_more_words_and_widen_with_correlated_clips(metric):
    def interval(actual, predicted, word):
        return metrics.bootstrap(actual, predicted, word, SETTINGS, 0)[metric]

    assert width(interval(*predictions(words=500))) < width(interval(*predictions(words=20))) / 2
    actual, predicted, word = predictions(correlated=True)
    one_word_per_clip = pd.Series(np.arange(len(word)).astype(str))
    assert width(interval(actual, predicted, word)) > 1.5 * width(interval(actual, predicted, one_word_per_clip))


def test_interval_of_accuracy_is_that_of_the_normal_approximation():
    actual, predicted, word = predictions(words=2000, clips_per_word=1)
    more_samples = SETTINGS.model_copy(update={"bootstrap_samples": 2000})
    interval = metrics.bootstrap(actual, predicted, word, more_samples, 0)["accuracy"]
    accuracy = (actual == predicted).mean()
    assert width(interval) == pytest.approx(2 * 1.96 * np.sqrt(accuracy * (1 - accuracy) / 2000), rel=0.1)


def test_the_seed_determines_the_interval():
    first, again, other = (metrics.bootstrap(*predictions(), SETTINGS, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_an_emotion_that_is_not_drawn_is_left_out():
    actual, predicted = columns([("fear", "fear"), ("anger", "fear")])
    assert metrics.bootstrap(actual, predicted, pd.Series(["back", "bar"]), SETTINGS, 0)["uar"] == (0, 1)


def test_one_word_has_no_interval():
    with pytest.raises(UserError, match="'word000'.* needs two or more"):
        metrics.bootstrap(*predictions(words=1), SETTINGS, 0)


CLIPS = pd.DataFrame(
    [("a.wav", "OAF", "back", "fear"), ("b.wav", "OAF", "bar", "anger")],
    columns=["clip", "speaker", "word", "emotion"],
    index=[7, 3],
)
LOG_PROBABILITIES = np.log([[0.25, 0.75], [0.4, 0.6]])


def test_prediction_table_has_one_row_per_clip():
    table = metrics.prediction_table(CLIPS, ["anger", "fear"], LOG_PROBABILITIES)
    assert list(table.columns) == ["clip", "speaker", "word", "actual", "predicted", "anger", "fear"]
    assert table["clip"].tolist() == ["a.wav", "b.wav"]
    assert table["predicted"].tolist() == ["fear", "fear"]
    np.testing.assert_allclose(table[["anger", "fear"]], [[0.25, 0.75], [0.4, 0.6]])


def test_summary_is_flat_and_complete():
    table = metrics.prediction_table(CLIPS, ["anger", "fear"], LOG_PROBABILITIES)
    summary = metrics.summarize(table, ["anger", "fear"], SETTINGS, 0)
    assert summary["uar"] == summary["accuracy"] == summary["recall.fear"] / 2 == 0.5
    assert summary["clips"] == 2
    assert summary["ece"] == pytest.approx((0.25 + 0.6) / 2)
    names = "uar accuracy macro_f1 ece ece_uncalibrated clips uar_low uar_high accuracy_low accuracy_high"
    assert set(summary) == {*names.split(), "recall.anger", "recall.fear"}


def test_the_calibration_error_without_calibration_is_reported_too():
    table = pd.DataFrame({"actual": ["a", "b"], "predicted": ["a", "b"], "word": ["x", "y"]})
    table = table.assign(a=[0.9, 0.1], b=[0.1, 0.9])  # 0.75 and 0.25 before they were divided by temperature 0.5
    summary = metrics.summarize(table, ["a", "b"], SETTINGS, 0, temperature=0.5)
    assert summary["ece"] == pytest.approx(0.1)
    assert summary["ece_uncalibrated"] == pytest.approx(0.25)
