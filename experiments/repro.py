"""Like `dvc repro`, but stages that do not depend on each other run at the same time, on all cores or on a cluster.

python -m experiments.repro [--cluster ADDRESS] [TARGET ...]

A target is as in `dvc repro`: a stage or a dvc.yaml. Started again after a kill, it goes on with the stages that are
left.
"""

import sys
import tempfile

import networkx
from dvc.exceptions import DvcException
from dvc.repo import Repo

from experiments import guarded
from speech_emotion.core.command_line import exit_on_user_error, use_cluster
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.executor import map_items


def main(targets: list[str]) -> None:
    try:
        with Repo() as repo:
            for level in levels(repo, targets or ["dvc.yaml"]):
                changed = [stage for stage in level if is_changed(repo, stage)]
                for stage in map_items(reproduce, changed, "stages", "stage"):
                    print(f"{stage}: done", flush=True)
    except DvcException as error:
        raise UserError(str(error)) from error


def levels(repo: Repo, targets: list[str]) -> list[list[str]]:
    """Return the names of the stages that the targets need, and their own, in groups.

    A group depends on earlier groups only, so that its stages can run at the same time.
    """
    graph = repo.index.graph  # from each stage to those that it depends on
    needed = set()
    for target in targets:
        for stage in repo.stage.collect(target):
            needed |= {stage} | networkx.descendants(graph, stage)
    by_level = networkx.topological_generations(graph.subgraph(needed).reverse())
    return [sorted(stage.addressing for stage in level) for level in by_level]


def is_changed(repo: Repo, stage: str) -> bool:
    """Return whether `dvc repro` would run a stage."""
    repo.reset()  # other stages have run since dvc.lock was read
    return bool(repo.status(targets=[stage]))


def reproduce(stage: str) -> str:
    """Run `dvc repro` for one stage, and return its name.

    Raises:
        UserError: the stage failed; the message is its last line.
    """
    with tempfile.TemporaryFile() as log:
        # Processes take turns when they write dvc.lock, and not while a stage runs.
        process = guarded.start([*guarded.DVC, "repro", "--wait-for-lock", "--single-item", stage], log)
        try:
            process.wait()
        finally:
            guarded.end(process)
        if process.returncode:
            log.seek(0)
            raise UserError(f"{stage}: {guarded.last_line(log.read().decode(errors='replace'))}")
    return stage


if __name__ == "__main__":
    with exit_on_user_error():
        main(use_cluster(sys.argv[1:]))
