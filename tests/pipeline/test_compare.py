"""What CI compares with the committed results."""

import json
import runpy
from pathlib import Path

import pytest

COMPARE = runpy.run_path(".ci/compare.py")


def test_numbers_are_found_in_nested_objects():
    text = '{"notebook": {"uar": 0.5, "label": "x"}, "clips": 3, "other": {"uar": 0.25}}'
    assert COMPARE["numbers"]("baselines.json", text) == [0.5, 3, 0.25]
    assert COMPARE["numbers"]("scores.csv", "score,value\nuar,0.75\n") == [0.75]


@pytest.mark.parametrize(("uar", "status"), [(0.5, 1), (0.54, 0)])
def test_on_another_processor_a_tolerance_applies(tmp_path, monkeypatch, uar, status):
    monkeypatch.chdir(tmp_path)
    path = Path("metrics", "tess", "words", "baselines.json")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"uar_notebook": uar}))
    Path("dvc.lock").write_text("new")
    committed = {"dvc.lock": "old", "metrics/processor.json": "{}", str(path): '{"uar_notebook": 0.53}'}
    monkeypatch.setitem(COMPARE["main"].__globals__, "committed", committed.__getitem__)
    monkeypatch.setattr("sys.argv", ["compare.py"])
    assert COMPARE["main"]() == status
