import pandas as pd
import pytest

from speech_emotion.enrolment_curves.summary import check_estimates, summarize
from speech_emotion.evaluation.metrics import EvaluateSettings

SETTINGS = EvaluateSettings(bootstrap_samples=200, confidence_level=0.95, calibration_bins=10)


def rows(speaker: str, draw: int, predicted: list[int], **columns) -> pd.DataFrame:
    """Four tested clips: three of class 0, one of class 1."""
    table = pd.DataFrame({"voice": predicted, "actual": [0, 0, 0, 1]})
    return table.assign(corpus="c", speaker=speaker, draw=draw, clips=2, confidence_voice=0.75, logistic=-1, **columns)


TWO = pd.concat([rows("a", 0, [0, 0, 0, 1]), rows("a", 1, [0, 0, 0, 0]), rows("b", 0, [0, 1, 1, 1])])


def test_the_uar_is_the_mean_over_draws_and_then_over_people():
    [row] = summarize(TWO, ["voice"], SETTINGS, 1).to_dict("records")
    a, b = (1 + 0.5) / 2, (1 / 3 + 1) / 2
    assert row["uar"] == pytest.approx((a + b) / 2)
    assert (row["speakers"], row["clips"], row["method"]) == (2, 2, "voice")
    assert pd.isna(row["uar_low"])  # of two people
    assert row["ece"] == pytest.approx(0.0)  # 9 of 12 are right, and it says 75 %


def test_many_people_have_an_interval():
    people = pd.concat([rows(str(number), 0, [0, 0, 0, number % 2]) for number in range(10)])
    [row] = summarize(people, ["voice"], SETTINGS, 1).to_dict("records")
    assert row["uar_low"] < row["uar"] < row["uar_high"]


def test_a_method_that_predicts_nothing_is_left_out():
    assert list(summarize(TWO, ["voice", "logistic"], SETTINGS, 1)["method"]) == ["voice"]


def test_promises_are_compared_with_what_is_reached():
    kept = rows("a", 0, [0, 0, 0, 1], estimate=0.9, estimate_low=0.7, estimate_high=1.0)
    broken = rows("b", 0, [1, 1, 1, 1], estimate=0.9, estimate_low=0.7, estimate_high=1.0)
    [row] = check_estimates(pd.concat([kept, broken])).to_dict("records")
    assert row == {"corpus": "c", "clips": 2, "estimate": pytest.approx(0.9), "uar": 0.75, "inside": 0.5}
    assert check_estimates(rows("a", 0, [0, 0, 0, 1], estimate=None, estimate_low=None, estimate_high=None)).empty
