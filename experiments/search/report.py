"""Write the table of all trials, and draw Optuna's pictures of them: the same bytes from the same journal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import matplotlib.style
import optuna
import optuna.visualization.matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.category import StrCategoryLocator
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator
from optuna.trial import FrozenTrial, TrialState

from experiments.search.definition import setting_text
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
    if len(journal.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) > 1:
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
        **{key: setting_text(trial.params[key]) if key in trial.params else "" for key in search.space},
        "message": trial.user_attrs.get("message", ""),
    }


def draw_history(journal: Journal) -> None:
    with picture(HISTORY, f"{label(journal)} of each trial", (8, 4.5)) as plots:
        axes = plots.plot_optimization_history(journal.study, target_name=label(journal))
        handles, _ = axes.get_legend_handles_labels()
        axes.legend(handles, ["a trial", "best so far"], loc="best")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_importance(journal: Journal) -> None:
    # PED-ANOVA, Optuna's default, draws no random numbers, unlike the forest of fANOVA.
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    size = (8, 1.4 + 0.45 * len(journal.search.space))
    with picture(IMPORTANCE, f"Importance of each setting for the {label(journal)}", size) as plots:
        axes = plots.plot_param_importances(journal.study, evaluator=evaluator)
        axes.get_legend().remove()
        axes.set(xlabel="share of the importance (PED-ANOVA)", ylabel="")


def draw_slices(journal: Journal) -> None:
    """Draw the objective over every setting. Optuna puts them in one row, which is too wide for a page."""
    settings = list(journal.search.space)
    columns = min(len(settings), COLUMNS)
    rows = -(-len(settings) // columns)
    title = f"{label(journal)} by setting (darker: later trials)"
    with picture(SLICES, title, (3.2 * columns + 0.8, 0.8 + 3 * rows)) as plots:
        plots.plot_slice(journal.study, settings, target_name=label(journal))
        *axes, colors = plt.gcf().axes
        colors.remove()
        grid = GridSpec(rows, columns, plt.gcf())
        for place, small in enumerate(axes):
            small.set_subplotspec(grid[place])
            is_first = place % columns == 0
            small.tick_params(labelleft=is_first)
            small.set_ylabel(label(journal) if is_first else "")
            break_tick_labels(small)


def break_tick_labels(axes: Axes) -> None:
    """Put the items of choices that are lists under each other, and remove the quotes."""
    if isinstance(axes.xaxis.get_major_locator(), StrCategoryLocator):
        places = axes.get_xticks()
        texts = [text.get_text().strip("'").replace("}, ", "},\n") for text in axes.get_xticklabels()]
        axes.set_xticks(places, texts)


@contextmanager
def picture(path: Path, title: str, size: tuple[float, float]) -> Iterator[ModuleType]:
    """Yield Optuna's plots, and save the figure that one of them draws, with this title and size (inches)."""
    matplotlib.use("Agg")
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # the plots may change in another version
    with matplotlib.style.context(["default", {"font.family": "DejaVu Sans"}]), files.atomic_write(path) as temporary:
        yield optuna.visualization.matplotlib
        figure = plt.gcf()
        figure.set_layout_engine("constrained")
        figure.set_size_inches(size)
        for axes in figure.axes:
            axes.set_title("", loc="left")
            axes.set_title("", loc="center")
        figure.suptitle(title, x=0.01, ha="left")
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
