"""Run one trial: start its experiment, watch it, stop it if it is hopeless, and tell the search how it ended."""

import json
import math
import subprocess
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pandas as pd
from optuna.trial import Trial, TrialState

from experiments import guarded
from experiments.search import definition
from experiments.search.definition import Search, setting_text
from experiments.search.journal import Journal, experiment_name
from experiments.search.progress import Progress
from experiments.search.workspace import Workspace

POLL_SECONDS = 0.5
LONGEST_MESSAGE = 200  # characters


class TrialFailed(Exception):
    """Why a trial has no result."""


class TrialStopped(Exception):
    """Why a trial was stopped before it ended."""


def run_next_trial(_number: int) -> None:
    """Run the next trial of the search in a worker, if there are not enough yet, and print how it ended."""
    journal = Journal(definition.load())
    journal.check_same_code()
    workspace = Workspace()
    trial = journal.next_trial(workspace.number, workspace.commit)
    if trial:
        with Progress(journal, hidden=True) as progress:
            run_trial(trial, journal, workspace, progress)
            progress.ended(trial.number)


def run_trial(trial: Trial, journal: Journal, workspace: Workspace, progress: Progress) -> None:
    """Run a trial and tell the journal how it ended."""
    message = ""
    value = None
    try:
        value = measure(trial, journal.search, workspace, progress)
        state = TrialState.COMPLETE
    except TrialStopped as reason:
        message, state = str(reason), TrialState.PRUNED
    except TrialFailed as reason:
        message, state = str(reason), TrialState.FAIL
    trial.set_user_attr("message", message)
    journal.study.tell(trial, value, state)


def measure(trial: Trial, search: Search, workspace: Workspace, progress: Progress) -> float:
    """Return the objective of a trial, whose experiment is then in this repository."""

    def wait(process: subprocess.Popen) -> None:
        watch(process, trial, search, workspace, progress)

    return run_experiment(experiment_name(search, trial.number), trial.params, search, workspace, wait)


def run_experiment(
    name: str,
    settings: dict[str, Any],
    search: Search,
    workspace: Workspace,
    wait: Callable[[subprocess.Popen], object],
) -> float:
    """Run the targets of the search with these settings, and return the objective.

    Args:
        name: of the experiment, which is then in this repository.
        settings: what differs from params.yaml, beside search.fixed.
        wait: called with the process of DVC; returns when it has ended. If it raises an error, the process is killed.

    Raises:
        TrialFailed: DVC failed, or did not write a number.
    """
    objective = search.objective
    overrides = [f"{key}={setting_text(value)}" for key, value in (search.fixed | settings).items()]
    results = [objective.metrics, search.history.file]
    process = workspace.start(name, overrides, list(search.targets), results)
    try:
        wait(process)
    finally:
        guarded.end(process)
    if process.returncode:
        raise TrialFailed(last_error(workspace))
    value = read_objective(workspace, objective.metrics, objective.key)
    workspace.collect(name)
    return value


def watch(process: subprocess.Popen, trial: Trial, search: Search, workspace: Workspace, progress: Progress) -> None:
    """Wait until the process ends, and report its history. Raises TrialStopped if it is hopeless or takes too long."""
    start = monotonic()
    reported = 0
    running = True
    while running:
        sleep(POLL_SECONDS)
        running = process.poll() is None
        values = read_history(workspace, search)
        for epoch, value in enumerate(values[reported:], start=reported + 1):
            trial.report(value, epoch)
            if running and trial.should_prune():
                raise TrialStopped(f"stopped after epoch {epoch} at {search.history.column} {value:.3f}")
        reported = len(values)
        progress.show(trial.number, reported + 1)
        if running and monotonic() - start > search.seconds_per_trial:
            raise TrialStopped(f"stopped after {search.seconds_per_trial} seconds, in epoch {reported + 1}")


def read_history(workspace: Workspace, search: Search) -> list[float]:
    """Return the values by epoch so far; nothing before training writes the first."""
    path = workspace.folder / search.history.file
    if not path.exists():
        return []
    table = pd.read_csv(path)
    if search.history.column not in table:
        raise TrialFailed(f"{search.history.file}: no column {search.history.column}")
    return list(table[search.history.column])


def read_objective(workspace: Workspace, metrics: str, key: str) -> float:
    """Return the figure of the experiment that is in the workspace."""
    path = workspace.folder / metrics
    if not path.exists():
        raise TrialFailed(f"{metrics} was not written: no output of the targets")
    value = json.loads(path.read_text()).get(key)
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TrialFailed(f"{metrics}: {key} is {value}; expected a number")
    return value


def last_error(workspace: Workspace) -> str:
    """Return the last line that the stage printed, or else the last line of DVC, without the folder of the clone."""
    last = guarded.last_line(workspace.log.read_text(errors="replace"))
    return last.replace(f"{workspace.folder.resolve()}/", "")[:LONGEST_MESSAGE]
