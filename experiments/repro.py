"""Like `dvc repro`, but stages that do not depend on each other run at the same time, on all cores or on a cluster.

python -m experiments.repro [--cluster ADDRESS] [TARGET ...]

A target is as in `dvc repro`: a stage or a dvc.yaml. Started again after a kill, it resumes with the stages that are
left. Stages that use all cores or the cluster by themselves, such as extraction, run one after another.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from time import sleep

import networkx
from dvc.exceptions import DvcException
from dvc.lock import LockError
from dvc.repo import Repo
from dvc.rwlock import RWLockFileCorruptedError
from dvc.stage import Stage

from experiments import guarded
from experiments.locks import locked
from speech_emotion.core.command_line import Parser, exit_on_user_error, use_cluster
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.executor import map_items

PARALLEL = "speech_emotion/parallel"  # a stage that depends on it uses all workers by itself
LOCKS = Path(".dvc/tmp/repro")
BUSY = "it is being blocked by"  # in DVC's output, if another process has the stage
RUNNING = Path(".dvc/tmp/rwlock")  # DVC's list of running stages
DAMAGED = "JSON structure is corrupted"  # in DVC's output, if a process was killed while it wrote this list
TRIES = 20  # a second apart. DVC lists a process that was killed until the system has forgotten it.


def main(targets: list[str]) -> None:
    try:
        for group in groups(targets or ["dvc.yaml"]):
            stages = changed(group)
            if not stages:
                continue
            if len(stages) == 1:
                done = [reproduce(stages[0], may_use_cluster=True)]
            else:
                done = map_items(reproduce, stages, "stages", "stage")
            for stage in done:
                print(f"{stage}: done", flush=True)
    except DvcException as error:
        raise UserError(str(error)) from error


def groups(targets: list[str]) -> list[list[str]]:
    """Return the names of the stages that the targets need, and their own, in groups that run one after another.

    A group depends on earlier groups only, so that its stages can run at the same time.
    """
    with Repo() as repo:
        graph = repo.index.graph  # from each stage to those that it depends on
        needed = set()
        for target in targets:
            for stage in repo.stage.collect(target):
                needed |= {stage} | networkx.descendants(graph, stage)
        found = []
        for level in networkx.topological_generations(graph.subgraph(needed).reverse()):
            names = {stage.addressing: uses_all_workers(stage) for stage in level}
            found += [[name] for name in sorted(names) if names[name]]
            found.append(sorted(name for name in names if not names[name]))
    return [group for group in found if group]


def uses_all_workers(stage: Stage) -> bool:
    """Return whether a stage computes on all cores, or on the cluster, by itself."""
    return any(Path(dep.fs_path).as_posix().endswith(PARALLEL) for dep in stage.deps)


def changed(stages: list[str]) -> list[str]:
    """Return the stages that `dvc repro` would run; all, if another process has one of them."""
    for _ in range(TRIES):
        try:
            with Repo() as repo:
                return sorted(repo.status(targets=stages))
        except LockError:
            sleep(1)
        except RWLockFileCorruptedError:
            RUNNING.unlink(missing_ok=True)
    return stages


def reproduce(stage: str, may_use_cluster: bool = False) -> str:
    """Run `dvc repro` for one stage, and return its name. If another process has it, wait for that process first.

    DVC itself knows only processes of this machine, and the file system may be shared.

    Raises:
        UserError: the stage failed; the message is its last line.
    """
    with locked(LOCKS / stage.replace("/", "_")):
        for _ in range(TRIES):
            status, output = run(stage, may_use_cluster)
            if status == 0:
                return stage
            if DAMAGED in output:
                RUNNING.unlink(missing_ok=True)
            elif BUSY not in output:
                break
            sleep(1)
    raise UserError(f"{stage}: {guarded.last_line(output)}")


def run(stage: str, may_use_cluster: bool) -> tuple[int, str]:
    """Return the exit status of `dvc repro`, and what it printed."""
    with tempfile.TemporaryFile() as log:
        # Processes take turns when they write dvc.lock, and not while a stage runs.
        command = [*guarded.DVC, "--wait-for-lock", "repro", "--single-item", stage]
        process = guarded.start(command, log, may_use_cluster=may_use_cluster)
        try:
            process.wait()
        finally:
            guarded.end(process)
        log.seek(0)
        return process.returncode, log.read().decode(errors="replace")


if __name__ == "__main__":
    with exit_on_user_error():
        parser = Parser(prog="python -m experiments.repro", description=__doc__)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("targets", nargs="*", metavar="TARGET", help="a stage or a dvc.yaml; dvc.yaml without any")
        main(parser.parse_args(use_cluster(sys.argv[1:])).targets)
