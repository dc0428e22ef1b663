"""docs/tutorial.md in a new clone, with a smaller corpus: every command runs, and the workspace stays as it was."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.experiments import clone_repository

pytestmark = pytest.mark.slow
PAGE = Path("docs/tutorial.md").read_text(encoding="utf-8")
BLOCKS = "".join(re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^\$ (.*)$", BLOCKS, re.MULTILINE)
FASTER = [("generate.words=8", "generate.words=4"), ("train.epochs=10", "train.epochs=3")]
LOCKS = ["dvc.lock", "experiments/seeds/dvc.lock"]
ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def clone(tmp_path) -> Path:
    """A clone in which fewer clips are trained on for a shorter time, and DVC has no long dvc.lock to read."""
    clone = clone_repository(tmp_path / "clone")
    for text, replacement in FASTER:
        edit(clone / "experiments/demo.py", text, replacement)
    for lock in LOCKS:
        (clone / lock).unlink()
    assert run(clone, "git -c user.name=test -c user.email=test@example.com commit -qam small").returncode == 0
    (clone / ".venv/bin").mkdir(parents=True)  # so that make does not install anything
    (clone / ".venv/bin/activate").touch()
    return clone


def edit(path: Path, text: str, replacement: str) -> None:
    content = path.read_text()
    assert text in content
    path.write_text(content.replace(text, replacement))


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
    assert re.search(r"speaker-1\) +network( \d\.\d{3}){2}\n", printed["make demo"])
    assert (clone / "demo/index.html").exists()
    assert "metrics/synthetic/random/metrics.json" in printed["dvc metrics diff HEAD small"]
    assert "synthetic/random" in printed["make experiments"]
    assert run(clone, "git status --porcelain").stdout == ""


def test_a_failing_stage_ends_the_demo_and_shows_its_error(clone):
    edit(clone / "corpora/synthetic/corpus.yaml", "rate: 16", "rate: fast")
    ran = run(clone, "make demo")
    assert ran.returncode != 0
    assert "rate is 'fast'" in ran.stderr
    assert "UAR" not in ran.stdout
