"""Like `dvc repro`, but stages that do not depend on each other run at the same time, on all cores or on a cluster.

python -m experiments.repro [--cluster ADDRESS] [TARGET ...]

A target is as in `dvc repro`: a stage or a dvc.yaml. Started again after a kill, it goes on with the stages that are
left.
"""

import sys
import tempfile
from time import sleep

import networkx
from dvc.exceptions import DvcException
from dvc.lock import LockError
from dvc.repo import Repo

from experiments import guarded
from speech_emotion.core.command_line import exit_on_user_error, use_cluster
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.executor import map_items

BUSY = "it is being blocked by"  # in DVC's output, if another process has the stage
TRIES = 30  # a second apart. DVC lists a process that was killed until the system has forgotten it.


def main(targets: list[str]) -> None:
    try:
        for level in levels(targets or ["dvc.yaml"]):
            for stage in map_items(reproduce, changed(level), "stages", "stage"):
                print(f"{stage}: done", flush=True)
    except DvcException as error:
        raise UserError(str(error)) from error


def levels(targets: list[str]) -> list[list[str]]:
    """Return the names of the stages that the targets need, and their own, in groups.

    A group depends on earlier groups only, so that its stages can run at the same time.
    """
    with Repo() as repo:
        graph = repo.index.graph  # from each stage to those that it depends on
        needed = set()
        for target in targets:
            for stage in repo.stage.collect(target):
                needed |= {stage} | networkx.descendants(graph, stage)
    by_level = networkx.topological_generations(graph.subgraph(needed).reverse())
    return [sorted(stage.addressing for stage in level) for level in by_level]


def changed(stages: list[str]) -> list[str]:
    """Return the stages that `dvc repro` would run. Raises LockError if another process has one of them."""
    for remaining in reversed(range(TRIES)):
        try:
            with Repo() as repo:
                return sorted(repo.status(targets=stages))
        except LockError:
            if not remaining:
                raise
            sleep(1)


def reproduce(stage: str) -> str:
    """Run `dvc repro` for one stage, and return its name.

    Raises:
        UserError: the stage failed; the message is its last line.
    """
    for _ in range(TRIES):
        status, output = run(stage)
        if status == 0:
            return stage
        if BUSY not in output:
            break
        sleep(1)
    raise UserError(f"{stage}: {guarded.last_line(output)}")


def run(stage: str) -> tuple[int, str]:
    """Return the exit status of `dvc repro`, and what it printed."""
    with tempfile.TemporaryFile() as log:
        # Processes take turns when they write dvc.lock, and not while a stage runs.
        process = guarded.start([*guarded.DVC, "--wait-for-lock", "repro", "--single-item", stage], log)
        try:
            process.wait()
        finally:
            guarded.end(process)
        log.seek(0)
        return process.returncode, log.read().decode(errors="replace")


if __name__ == "__main__":
    with exit_on_user_error():
        main(use_cluster(sys.argv[1:]))
