"""A short form of experiments/torture.py: one kill, and a full disk and a read-only file system in the first stages."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments import torture
from experiments.torture import Pipeline

pytestmark = pytest.mark.slow

STAGES = ["extract@synthetic", "split@synthetic-speaker-1"]


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    if not torture.mount(str(tmp_path)):
        pytest.skip("no right to mount a file system in memory")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_killed_run_is_taken_up(tmp_path):
    rows = list(torture.kill_often(Pipeline(tmp_path / "project", STAGES), 1, random.Random(1)))
    assert [row["same_result"] for row in rows] == [True]


def test_a_full_disk_and_a_read_only_file_system_are_one_line_and_leave_nothing_behind(disk):
    rows = list(torture.fail_in_every_stage(Pipeline(disk / "project", STAGES), str(disk)))
    assert [row["same_result"] for row in rows] == [True] * 6
    assert {row["stage"] for row in rows} == {"download", "extract", "split"}
    assert all("No space left" in row["message"] for row in rows[1:3])
    assert all("Read-only file system" in row["message"] for row in rows[3:])
    assert not any("/." in row["message"] for row in rows[4:])  # the name of the file, not of the temporary one
