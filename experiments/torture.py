"""Kill `dvc repro` and all its children at random moments, and see whether the next one ends as if nothing happened.

python -m experiments.torture [kills]    writes benchmarks/torture.csv; make torture

Each kill hits a run from the beginning, of a small pipeline on the synthetic corpus, in a clone of the last commit.
"""

import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil
import yaml
from tqdm import tqdm

from speech_emotion.core import tables
from speech_emotion.core.command_line import exit_on_user_error

REPORT = Path("benchmarks/torture.csv")
KILLS = 20
PROTOCOL = "synthetic-speaker-1"
STAGES = ["plot_examples@synthetic", f"audit@{PROTOCOL}", f"evaluate@{PROTOCOL}"]
SMALL = {
    "corpora": ["synthetic"],
    "augment": {"training_copies": [{"speed": 1.25}], "calibration_copies": [{"speed": 1.15}]},
    "model": {"inputs": [{"mfcc": "cmvn"}], "ensemble_size": 1, "units": 8},
    "train": {"epochs": 2, "steps_per_epoch": 5},
}
WORDS = 4  # of the synthetic corpus


def main(kills: str = str(KILLS)) -> None:
    generator = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        project = small_clone(Path(folder, "project"))
        begin = time.monotonic()
        subprocess.run(["dvc", "repro", "-q", *STAGES], cwd=project, check=True)
        seconds = time.monotonic() - begin
        expected = result(project)
        rows = []
        for number in tqdm(range(1, int(kills) + 1), "kill", unit="kill"):
            subprocess.run(["git", "clean", "-fdxq"], cwd=project, check=True)
            subprocess.run(["git", "checkout", "-q", "."], cwd=project, check=True)
            after = generator.uniform(0, seconds)
            stage = run_and_kill(project, after)
            again = subprocess.run(["dvc", "repro", "-q", *STAGES], cwd=project, capture_output=True)
            is_same = again.returncode == 0 and result(project) == expected
            rows.append({"kill": number, "seconds": round(after, 1), "stage": stage, "same_result": is_same})
            tables.write_csv(REPORT, pd.DataFrame(rows))
    print(pd.DataFrame(rows).to_string(index=False))
    if not all(row["same_result"] for row in rows):
        sys.exit("a killed run was not taken up")


def small_clone(folder: Path) -> Path:
    """Clone the last commit, and make its pipeline small."""
    subprocess.run(["git", "clone", "-q", ".", folder], check=True)
    params = yaml.safe_load((folder / "params.yaml").read_text())
    for key, value in SMALL.items():
        params[key] = params[key] | value if isinstance(value, dict) else value
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    path = folder / "corpora/synthetic/corpus.yaml"
    path.write_text(re.sub(r"words: \d+", f"words: {WORDS}", path.read_text()))
    (folder / "dvc.lock").unlink()
    identity = ["-c", "user.name=torture", "-c", "user.email=torture@example.org"]
    subprocess.run(["git", *identity, "commit", "-qam", "small"], cwd=folder, check=True)
    return folder


def run_and_kill(project: Path, after: float) -> str:
    """Run the pipeline, kill it and all its children after some seconds, and return the stage that it was in."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(["dvc", "repro", *STAGES], cwd=project, stdout=output, stderr=output)
        time.sleep(after)
        family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
        for member in family:
            member.send_signal(signal.SIGKILL)
        process.wait()
        output.seek(0)
        stages = re.findall(r"Running stage '(\w+)@", output.read())
    return stages[-1] if stages else "before the first"


def result(project: Path) -> tuple[dict, str]:
    """Return the content of dvc.lock, whose stages may be in any order, and which files Git does not ignore."""
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    files = subprocess.run(status, cwd=project, capture_output=True, text=True, check=True).stdout
    return yaml.safe_load((project / "dvc.lock").read_text()), files


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
