"""The search as Optuna keeps it, in experiments/search/journal.log: trials, what they reported, who runs them.

Several processes may write to it. What belongs together is done under one lock: a new search, or the next trial.
"""

from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, Trial, TrialState

from experiments.locks import JournalLock, locked, try_lock
from experiments.search import definition, workspace
from experiments.search.definition import Search
from speech_emotion.core.errors import UserError

RESULTS = Path("experiments/search")
JOURNAL = RESULTS / "journal.log"
LOCK = workspace.FOLDER / "lock"
INTERRUPTED = "interrupted"


class Journal:
    """A search and its trials."""

    def __init__(self, search: Search, may_begin: bool = True) -> None:
        """Open the search in the journal, or begin it.

        Raises:
            UserError: the search may not begin and has not begun, or the journal has another of this name.
        """
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.search = search
        RESULTS.mkdir(parents=True, exist_ok=True)
        self._storage = JournalStorage(JournalFileBackend(str(JOURNAL), JournalLock(workspace.FOLDER / "journal.lock")))
        with locked(LOCK):
            if search.name not in optuna.get_all_study_names(self._storage):
                if not may_begin:
                    raise UserError(f"{JOURNAL}: no search {search.name!r}; run `make search` first")
                self._begin()
        # Median rule: trials are compared at the same epoch. Successive halving would stop three of four at each rung.
        pruner = optuna.pruners.MedianPruner(search.history.startup_trials, search.history.warmup_epochs)
        self.study = optuna.load_study(study_name=search.name, storage=self._storage, pruner=pruner)
        self._check_unchanged()

    def _begin(self) -> None:
        workspace.check_no_experiments(self.search.name)
        current = definition.current_values(self.search.space)
        study = optuna.create_study(
            study_name=self.search.name, storage=self._storage, direction=self.search.objective.direction
        )
        study.set_user_attr("search", self.search.identity())
        study.enqueue_trial(current)

    def _check_unchanged(self) -> None:
        if self.study.user_attrs["search"] != self.search.identity():
            raise UserError(
                f"{definition.DEFINITION}: targets, objective, fixed or space differ from those of the search "
                f"{self.search.name!r} in {JOURNAL}; restore them, or choose another name"
            )

    def check_same_code(self) -> None:
        """Raise UserError if what trials run has changed since the first one, because they could not be compared."""
        trials = self.study.get_trials(deepcopy=False)
        first = next((trial.user_attrs["commit"] for trial in trials if "commit" in trial.user_attrs), None)
        changed = workspace.changed_since(first) if first else ""
        if changed:
            raise UserError(
                f"{changed}: changed since the first trial of the search {self.search.name!r}, at {first[:7]}, so that "
                f"trials could not be compared; go on from there, or choose another name in {definition.DEFINITION}"
            )

    def next_trial(self, worker: int, commit: str) -> Trial | None:
        """Return a new trial, or None if there are enough. `worker` is the number of this process's workspace."""
        with locked(LOCK):
            self._retry_interrupted(worker)
            started = len([trial for trial in self.study.get_trials(deepcopy=False) if is_counted(trial)])
            if started >= self.search.trials:
                return None
            # A new sampler for each trial: a search that is interrupted goes on with the trials that it would have had.
            self.study.sampler = optuna.samplers.TPESampler(seed=self.search.seed + started)
            space = {key: values.distribution() for key, values in self.search.space.items()}
            trial = self.study.ask(space)
            trial.set_user_attr("worker", worker)
            trial.set_user_attr("commit", commit)
            return trial

    def _retry_interrupted(self, worker: int) -> None:
        """Let the trials of processes that have ended fail, and put the same settings in line again."""
        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if not is_running(trial, worker):
                if "commit" in trial.user_attrs:  # its experiment may be complete, but its score was not told
                    name = experiment_name(self.search, trial.number)
                    workspace.remove_experiment(trial.user_attrs["commit"], name)
                self._storage.set_trial_user_attr(trial._trial_id, INTERRUPTED, True)
                self.study.tell(trial.number, state=TrialState.FAIL)
                self.study.enqueue_trial(trial.params)

    def finished(self) -> list[FrozenTrial]:
        """Return the trials that have ended and count."""
        trials = self.study.get_trials(deepcopy=False)
        return [trial for trial in trials if is_counted(trial) and trial.state.is_finished()]

    def best(self) -> FrozenTrial | None:
        """Return the best trial so far, or None before the first is complete."""
        complete = self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        return self.study.best_trial if complete else None


def is_counted(trial: FrozenTrial) -> bool:
    """Whether a trial has started, and not been interrupted."""
    return trial.state != TrialState.WAITING and INTERRUPTED not in trial.user_attrs


def is_running(trial: FrozenTrial, worker: int) -> bool:
    """Whether another process runs this trial. This one, with the workspace `worker`, has none when it asks."""
    owner = trial.user_attrs.get("worker", worker)  # none if its process ended while it asked
    if owner == worker:
        return False
    lock = try_lock(workspace.lock_path(owner))
    if lock:
        lock.close()
    return lock is None


def experiment_name(search: Search, number: int) -> str:
    """Return the name of the experiment of trial `number`."""
    return f"{search.name}-{number}"
