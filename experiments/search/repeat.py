"""How much of the best trial is luck? It is trained again with other random seeds, each an experiment of its own.

The best of many trials looks better than it is, because the one that was lucky is the one that is chosen.
"""

import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from experiments.search.definition import Search
from experiments.search.journal import RESULTS, Journal, experiment_name
from experiments.search.trials import TrialFailed, run_experiment
from experiments.search.workspace import Workspace
from speech_emotion.core import tables
from speech_emotion.core.errors import UserError

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
    workspace = Workspace()
    for seed in tqdm(search.repeat.seeds, f"repeat {name}", unit="seed", disable=None):
        if seed not in done:
            value = train(f"{name}-seed-{seed}", best.params | {search.repeat.key: seed}, search, workspace)
            rows.append({"experiment": name, "seed": seed, search.objective.key: value})
            tables.write_csv(TABLE, pd.DataFrame(rows).sort_values("seed"))
    return pd.DataFrame(rows)


def read_rows(name: str) -> list[dict]:
    """Return the rows of the table that are of the experiment `name`."""
    if not Path(TABLE).exists():
        return []
    table = pd.read_csv(TABLE)
    return table[table["experiment"] == name].to_dict("records")


def train(name: str, settings: dict[str, Any], search: Search, workspace: Workspace) -> float:
    """Run one experiment and return its score. Raises UserError if it fails."""
    try:
        return run_experiment(name, settings, search, workspace, subprocess.Popen.wait)
    except TrialFailed as reason:
        raise UserError(f"{name}: {reason}") from reason
