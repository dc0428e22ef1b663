"""Measure how long the extract stage takes on TESS, at some commits.

python -m benchmarks.extraction COMMIT ...    writes benchmarks/extraction.csv

Needs data/tess/raw and data/tess/clips.csv, which `dvc repro download@tess` makes.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.predict import processor
from speech_emotion.core import files, tables
from speech_emotion.core.command_line import exit_on_user_error

TABLE = Path("benchmarks/extraction.csv")
DATA = Path("data/tess")
RUNS = 5


def main(commits: list[str]) -> None:
    clips = len(pd.read_csv(files.require_output(DATA / "clips.csv")))
    with tempfile.TemporaryDirectory() as folder:
        clones = [make_clone(Path(folder, str(number)), commit) for number, commit in enumerate(commits)]
        # In turn, because the speed of a machine changes while others work on it.
        seconds = [[run(clone) for clone in clones] for _ in tqdm(range(RUNS), "measure", disable=None)]
        names = [describe(clone) for clone in clones]
    columns = {"commit": names, "clips": clips, "seconds": np.median(seconds, axis=0), "processor": processor()}
    table = pd.DataFrame(columns).round(2)
    print(table.to_string(index=False))
    tables.write_csv(TABLE, table)


def make_clone(clone: Path, commit: str) -> Path:
    """Check out a commit in a new folder, with the audio of this one."""
    subprocess.run(["git", "clone", "-q", ".", clone], check=True)
    subprocess.run(["git", "-C", clone, "checkout", "-q", "--detach", commit], check=True)
    (clone / DATA).mkdir(exist_ok=True)
    for name in ("raw", "clips.csv"):
        (clone / DATA / name).symlink_to((DATA / name).resolve())
    return clone


def describe(clone: Path) -> str:
    """Return the commit of a clone and its day."""
    command = ["git", "-C", clone, "log", "-1", "--format=%h of %as"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def run(clone: Path) -> float:
    """Return how long the stage takes, with the start of Python and of the workers."""
    begin = time.monotonic()
    subprocess.run([sys.executable, "-m", "stages.extract", "tess"], cwd=clone, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


if __name__ == "__main__":
    with exit_on_user_error():
        main(sys.argv[1:])
