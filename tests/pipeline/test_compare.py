"""What CI compares of a run with the committed one."""

import runpy
from pathlib import Path

import pytest

COMPARE = runpy.run_path(".ci/compare.py")


def test_numbers_are_found_in_nested_objects():
    text = '{"notebook": {"uar": 0.5, "label": "x"}, "clips": 3, "other": {"uar": 0.25}}'
    assert COMPARE["numbers"]("baselines.json", text) == [0.5, 3, 0.25]
    assert COMPARE["numbers"]("features.csv", "coefficient,mean\n0,1.5\n") == [0, 1.5]


@pytest.mark.parametrize("name", ["metrics", "baselines"])
def test_each_kind_of_score_is_compared_within_the_tolerance(tmp_path, monkeypatch, name):
    path = Path("metrics", "tess", "words", f"{name}.json")
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text('{"notebook": {"uar": 0.5}}')
    monkeypatch.chdir(tmp_path)
    own = COMPARE["main"].__globals__
    before = {"dvc.lock": "old", "metrics/processor.json": "{}", str(path): '{"notebook": {"uar": 0.53}}'}
    monkeypatch.setitem(own, "committed", before.__getitem__)
    monkeypatch.setattr("sys.argv", ["compare.py"])
    Path("dvc.lock").write_text("new")
    assert COMPARE["main"]() == 1
    path.write_text('{"notebook": {"uar": 0.54}}')
    assert COMPARE["main"]() == 0
