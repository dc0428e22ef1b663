"""What CI compares with the committed results."""

import json
import runpy
from pathlib import Path

import pytest

COMPARE = runpy.run_path(".ci/compare.py")


def test_numbers_are_found_in_nested_objects():
    text = '{"notebook": {"uar": 0.5, "label": "x"}, "clips": 3, "other": {"uar": 0.25}}'
    assert COMPARE["numbers"]("baselines.json", text) == [0.5, 3, 0.25]
    assert COMPARE["numbers"]("features.csv", "coefficient,mean\n0,1.5\n") == [0, 1.5]


@pytest.mark.parametrize("name", ["metrics", "baselines"])
@pytest.mark.parametrize(("uar", "status"), [(0.5, 1), (0.54, 0)])
def test_on_another_processor_a_tolerance_applies(tmp_path, monkeypatch, name, uar, status):
    monkeypatch.chdir(tmp_path)
    path = Path("metrics", "tess", "words", f"{name}.json")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"notebook": {"uar": uar}}))
    Path("dvc.lock").write_text("new")
    committed = {"dvc.lock": "old", "metrics/processor.json": "{}", str(path): '{"notebook": {"uar": 0.53}}'}
    monkeypatch.setitem(COMPARE["main"].__globals__, "committed", committed.__getitem__)
    monkeypatch.setattr("sys.argv", ["compare.py"])
    assert COMPARE["main"]() == status
