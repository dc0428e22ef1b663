"""docs/tutorial.md in a new clone, with a smaller corpus: every command runs, and the workspace stays as it was."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.experiments import clone_repository

pytestmark = pytest.mark.slow
COMMANDS = re.findall(r"^\$ (.*)$", Path("docs/tutorial.md").read_text(), re.MULTILINE)
CORPUS = "corpora/synthetic/corpus.yaml"
ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def clone(tmp_path) -> Path:
    clone = clone_repository(tmp_path / "clone")
    edit(clone, "words: 14", "words: 6")
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "small"], cwd=clone, check=True
    )
    (clone / ".venv/bin").mkdir(parents=True)  # so that make does not install anything
    (clone / ".venv/bin/activate").touch()
    return clone


def edit(clone: Path, text: str, replacement: str) -> None:
    content = (clone / CORPUS).read_text()
    assert text in content
    (clone / CORPUS).write_text(content.replace(text, replacement))


def run(clone: Path, line: str) -> subprocess.CompletedProcess:
    """Run a line of bash: the tutorial has `source`."""
    command = ["bash", "-c", line]
    return subprocess.run(command, cwd=clone, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def test_every_command_runs(clone):
    printed = {}
    for command in COMMANDS:
        ran = run(clone, command)
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
        printed[command] = ran.stdout
    assert re.search(r"speaker-1: .*( \d\.\d{3}){4}", printed["make demo"])
    assert (clone / "demo/index.html").exists()
    assert "metrics/synthetic/random/metrics.json" in printed["dvc metrics diff HEAD small"]
    assert "synthetic/random" in printed["make experiments"]
    assert run(clone, "git status --porcelain").stdout == ""


def test_a_failing_stage_ends_the_demo_and_shows_its_error(clone):
    edit(clone, "rate: 16", "rate: fast")
    ran = run(clone, "make demo")
    assert ran.returncode != 0
    assert "rate is 'fast'" in ran.stderr
    assert "UAR" not in ran.stdout
