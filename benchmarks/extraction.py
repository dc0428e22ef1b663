"""Measure how long the extract stage takes on TESS, at some commits.

python -m benchmarks.extraction COMMIT ...    writes benchmarks/extraction.csv

Needs data/tess/raw and data/tess/clips.csv, which `dvc repro download@tess` makes.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pandas as pd

from benchmarks.predict import processor
from speech_emotion.core import files, tables
from speech_emotion.core.command_line import exit_on_user_error

TABLE = Path("benchmarks/extraction.csv")
DATA = Path("data/tess")
RUNS = 5


def main(commits: list[str]) -> None:
    clips = len(pd.read_csv(files.require_output(DATA / "clips.csv")))
    rows = []
    for commit in commits:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "clone", "-q", ".", folder], check=True)
            subprocess.run(["git", "-C", folder, "checkout", "-q", "--detach", commit], check=True)
            (Path(folder) / DATA).mkdir(exist_ok=True)
            for name in ("raw", "clips.csv"):
                (Path(folder) / DATA / name).symlink_to((DATA / name).resolve())
            seconds = [run(folder) for _ in range(RUNS)]
            described = ["git", "-C", folder, "log", "-1", "--format=%h of %as"]
            name = subprocess.run(described, capture_output=True, text=True, check=True).stdout.strip()
        rows.append({"commit": name, "clips": clips, "seconds": median(seconds), "processor": processor()})
        print(rows[-1], flush=True)
    tables.write_csv(TABLE, pd.DataFrame(rows).round(2))


def run(folder: str) -> float:
    """Return how long the stage takes, with the start of Python and of the workers."""
    begin = time.monotonic()
    subprocess.run([sys.executable, "-m", "stages.extract", "tess"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


if __name__ == "__main__":
    with exit_on_user_error():
        main(sys.argv[1:])
