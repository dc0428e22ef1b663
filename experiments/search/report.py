"""Write the table of all trials, and draw Optuna's pictures of them: the same bytes from the same journal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import optuna
import pandas as pd
from matplotlib.gridspec import GridSpec
from optuna.trial import FrozenTrial, TrialState
from optuna.visualization import matplotlib as optuna_plots

from experiments.search.definition import override
from experiments.search.journal import INTERRUPTED, JOURNAL, RESULTS, Journal, experiment_name
from speech_emotion.core import files, tables

TABLE = RESULTS / "trials.csv"
HISTORY = RESULTS / "history.png"
IMPORTANCE = RESULTS / "importance.png"
SLICES = RESULTS / "slices.png"
FILES = [JOURNAL, TABLE, HISTORY, IMPORTANCE, SLICES]
STATES = {"COMPLETE": "complete", "PRUNED": "stopped", "FAIL": "failed", "RUNNING": "running"}
COLUMNS = 4  # of small pictures in a row


def write(journal: Journal) -> None:
    """Write everything; the pictures only if there are results to compare."""
    write_table(journal)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if len(complete_trials(journal)) > 1:
        matplotlib.use("Agg")
        draw_history(journal)
        draw_importance(journal)
        draw_slices(journal)


def write_table(journal: Journal) -> None:
    trials = journal.study.get_trials(deepcopy=False, states=tuple(TrialState[name] for name in STATES))
    tables.write_csv(TABLE, pd.DataFrame([row(trial, journal) for trial in trials]))


def row(trial: FrozenTrial, journal: Journal) -> dict[str, object]:
    """Return a trial in the words of params.yaml."""
    search = journal.search
    interrupted = INTERRUPTED in trial.user_attrs
    ended = trial.state.is_finished() and not interrupted
    complete = trial.state == TrialState.COMPLETE
    return {
        "number": trial.number,
        "state": INTERRUPTED if interrupted else STATES[trial.state.name],
        search.objective.key: f"{trial.value:.6f}" if complete else "",
        "seconds": round(trial.duration.total_seconds()) if ended else "",
        "experiment": experiment_name(search, trial.number) if complete else "",
        "commit": trial.user_attrs.get("commit", "")[:7],
        **{key: override(trial.params[key]) if key in trial.params else "" for key in search.space},
        "message": trial.user_attrs.get("message", ""),
    }


def complete_trials(journal: Journal) -> list[FrozenTrial]:
    return journal.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def draw_history(journal: Journal) -> None:
    with picture(HISTORY, f"{label(journal)} by trial", (8, 4.5)):
        axes = optuna_plots.plot_optimization_history(journal.study, target_name=label(journal))
        axes.legend(*axes.get_legend_handles_labels(), loc="lower right")


def draw_importance(journal: Journal) -> None:
    # PED-ANOVA, Optuna's default, draws no random numbers, unlike the forest of fANOVA.
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    size = (8, 1.5 + 0.45 * len(journal.search.space))
    with picture(IMPORTANCE, "Importance of each setting", size):
        optuna_plots.plot_param_importances(journal.study, evaluator=evaluator, target_name=label(journal))


def draw_slices(journal: Journal) -> None:
    """Draw the objective over every setting. Optuna draws them in one row, which is too wide for a page."""
    settings = len(journal.search.space)
    columns = min(settings, COLUMNS)
    rows = -(-settings // columns)
    with picture(SLICES, f"{label(journal)} by setting", (3.2 * columns + 0.8, 0.8 + 3 * rows)):
        optuna_plots.plot_slice(journal.study, target_name=label(journal))
        figure = plt.gcf()
        grid = GridSpec(rows, columns, figure)
        for place, small in enumerate(figure.axes[:settings]):
            small.set_subplotspec(grid[place])


@contextmanager
def picture(path: Path, title: str, size: tuple[float, float]) -> Iterator[None]:
    """Save the figure that Optuna draws inside, with this title and size. It sets the style of all figures itself."""
    with (
        plt.rc_context({"font.family": "DejaVu Sans", "text.parse_math": False}),
        files.atomic_write(path) as temporary,
    ):
        yield
        figure = plt.gcf()
        figure.set_layout_engine("constrained")
        figure.set_size_inches(size)
        for axes in figure.axes:
            axes.set_title("")
        figure.suptitle(title)
        figure.savefig(temporary, dpi=150, metadata={"Software": None}, pil_kwargs={"optimize": True})
        plt.close(figure)


def label(journal: Journal) -> str:
    """Return what the pictures call the objective: validation UAR."""
    return f"validation {journal.search.objective.key.upper()}"


def summary(journal: Journal) -> str:
    best = journal.best()
    if not best:
        return f"no trial is complete; {TABLE} says why"
    name = experiment_name(journal.search, best.number)
    score = f"{label(journal)} {best.value:.3f}"
    return f"best: {name}, {score}; apply it with `dvc exp apply {name}`. Table and pictures: {RESULTS}"
