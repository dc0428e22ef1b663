"""Stages at the same time, on a small repository: three stages, and one that needs them all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import toy_pipeline
from support.dask_cluster import Cluster
from support.processes import wait_for
from support.toy_pipeline import PARTS, lock, times
from support.toy_search import environment

from experiments import repro
from speech_emotion.core.environment import CORES

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path) -> Path:
    return toy_pipeline.make(tmp_path / "project")


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "dask")
    yield cluster
    cluster.close()


def start(project: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "experiments.repro", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    variables = environment() | {CORES: "2"}  # also on a machine with one
    return subprocess.Popen(command, cwd=project, env=variables, **pipes, start_new_session=True)


def run(project: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Return the status, the stages that were run, and what was printed to standard error."""
    process = start(project, *arguments)
    output, errors = process.communicate()
    stages = [line.removesuffix(": done") for line in output.splitlines()]
    return process.returncode, stages, errors


def test_stages_run_at_the_same_time_and_in_the_order_of_the_graph(project):
    (project / "tasks" / "a").write_text("wait for b")
    (project / "tasks" / "b").write_text("wait for a")
    assert run(project) == (0, [f"part@{name}" for name in PARTS] + ["whole"], "")
    found = times(project)
    assert found["whole"][0] > max(found[name][1] for name in PARTS)
    toy_pipeline.run(project, "dvc", "repro", "-q", "--force")
    again = lock(project)
    assert run(project) == (0, [], "")  # nothing is left to do
    assert lock(project) == again


def test_a_target_brings_what_it_needs(project):
    assert run(project, "part@b") == (0, ["part@b"], "")
    (project / "tasks" / "c").write_text("sleep longer")
    assert run(project, "whole") == (0, ["part@a", "part@c", "whole"], "")


def test_a_stage_that_fails_is_one_line(project):
    (project / "tasks" / "b").write_text("fail")
    assert run(project)[::2] == (2, "error: part@b: error: this stage fails\n")
    (project / "tasks" / "b").write_text("sleep")
    status, stages, _ = run(project)
    assert status == 0 and stages[-1] == "whole" and "part@a" not in stages


def test_an_unknown_target_is_one_line(project):
    status, _, errors = run(project, "nothing")
    assert status == 2 and errors.count("\n") == 1 and "nothing" in errors


def test_a_worker_that_dies_is_replaced(project):
    (project / "tasks" / "c").write_text("kill the worker once")
    status, stages, errors = run(project)
    assert (status, stages[-1], errors) == (0, "whole", "")


def test_killed_it_goes_on(project):
    process = start(project)
    wait_for(lambda: (project / "times.txt").exists())
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    status, _, errors = run(project)
    assert status == 0, errors
    assert set(lock(project)["stages"]) == {*(f"part@{name}" for name in PARTS), "whole"}


def test_a_list_of_running_stages_that_a_kill_left_damaged_is_replaced(project, monkeypatch):
    damaged = project / ".dvc/tmp/rwlock"
    damaged.write_text('{"write": {')
    assert run(project, "part@a") == (0, ["part@a"], "")
    damaged.write_text("")
    monkeypatch.chdir(project)
    assert repro.reproduce("part@b") == "part@b"


def test_a_cluster_gives_the_same_result(project, cluster):
    assert run(project, "--cluster", cluster.address) == (0, [f"part@{name}" for name in PARTS] + ["whole"], "")
    found = times(project)
    assert found.keys() == {*PARTS, "whole"}
