"""A small DVC repository: three stages that do not depend on each other, and one that needs them all."""

import subprocess
from pathlib import Path

import yaml
from support.toy_search import environment

STAGE = '''"""Write the time at which a stage began and ended, and do what its file says."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import psutil

name = sys.argv[1]
begin = time.time()
task = Path("tasks", name).read_text()
Path(f"{name}.begun").touch()
while task.startswith("wait for ") and not Path(f"{task.split()[-1]}.begun").exists():
    time.sleep(0.05)
if task == "fail":
    sys.exit("error: this stage fails")
if task == "kill the worker once" and not Path("killed").exists():
    Path("killed").touch()
    commands = {parent: " ".join(parent.cmdline()) for parent in psutil.Process().parents()}
    worker = next(parent for parent in commands if re.search("forkserver|experiments.repro", commands[parent]))
    worker.kill()
    time.sleep(60)
time.sleep(0.5)
with open("times.txt", "a") as times:
    print(name, begin, time.time(), file=times)
Path(f"{name}.txt").write_text(name)
'''
PARTS = ["a", "b", "c"]
PIPELINE = {
    "stages": {
        "part": {
            "matrix": {"name": PARTS},
            "cmd": "python stage.py ${item.name}",
            "deps": ["stage.py", "tasks/${item.name}"],
            "outs": ["${item.name}.txt"],
        },
        "whole": {
            "cmd": "python stage.py whole",
            "deps": ["stage.py", "tasks/whole", *(f"{name}.txt" for name in PARTS)],
            "outs": ["whole.txt"],
        },
    }
}


def make(folder: Path) -> Path:
    """Make the repository, with a commit."""
    (folder / "tasks").mkdir(parents=True)
    (folder / "stage.py").write_text(STAGE)
    (folder / "dvc.yaml").write_text(yaml.safe_dump(PIPELINE))
    (folder / ".gitignore").write_text("/times.txt\n/killed\n/*.begun\n")
    for name in [*PARTS, "whole"]:
        (folder / "tasks" / name).write_text("sleep")
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "config", "core.analytics", "false")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "toy")


def run(folder: Path, *command: str) -> str:
    """Run a command, which must succeed, and return what it printed."""
    ran = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def times(folder: Path) -> dict[str, tuple[float, float]]:
    """Return when each stage began and ended, of those that were run here."""
    path = folder / "times.txt"
    rows = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return {name: (float(begin), float(end)) for name, begin, end in rows}


def lock(folder: Path) -> dict:
    return yaml.safe_load((folder / "dvc.lock").read_text())
