"""What CI compares with the committed results."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

compare = runpy.run_path(".ci/compare.py")["main"]
TABLE = "score,value\nuar,{}\n"


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """Two results, in a repository with a lock and another processor."""
    monkeypatch.chdir(tmp_path)
    folder = Path("metrics/tess/words")
    folder.mkdir(parents=True)
    (folder / "scores.csv").write_text(TABLE.format(0.53))
    (folder / "baselines.json").write_text(json.dumps({"uar_notebook": 0.53}))
    Path("metrics/processor.json").write_text("{}")
    Path("dvc.lock").write_text("old")
    subprocess.run(["git", "init", "-q"], check=True)
    commit()
    return folder


def commit() -> None:
    for command in (["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], check=True)


def test_an_equal_lock_passes(results):
    assert compare() == 0


@pytest.mark.parametrize(("uar", "status"), [(0.5, 1), (0.54, 0)])
@pytest.mark.parametrize("file", ["scores.csv", "baselines.json"])
def test_on_another_processor_a_tolerance_applies(results, file, uar, status):
    Path("dvc.lock").write_text("new")
    text = TABLE.format(uar) if file == "scores.csv" else json.dumps({"uar_notebook": uar})
    (results / file).write_text(text)
    assert compare() == status


def test_on_the_recorded_processor_every_difference_fails(results, monkeypatch):
    with monkeypatch.context() as changed:
        changed.setattr(sys, "argv", ["compare.py", "--record"])
        compare()
    commit()
    Path("dvc.lock").write_text("new")
    Path("dvc").symlink_to(shutil.which("true"))  # in place of DVC, which only prints here
    monkeypatch.setenv("PATH", f"{Path.cwd()}:{os.environ['PATH']}")
    assert compare() == 1
