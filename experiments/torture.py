"""Does the pipeline survive a kill, a full disk and a folder that cannot be written, at any moment and in any stage?

python -m experiments.torture [kills]    writes benchmarks/torture.csv and torture_disk.csv; make torture

A small pipeline on the synthetic corpus, in a clone of the last commit, is disturbed. Then `dvc repro` must end with
the same dvc.lock and the same files as without the disturbance. The full disk is a file system in memory, which only
root may mount; without that right, only kills are tried.
"""

import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import psutil
import yaml
from tqdm import tqdm

from speech_emotion.core import tables
from speech_emotion.core.command_line import exit_on_user_error

KILLS_REPORT = Path("benchmarks/torture.csv")
DISK_REPORT = Path("benchmarks/torture_disk.csv")
KILLS = 20
PROTOCOL = "synthetic-speaker-1"
STAGES = ["plot_examples@synthetic", f"audit@{PROTOCOL}", f"baselines@{PROTOCOL}", f"evaluate@{PROTOCOL}"]
SMALL = {
    "corpora": ["synthetic"],
    "augment": {"training_copies": [{"speed": 1.25}], "calibration_copies": [{"speed": 1.15}]},
    "model": {"inputs": [{"mfcc": "cmvn"}], "ensemble_size": 1, "units": 8},
    "train": {"epochs": 2, "steps_per_epoch": 5},
}
WORDS = 4  # of the synthetic corpus
DISK = "2g"  # size of the file system in memory


class Pipeline:
    """A small clone in which some stages have run, and what they must always give again."""

    def __init__(self, folder: Path, stages: list[str]):
        small_clone(folder)
        self.folder = folder
        self.stages = stages
        begin = time.monotonic()
        subprocess.run(["dvc", "repro", "-q", *stages], cwd=folder, check=True)
        self.seconds = time.monotonic() - begin
        self.expected = self.result()

    def result(self) -> tuple[dict, list[str]]:
        """Return the content of dvc.lock, whose stages may be in any order, and the names of all files."""
        lock = yaml.safe_load((self.folder / "dvc.lock").read_text())
        made = [path for name in ("data", "metrics", "models") for path in (self.folder / name).rglob("*")]
        return lock, sorted(str(path.relative_to(self.folder)) for path in made)

    def is_same_again(self) -> bool:
        """Run `dvc repro` and return whether it ends as without a disturbance."""
        again = subprocess.run(["dvc", "repro", "-q", *self.stages], cwd=self.folder, capture_output=True)
        return again.returncode == 0 and self.result() == self.expected

    def start_over(self) -> None:
        subprocess.run(["git", "clean", "-fdxq"], cwd=self.folder, check=True)
        subprocess.run(["git", "checkout", "-q", "."], cwd=self.folder, check=True)


def main(kills: str = str(KILLS)) -> None:
    was_same = True
    if int(kills):
        with tempfile.TemporaryDirectory() as folder:
            pipeline = Pipeline(Path(folder, "project"), STAGES)
            was_same &= report(KILLS_REPORT, kill_often(pipeline, int(kills), random.Random(0)))
    with tempfile.TemporaryDirectory() as folder:
        if mount(folder):
            try:
                pipeline = Pipeline(Path(folder, "project"), STAGES)
                was_same &= report(DISK_REPORT, fail_in_every_stage(pipeline, folder))
            finally:
                subprocess.run(["umount", folder], check=True)
    if not was_same:
        sys.exit("a disturbed run was not taken up")


def report(path: Path, disturbances: Iterator[dict]) -> bool:
    """Write a table of disturbances, row by row, and return whether the result was always the same."""
    rows = []
    for row in disturbances:
        rows.append(row)
        tables.write_csv(path, pd.DataFrame(rows))
    print(pd.DataFrame(rows).to_string(index=False))
    return all(row["same_result"] for row in rows)


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


def kill_often(pipeline: Pipeline, kills: int, generator: random.Random) -> Iterator[dict]:
    """Yield a row for each kill at a random moment of a run from the beginning."""
    for number in tqdm(range(1, kills + 1), "kill", unit="kill", disable=None):
        stage = None
        while stage is None:
            pipeline.start_over()
            after = generator.uniform(0, pipeline.seconds)
            stage = run_and_kill(pipeline, after)
        same = pipeline.is_same_again()
        yield {"kill": number, "seconds": round(after, 1), "stage": stage, "same_result": same}


def run_and_kill(pipeline: Pipeline, after: float) -> str | None:
    """Run the pipeline, kill it and all its children after some seconds, and return the stage that it was in.

    Return None if it had ended already, because the machine is faster than when the run was timed.
    """
    with tempfile.TemporaryFile("w+") as output:
        command = ["dvc", "repro", *pipeline.stages]
        process = subprocess.Popen(command, cwd=pipeline.folder, stdout=output, stderr=output)
        time.sleep(after)
        if process.poll() is not None:
            return None
        for member in [process, *psutil.Process(process.pid).children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # it ended with the process that had started it
                member.send_signal(signal.SIGKILL)
        process.wait()
        output.seek(0)
        stages = re.findall(r"Running stage '(\w+)@", output.read())
    return stages[-1] if stages else "before the first"


def mount(folder: str) -> bool:
    """Mount a file system in memory on a folder. Return whether that is allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"Full disks and read-only folders are not tried: {ran.stderr.strip()}", file=sys.stderr)
    return ran.returncode == 0


def fail_in_every_stage(pipeline: Pipeline, disk: str) -> Iterator[dict]:
    """Yield a row for each stage with a full disk, and for each with a file system that cannot be written."""
    for disturbance in (full_disk, read_only):
        for name, stage in tqdm(pipeline.expected[0]["stages"].items(), disturbance.__name__, disable=None):
            for out in stage["outs"]:  # DVC removes them too, before it runs a stage
                subprocess.run(["rm", "-rf", out["path"]], cwd=pipeline.folder, check=True)
            with disturbance(disk):
                ran = subprocess.run(stage["cmd"].split(), cwd=pipeline.folder, capture_output=True, text=True)
            errors = ran.stderr.strip().splitlines() or [""]
            is_one_line = ran.returncode == 2 and errors[-1].startswith("error: ") and "Traceback" not in ran.stderr
            yield {
                "disturbance": disturbance.__name__.replace("_", " "),
                "stage": name.partition("@")[0],
                "message": errors[-1].removeprefix("error: ").replace(f"{pipeline.folder}/", ""),
                "same_result": is_one_line and pipeline.is_same_again(),
            }


@contextmanager
def full_disk(disk: str) -> Iterator[None]:
    """Leave no space on a file system."""
    filler = Path(disk, "filler")
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=64k"], capture_output=True, check=False)  # until it fails
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: str) -> Iterator[None]:
    """Let nothing be written to a file system."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
