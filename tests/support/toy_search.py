"""A small DVC repository for searches: one stage that trains nothing, in a fraction of a second."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

STAGE = '''"""Write a history, row by row, and a metric that grows with toy.units."""

import os
import sys
import time
from pathlib import Path

import yaml

folder = Path("metrics/toy/development")
settings = yaml.safe_load(open("params.yaml"))["toy"]
folder.mkdir(parents=True, exist_ok=True)
Path("pid").write_text(str(os.getpid()))
if settings["units"] < 0:
    sys.exit("error: toy.units is below zero")
rows = ["epoch,validation_uar"]
for epoch in range(1, 1 + settings["epochs"]):
    time.sleep(float(os.environ.get("SECONDS_PER_EPOCH", "0")))
    score = settings["units"] / 100 + epoch / 1000 + settings["seed"] / 10000
    rows.append(f"{epoch},{score}")
    (folder / "new.csv").write_text("\\n".join(rows) + "\\n")
    os.replace(folder / "new.csv", folder / "history.csv")
(folder / "metrics.json").write_text(f'{{"uar": {score}}}')
'''
PIPELINE = {
    "stages": {
        "train": {
            "cmd": "python stage.py",
            "deps": ["stage.py"],
            "params": ["toy"],
            "metrics": [{"metrics/toy/development/metrics.json": {"cache": False}}],
            "plots": [{"metrics/toy/development/history.csv": {"cache": False}}],
        }
    }
}
SEARCH = {
    "name": "search",
    "targets": ["train"],
    "objective": {"metrics": "metrics/toy/development/metrics.json", "key": "uar", "direction": "maximize"},
    "history": {
        "file": "metrics/toy/development/history.csv",
        "column": "validation_uar",
        "warmup_epochs": 1,
        "startup_trials": 5,
    },
    "trials": 3,
    "seconds_per_trial": 60,
    "seed": 20,
    "repeat": {"key": "toy.seed", "seeds": [1, 2]},
    "fixed": {"toy.epochs": 3},
    "space": {"toy.units": {"low": 1, "high": 99}, "toy.kind": {"choices": ["plain", [{"speed": 0.9}]]}},
}


class ToySearch:
    """The repository in `folder`, with a search whose keys differ from SEARCH by `changes`."""

    def __init__(self, folder: Path, **changes) -> None:
        self.folder = folder
        self.results = folder / "experiments/search"
        self.clone = folder / ".dvc/tmp/search/0"
        for path, content in {
            ".dvc/config": "[core]\n    analytics = false\n",
            ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
            ".gitignore": "/pid\n",
            "stage.py": STAGE,
            "dvc.yaml": yaml.safe_dump(PIPELINE),
            "params.yaml": yaml.safe_dump({"toy": {"units": 50, "epochs": 5, "kind": "plain", "seed": 0}}),
            "experiments/search.yaml": yaml.safe_dump(SEARCH | changes),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        self.run("git", "init", "-q")
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "toy")

    def run(self, *command: str) -> str:
        ran = subprocess.run(command, cwd=self.folder, env=environment(), capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def start(self, *arguments: str, seconds_per_epoch: float = 0) -> subprocess.Popen:
        """Start the search in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "experiments.search", *arguments],
            cwd=self.folder,
            env=environment() | {"SECONDS_PER_EPOCH": str(seconds_per_epoch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def search(self, *arguments: str, seconds_per_epoch: float = 0) -> str:
        """Run the search to its end and return what it printed."""
        process = self.start(*arguments, seconds_per_epoch=seconds_per_epoch)
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        return output

    def table(self) -> pd.DataFrame:
        return pd.read_csv(self.results / "trials.csv")

    def experiments(self) -> set[str]:
        return set(self.run("dvc", "exp", "list", "--name-only").split())


def environment() -> dict[str, str]:
    """Return the environment in which the programs of this repository and of this Python are found."""
    paths = {"PATH": Path(sys.executable).parent, "PYTHONPATH": Path.cwd()}
    return os.environ | {name: f"{path}{os.pathsep}{os.environ.get(name, '')}" for name, path in paths.items()}
