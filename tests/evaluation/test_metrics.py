import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from speech_emotion.evaluation import metrics
from speech_emotion.core.errors import UserError
from speech_emotion.evaluation.metrics import EvaluateSettings

LABELS = ["anger", "fear", "neutral", "sadness"]
FEW = EvaluateSettings(resamples=300)
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)


def columns(rows):
    return [pd.Series(column) for column in zip(*rows, strict=True)]


def answers(words=50, each=8, right=0.7, alike=False, seed=0):
    """Make actual, predicted and word of each clip; `alike`: the clips of a word are all right or all wrong."""
    rng = np.random.default_rng(seed)
    word = np.repeat([f"word{number:03}" for number in range(words)], each)
    actual = np.resize(LABELS, len(word))
    luck = np.repeat(rng.random(words), each) if alike else rng.random(len(word))
    wrong = np.roll(LABELS, 1)[np.searchsorted(LABELS, actual)]
    return pd.Series(actual), pd.Series(np.where(luck < right, actual, wrong)), pd.Series(word)


def width(interval):
    return interval[1] - interval[0]


@given(PAIRS)
def test_uar_is_balanced_accuracy(pairs):
    actual, predicted = columns(pairs + [(label, label) for label in LABELS])
    assert metrics.uar(actual, predicted) == pytest.approx(balanced_accuracy_score(actual, predicted))


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_clips_does_not_matter(pairs, random):
    def every(rows):
        actual, predicted = columns(rows)
        top = predicted.map(LABELS.index) / 4 + 0.15
        calibration = metrics.ece(metrics.reliability(top, actual == predicted, 10))
        return [metrics.uar(actual, predicted), metrics.macro_f1(actual, predicted), calibration]

    assert every(random.sample(pairs, len(pairs))) == pytest.approx(every(pairs))


def test_uar_counts_only_emotions_that_have_clips():
    actual, predicted = columns([("fear", "fear"), ("fear", "anger"), ("neutral", "neutral")])
    assert metrics.recalls(actual, predicted) == {"fear": 0.5, "neutral": 1.0}
    assert metrics.uar(actual, predicted) == 0.75
    assert metrics.macro_f1(actual, predicted) == pytest.approx((2 / 3 + 1) / 2)


def test_uar_weighs_a_rare_emotion_like_a_common_one():
    actual, predicted = columns([("fear", "fear")] * 99 + [("anger", "fear")])
    assert metrics.uar(actual, predicted) == 0.5


def test_confusion_has_actual_rows_and_predicted_columns():
    table = metrics.confusion(*columns([("fear", "anger"), ("fear", "anger"), ("anger", "anger")]), LABELS)
    assert table.loc["fear", "anger"] == 2
    assert table.to_numpy().sum() == 3
    assert list(table.index) == list(table.columns) == LABELS


def test_ece_by_hand():
    # Bin (0.8, 0.9]: sure 0.85, right 0.5, 2 clips. Bin (0.5, 0.6]: sure 0.6, right 1.0, 1 clip.
    table = metrics.reliability(pd.Series([0.82, 0.88, 0.6]), pd.Series([True, False, True]), 10)
    assert metrics.ece(table) == pytest.approx((2 * 0.35 + 1 * 0.4) / 3)
    assert table["clips"].tolist() == [1, 2]
    np.testing.assert_allclose(table[["low", "high"]], [[0.5, 0.6], [0.8, 0.9]])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_perfect_calibration_has_no_error(share):
    right = np.arange(100) < 100 * share
    assert metrics.ece(metrics.reliability(pd.Series(np.full(100, share)), pd.Series(right), 10)) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.integers(1, 30))
def test_every_clip_is_in_the_bin_that_bounds_it(top, bins):
    table = metrics.reliability(pd.Series(top), pd.Series(top) > 0.5, bins)
    assert table["clips"].sum() == len(top)
    assert (table["low"] <= table["confidence"] + 1e-12).all()
    assert (table["confidence"] <= table["high"] + 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alike", [False, True])
def test_intervals_hold_the_estimate(seed, alike):
    actual, predicted, word = answers(alike=alike, seed=seed)
    intervals = metrics.bootstrap(actual, predicted, word, FEW, seed)
    assert intervals["uar"][0] < metrics.uar(actual, predicted) < intervals["uar"][1]
    assert intervals["accuracy"][0] < (actual == predicted).mean() < intervals["accuracy"][1]


@pytest.mark.parametrize("score", ["uar", "accuracy"])
def test_more_words_are_narrower(score):
    few, many = (metrics.bootstrap(*answers(words=words), FEW, 0)[score] for words in (20, 500))
    assert width(many) < width(few) / 2


@pytest.mark.parametrize("score", ["uar", "accuracy"])
def test_words_whose_clips_agree_widen_the_interval(score):
    actual, predicted, word = answers(alike=True)
    alone = pd.Series(np.arange(len(word)).astype(str))  # as if every clip were a word of its own
    by_word, by_clip = (metrics.bootstrap(actual, predicted, by, FEW, 0)[score] for by in (word, alone))
    assert width(by_word) > 1.5 * width(by_clip)


def test_accuracy_interval_is_that_of_the_normal_approximation():
    actual, predicted, word = answers(words=2000, each=1)
    low, high = metrics.bootstrap(actual, predicted, word, EvaluateSettings(), 0)["accuracy"]
    share = (actual == predicted).mean()
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(share * (1 - share) / 2000), rel=0.1)


def test_the_seed_decides_the_interval():
    first, again, other = (metrics.bootstrap(*answers(), FEW, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_an_emotion_that_is_not_drawn_is_left_out():
    actual, predicted = columns([("fear", "fear"), ("anger", "fear")])
    assert metrics.bootstrap(actual, predicted, pd.Series(["back", "bar"]), FEW, 0)["uar"] == (0, 1)


def test_one_word_has_no_interval():
    actual, predicted, word = answers(words=1)
    with pytest.raises(UserError, match=r"all clips are of the word 'word000'; .* two words or more"):
        metrics.bootstrap(actual, predicted, word, FEW, 0)


def test_two_thousand_resamples_of_tess_take_well_under_a_second():
    data = answers(words=200, each=7)
    start = time.process_time()
    metrics.bootstrap(*data, EvaluateSettings(), 0)
    assert time.process_time() - start < 1


def clip_table():
    rows = [("a.wav", "OAF", "back", "fear"), ("b.wav", "OAF", "bar", "anger")]
    return pd.DataFrame(rows, columns=["clip", "speaker", "word", "emotion"], index=[7, 3])


def test_predictions_keep_the_clip_beside_its_probabilities():
    table = metrics.prediction_table(clip_table(), ["anger", "fear"], np.log([[0.25, 0.75], [0.4, 0.6]]))
    assert list(table.columns) == ["clip", "speaker", "word", "actual", "predicted", "anger", "fear"]
    assert table["predicted"].tolist() == ["fear", "fear"]
    np.testing.assert_allclose(table[["anger", "fear"]], [[0.25, 0.75], [0.4, 0.6]])


def test_an_emotion_that_the_model_does_not_know_is_refused():
    with pytest.raises(UserError, match="clips of anger; the model knows fear, sadness"):
        metrics.prediction_table(clip_table(), ["fear", "sadness"], np.log(np.full((2, 2), 0.5)))


def test_no_clip_is_refused():
    with pytest.raises(UserError, match="no clip to evaluate"):
        metrics.prediction_table(clip_table()[:0], ["anger", "fear"], np.empty((0, 2)))


def test_summary_is_flat_and_holds_every_number():
    table = metrics.prediction_table(clip_table(), ["anger", "fear"], np.log([[0.25, 0.75], [0.4, 0.6]]))
    numbers = metrics.summarize(table, ["anger", "fear"], FEW, 0)
    assert numbers["uar"] == numbers["accuracy"] == numbers["recall.fear"] / 2 == 0.5
    assert numbers["clips"] == 2
    assert numbers["ece"] == pytest.approx((0.25 + 0.6) / 2)
    bounds = {"uar_low", "uar_high", "accuracy_low", "accuracy_high"}
    assert (
        set(numbers)
        == {"uar", "accuracy", "macro_f1", "ece", "ece_uncalibrated", "clips", "recall.anger", "recall.fear"} | bounds
    )


@pytest.mark.parametrize("wrong", [{"resamples": 0}, {"confidence": 1.0}, {"confidence": 0.0}, {"bins": 0}])
def test_settings_out_of_range_are_named(wrong):
    with pytest.raises(UserError, match=f"evaluate.{next(iter(wrong))} is"):
        EvaluateSettings(**wrong)


def test_the_calibration_error_without_the_temperature_is_reported_too():
    table = pd.DataFrame({"actual": ["a", "b"], "predicted": ["a", "b"], "word": ["x", "y"]})
    cooled = table.assign(a=[0.9, 0.1], b=[0.1, 0.9])  # 0.75 to 0.25 at temperature 0.5
    numbers = metrics.summarize(cooled, ["a", "b"], EvaluateSettings(resamples=10), 0, temperature=0.5)
    assert numbers["ece"] == pytest.approx(0.1)
    assert numbers["ece_uncalibrated"] == pytest.approx(0.25)
