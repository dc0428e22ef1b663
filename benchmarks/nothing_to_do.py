"""Measure `dvc repro` where no stage has changed, and where its time goes.

python -m benchmarks.nothing_to_do [FOLDER]    writes benchmarks/nothing_to_do.json

FOLDER is a clone in which `dvc repro` has run. For comparison, a repository with a single stage is measured too.
"""

import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.predict import processor
from experiments.guarded import DVC
from speech_emotion.core import files
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.core.errors import UserError

RESULT = Path("benchmarks/nothing_to_do.json")
RUNS = 7
COMMAND = [*DVC, "repro"]
ONE_STAGE = "stages: {only: {cmd: echo done > out.txt, outs: [out.txt]}}\n"
# Where the time goes: reading all dvc.yaml and dvc.lock, comparing stages with their lock, importing DVC. Each is the
# end of a path and the name of a function.
PARTS = {
    "reading": ("dvc/repo/index.py", "from_repo"),
    "comparing": ("dvc/stage/__init__.py", "changed"),
    "importing": ("<frozen importlib._bootstrap>", "_find_and_load"),
}


def main(folder: str = ".") -> None:
    status = subprocess.run([*DVC, "status", "dvc.yaml"], cwd=folder, capture_output=True, text=True)
    if "up to date" not in status.stdout:
        raise UserError(f"{folder}: stages have changed; run `dvc repro` there first")
    with tempfile.TemporaryDirectory() as single:
        Path(single, "dvc.yaml").write_text(ONE_STAGE)
        for command in (["git", "init", "-q"], [*DVC, "init", "-q"], [*COMMAND, "-q"]):
            subprocess.run(command, cwd=single, check=True)
        one_stage = seconds(single)
    result = {"processor": processor(), "seconds": seconds(folder), "seconds_with_one_stage": one_stage}
    files.write_json(RESULT, result | {"shares": shares(folder)})
    print(RESULT.read_text(), end="")


def seconds(folder: str) -> float:
    """Return the median time of `dvc repro`."""
    measured = []
    for _ in range(RUNS):
        begin = time.monotonic()
        subprocess.run([*COMMAND, "-q"], cwd=folder, check=True)
        measured.append(time.monotonic() - begin)
    return round(median(measured), 2)


def shares(folder: str) -> dict[str, float]:
    """Return which fraction of the time each of PARTS takes, by a profile."""
    with tempfile.TemporaryDirectory() as temporary:
        profile = Path(temporary, "profile")
        command = [sys.executable, "-m", "cProfile", "-o", profile, "-m", "dvc", "repro", "-q"]
        subprocess.run(command, cwd=folder, check=True)
        statistics = pstats.Stats(str(profile))
    found = {}
    for name, (file, function) in PARTS.items():
        times = [row[3] for key, row in statistics.stats.items() if key[0].endswith(file) and key[2] == function]
        found[name] = round(max(times, default=0) / statistics.total_tt, 2)
    return found


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
