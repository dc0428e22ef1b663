"""What DVC and `make experiments` print of a sweep of two settings fits a terminal."""

import json
import re
import shlex
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from support.experiments import clone_repository, save_experiment

pytestmark = pytest.mark.slow
PROTOCOLS = ("random", "words", "speaker-1", "speaker-2")
SHOW = re.search(r"^dvc exp show .*", Path("docs/pipeline.md").read_text(), re.MULTILINE)[0]
# What stages read and a sweep changes. `dvc exp show` has a column for the hash of each.
STAGE_INPUTS = r"(path: (?:models/tess/.*\.onnx|metrics/tess/.*/(?:history|scores)\.csv)\n +hash: md5\n +md5: )."


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    """A clone with four experiments, in which the scores, models and tables of every protocol differ."""
    clone = clone_repository(tmp_path_factory.mktemp("sweep") / "clone")
    lock = (clone / "dvc.lock").read_text()
    for number, (units, rate) in enumerate(product((16, 32), (0.001, 0.003))):
        files = {"dvc.lock": re.sub(STAGE_INPUTS, rf"\g<1>{number}", lock)}
        for protocol in PROTOCOLS:
            path = f"metrics/tess/{protocol}/metrics.json"
            scores = json.loads((clone / path).read_text())
            files[path] = json.dumps(scores | {"ece": 0.051 + number / 100, "uar": 0.712 + number / 100})
        settings = {"model": {"units": units}, "train": {"learning_rate": rate}}
        save_experiment(clone, f"experiment-{number}", settings, files)
    return clone


def run(folder: Path, *command: str) -> list[str]:
    """Run a command and return the lines that it printed."""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_the_table_of_experiments_has_what_differs(sweep):
    lines = run(sweep, sys.executable, "-m", "experiments.table")
    assert max(map(len, lines)) <= 160
    header, head, *experiments = lines[2:]
    assert header.split() == [*(f"tess/{name}" for name in PROTOCOLS), "model.units", "train.learning_rate"]
    assert head.split()[1:3] == ["1.000", "1.000"]
    rows = {line.split()[0]: line.split()[1:] for line in experiments}
    assert rows["experiment-2"] == ["0.732"] * 4 + ["32", "0.001"]
    assert len(rows) == 4


def test_dvcs_own_table_has_the_held_out_speakers_and_the_settings(sweep):
    whole = run(sweep, "dvc", "exp", "show", "--only-changed")
    assert "models/tess/speaker-1.onnx" in whole[1] and "metrics/tess/speaker-2/scores.csv" in whole[1]
    lines = run(sweep, *shlex.split(SHOW))
    assert max(map(len, lines)) <= 160
    uar = [f"metrics/tess/{protocol}/metrics.json:uar" for protocol in ("speaker-1", "speaker-2")]
    assert lines[1].split() == ["Experiment", *uar, "model.units", "train.learning_rate"]
    assert any(line.split()[-5:] == ["[experiment-2]", "0.732", "0.732", "32", "0.001"] for line in lines)


def test_metrics_fit_a_terminal(sweep):
    lines = run(sweep, "dvc", "metrics", "show")
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 100


def test_differences_of_metrics_fit_a_terminal(sweep):
    lines = run(sweep, "dvc", "metrics", "diff", "HEAD", "experiment-2")
    assert len(lines) == 1 + 2 * len(PROTOCOLS)
    assert max(map(len, lines)) <= 100
    assert not re.search(r"\.\d{4}", "".join(lines))
