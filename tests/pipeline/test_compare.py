"""What CI compares with the committed results."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMPARE = Path(".ci/compare.py").resolve()
TABLE = "score,value\nuar,{}\n"


def compare(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, COMPARE, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path) -> Path:
    """A repository with a lock, two results and another processor."""
    (tmp_path / "metrics/tess/words").mkdir(parents=True)
    (tmp_path / "metrics/tess/words/scores.csv").write_text(TABLE.format(0.53))
    (tmp_path / "metrics/tess/words/baselines.json").write_text(json.dumps({"uar_notebook": 0.53}))
    (tmp_path / "metrics/processor.json").write_text("{}")
    (tmp_path / "dvc.lock").write_text("old")
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_an_equal_lock_passes(project):
    assert compare(project).returncode == 0


@pytest.mark.parametrize(("uar", "status"), [(0.5, 1), (0.54, 0)])
@pytest.mark.parametrize("file", ["scores.csv", "baselines.json"])
def test_on_another_processor_a_tolerance_applies(project, file, uar, status):
    (project / "dvc.lock").write_text("new")
    text = TABLE.format(uar) if file == "scores.csv" else json.dumps({"uar_notebook": uar})
    (project / "metrics/tess/words" / file).write_text(text)
    assert compare(project).returncode == status


def test_on_the_recorded_processor_every_difference_fails(project):
    compare(project, "--record")
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "b"], cwd=project, check=True)
    (project / "dvc.lock").write_text("new")
    assert compare(project).returncode != 0
