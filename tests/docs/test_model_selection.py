"""The figures in docs/model-selection.md and experiments/README.md are those of the tables in experiments/."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

PAGE = Path("docs/model-selection.md").read_text(encoding="utf-8")
README = Path("experiments/README.md").read_text(encoding="utf-8")
RESULTS = pd.read_csv("experiments/model-selection.csv", comment="#")
CALIBRATION = pd.read_csv("experiments/calibration.csv", comment="#")

MEASURES = {  # as the page calls them -> column
    "EMO-DB": "uar_emodb_across_speakers",
    "varied acting": "uar_tess_varied_acting",
    "original speed": "criterion_at_speed_1",
}
CRITERIA = {
    1: ["uar_emodb_across_speakers", "uar_tess_pseudo_speakers", "uar_tess_to_emodb"],
    2: ["uar_emodb_across_speakers", "uar_tess_pseudo_speakers"],
    3: ["uar_emodb_across_speakers", "uar_tess_varied_acting"],
}


def quoted_scores() -> list[tuple[str, str, float]]:
    """Return (experiment, column, score) for every "`experiment` 0.123 (EMO-DB 0.456)" on the page."""
    scores = []
    for experiment, criterion, details in re.findall(r"`([\w.-]+)` (0\.\d+)(?: \(([^)]+)\))?", PAGE):
        scores.append((experiment, "criterion", float(criterion)))
        for measure, score in re.findall(r"([A-Za-z -]+) (0\.\d+)", details):
            scores.append((experiment, MEASURES[measure.strip()], float(score)))
    return scores


def calibration_rows() -> list[list[str]]:
    """Return the cells of each row of the page's calibration table."""
    rows = re.findall(r"^\| ((?:speed|noise) .+) \|$", PAGE, re.MULTILINE)
    return [row.split(" | ") for row in rows]


def numbers(cell: str) -> list[float]:
    return [float(number) for number in cell.split(", ")]


@pytest.mark.parametrize(("experiment", "column", "score"), quoted_scores())
def test_a_quoted_score_is_the_mean_of_its_rows(experiment, column, score):
    rows = RESULTS[RESULTS["experiment"] == experiment]
    assert score == pytest.approx(rows[column].mean(), abs=0.000501)


@pytest.mark.parametrize(("copies", "accuracy", "temperature", "ece"), calibration_rows())
def test_the_calibration_table_is_the_mean_of_its_rows(copies, accuracy, temperature, ece):
    shipped = CALIBRATION[(CALIBRATION["ensemble_size"] == 2) & (CALIBRATION["pooling"] == "mean")]
    rows = shipped[(shipped["calibration_copies"] == copies) & (shipped["method"] == "temperature")]
    means = rows.groupby("test")[["accuracy_on_copies", "temperature"]].mean()
    means = means.loc[["tess_varied_acting", "emodb_across_speakers"]]
    assert numbers(accuracy) == pytest.approx(means["accuracy_on_copies"].tolist(), abs=0.00501)
    assert numbers(temperature) == pytest.approx(means["temperature"].tolist(), abs=0.00501)
    assert float(ece) == pytest.approx(rows["ece"].mean(), abs=0.000501)


def test_the_page_quotes_both_tables():
    assert len(quoted_scores()) > 30
    assert len(calibration_rows()) > 5


def test_the_trainings_and_rows_are_counted():
    trained = RESULTS[RESULTS["kind"] == "trained"]
    configurations = trained.groupby(["criterion_version", "settings"]).ngroups
    assert re.findall(r"(\d+) trainings of (\d+)\s+configurations", PAGE) == [(str(len(trained)), str(configurations))]
    counts = re.findall(r"^\| `([a-z ]+)` \| (\d+) \|", README, re.MULTILINE)
    assert {kind: int(count) for kind, count in counts} == RESULTS["kind"].value_counts().to_dict()


def test_every_column_and_setting_is_explained():
    settings = {name for row in RESULTS["settings"] for name in json.loads(row)}
    explained = README + Path("params.yaml").read_text(encoding="utf-8")
    names = {*RESULTS, *CALIBRATION, *settings}
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", explained)) == []


@pytest.mark.parametrize("version", CRITERIA)
def test_the_criterion_is_the_mean_of_its_tests(version):
    rows = RESULTS[(RESULTS["criterion_version"] == version) & RESULTS["criterion"].notna()]
    means = rows[CRITERIA[version]].mean(axis=1, skipna=False)
    assert len(rows) > 5
    assert rows["criterion"].tolist() == pytest.approx(means.tolist(), abs=0.001)
