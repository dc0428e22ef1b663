import pandas as pd
import pytest

from speech_emotion.evaluation import collection_summary

ROWS = pd.DataFrame(
    [
        ("x", "anger", "anger", "anger", "speakers-1"),
        ("x", "fear", "anger", "anger", "speakers-2"),
        ("x", "fear", "anger", "anger", "speakers-2"),
        ("x", "fear", "fear", "anger", "speakers-1"),
        ("x", "fear", "fear", "", "corpus-x"),
        ("y", "fear", "fear", "fear", "all"),
    ],
    columns=["corpus", "actual", "svm", "network", "protocol"],
)


def test_groups_of_speakers_are_one_test_and_other_corpora_another():
    table = collection_summary.uar_by_test(ROWS).set_index(["test", "corpus"])
    expected = {("new speakers", "x"): 2 / 3, ("new corpora", "x"): 1.0, ("new corpora", "y"): 1.0}
    assert table["svm"].to_dict() == pytest.approx(expected)


def test_a_baseline_without_predictions_has_no_uar():
    table = collection_summary.uar_by_test(ROWS).set_index(["test", "corpus"])
    assert table["network"].isna().to_dict()["new corpora", "x"]
    assert table["network"].notna().sum() == 2


def test_main_scores_are_means_over_corpora():
    table = pd.DataFrame(
        [
            ("new speakers", "single", 0.5, 0.1),
            ("new speakers", "single", 0.7, 0.3),
            ("new corpora", "known", 0.4, 0.2),
        ],
        columns=["test", "statistics", "uar", "ece"],
    )
    assert collection_summary.main_scores(table) == pytest.approx(
        {
            "uar_new_speakers_single": 0.6,
            "ece_new_speakers_single": 0.2,
            "uar_new_corpora_known": 0.4,
            "ece_new_corpora_known": 0.2,
        }
    )
