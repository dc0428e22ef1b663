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


LOCK = """
stages:
  train:
    outs: [{{path: models/tess/words.onnx, md5: {}}}]
  baselines:
    outs: [{{path: metrics/tess/words/baselines.json, md5: {}}}]
"""
COMMITTED = "1"
ANOTHER = "2"


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """Two results, in a repository with a lock and another processor. In place of DVC, which only prints: nothing."""
    monkeypatch.chdir(tmp_path)
    folder = Path("metrics/tess/words")
    folder.mkdir(parents=True)
    write_results(folder)
    Path("metrics/processor.json").write_text("{}")
    Path("dvc.lock").write_text(LOCK.format(COMMITTED, COMMITTED))
    subprocess.run(["git", "init", "-q"], check=True)
    commit()
    Path("dvc").symlink_to(shutil.which("true"))
    monkeypatch.setenv("PATH", f"{Path.cwd()}:{os.environ['PATH']}")
    set_promise(monkeypatch, True)
    return folder


def write_results(folder: Path, uar: float = 0.53, uar_notebook: float = 0.53) -> None:
    (folder / "scores.csv").write_text(f"score,value\nuar,{uar}\n")
    (folder / "baselines.json").write_text(json.dumps({"uar_notebook": uar_notebook}))


def set_promise(monkeypatch, promised: bool) -> None:
    """Say whether this machine is one on which equal bytes are promised."""
    monkeypatch.setitem(compare.__globals__, "promises_bytes", lambda: promised)


def commit() -> None:
    for command in (["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], check=True)


def test_an_equal_lock_passes(results):
    assert compare() == 0


@pytest.mark.parametrize(("changes", "status"), [((0.5, 0.53), 1), ((0.53, 0.4), 1), ((0.54, 0.5), 0)])
def test_where_no_bytes_are_promised_a_tolerance_applies(results, monkeypatch, changes, status):
    set_promise(monkeypatch, False)
    Path("dvc.lock").write_text(LOCK.format(ANOTHER, ANOTHER))
    write_results(results, *changes)
    assert compare() == status


@pytest.mark.parametrize(("uar_notebook", "status"), [(0.4, 1), (0.5, 0)])
def test_on_another_processor_the_baselines_have_a_tolerance(results, capsys, uar_notebook, status):
    Path("dvc.lock").write_text(LOCK.format(COMMITTED, ANOTHER))
    write_results(results, uar_notebook=uar_notebook)
    assert compare() == status
    assert "scores.csv" not in capsys.readouterr().out


def test_on_another_processor_the_networks_are_equal(results):
    Path("dvc.lock").write_text(LOCK.format(ANOTHER, COMMITTED))
    assert compare() == 1


@pytest.mark.parametrize("promised", [True, False])
def test_on_the_recorded_processor_every_difference_fails(results, monkeypatch, promised):
    set_promise(monkeypatch, promised)
    with monkeypatch.context() as changed:
        changed.setattr(sys, "argv", ["compare.py", "--record"])
        compare()
    commit()
    Path("dvc.lock").write_text(LOCK.format(COMMITTED, ANOTHER))
    assert compare() == 1
