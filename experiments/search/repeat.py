"""How much of the best trial is luck? It is trained again with other random seeds, each an experiment of its own.

The best of many trials looks better than it is, because the one that was lucky is the one that is chosen.
"""

import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.search.definition import Search
from experiments.search.journal import RESULTS, Journal, experiment_name
from experiments.search.trials import TrialFailed, run_experiment
from experiments.search.workspace import Workspace
from speech_emotion.core import tables
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.executor import map_items

TABLE = RESULTS / "best_seeds.csv"


def repeat_best(journal: Journal) -> pd.DataFrame:
    """Train the best trial with every seed of search.yaml, and write the table of their scores.

    Seeds that the table has already for this trial are not trained again. Raises UserError if a training fails.
    """
    search = journal.search
    best = journal.best()
    if best is None:
        raise UserError("no trial is complete, so there is none to repeat; run the search first")
    name = experiment_name(search, best.number)
    rows = read_rows(name)
    done = {row["seed"] for row in rows}
    left = [seed for seed in search.repeat.seeds if seed not in done]
    values = map_items(partial(train, name=name, settings=best.params, search=search), left, f"repeat {name}", "seed")
    for seed, value in zip(left, values, strict=True):
        rows.append({"experiment": name, "seed": seed, search.objective.key: value})
        tables.write_csv(TABLE, pd.DataFrame(rows).sort_values("seed"))
    return pd.DataFrame(rows)


def read_rows(name: str) -> list[dict]:
    """Return the rows of the table that are of the experiment `name`."""
    if not Path(TABLE).exists():
        return []
    table = pd.read_csv(TABLE)
    return table[table["experiment"] == name].to_dict("records")


def train(seed: int, name: str, settings: dict[str, Any], search: Search) -> float:
    """Run one experiment in a worker and return its score. Raises UserError if it fails."""
    experiment = f"{name}-seed-{seed}"
    settings = settings | {search.repeat.key: seed}
    try:
        return run_experiment(experiment, settings, search, Workspace(), subprocess.Popen.wait)
    except TrialFailed as reason:
        raise UserError(f"{experiment}: {reason}") from reason
