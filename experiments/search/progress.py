"""A bar with the trials done, the best so far and the time left, and a line for each trial that ends."""

from datetime import timedelta
from statistics import mean

from optuna.trial import TrialState
from tqdm import tqdm

from experiments.search.journal import Journal, experiment_name

BAR = "{desc} |{bar:20}| {n_fmt}/{total_fmt} {postfix}"


class Progress(tqdm):
    """The bar. It counts the trials of all processes."""

    def __init__(self, journal: Journal, hidden: bool = False) -> None:
        disable = True if hidden else None  # None hides it only where it would go to a file
        super().__init__(total=journal.search.trials, desc=journal.search.name, bar_format=BAR, disable=disable)
        self.journal = journal

    def show(self, number: int, epoch: int) -> None:
        """Draw the bar while trial `number` is in its `epoch`."""
        best = self.journal.best()
        texts = [f"trial {number}: epoch {epoch}"]
        if best:
            texts.append(f"best {best.value:.3f} (trial {best.number})")
        if left := time_left(self.journal):
            texts.append(f"{left} left")
        self.n = len(self.journal.finished())
        self.set_postfix_str(", ".join(texts))

    def ended(self, number: int) -> None:
        """Print how trial `number` ended."""
        trial = self.journal.study.trials[number]
        result = f"{trial.value:.3f}" if trial.state == TrialState.COMPLETE else trial.user_attrs["message"]
        seconds = trial.duration.total_seconds()
        self.write(f"{experiment_name(self.journal.search, number)}: {seconds:.0f} s, {result}")


def time_left(journal: Journal) -> timedelta | None:
    """Return about how long the rest takes, or None before the first trial has ended."""
    finished = journal.finished()
    if not finished:
        return None
    running = journal.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    seconds = mean(trial.duration.total_seconds() for trial in finished)
    trials_left = journal.search.trials - len(finished)
    return timedelta(seconds=round(seconds * trials_left / max(1, len(running))))
