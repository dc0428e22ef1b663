"""How much of the best trial is luck? It is trained again with other random seeds, each an experiment of its own.

The best of many trials looks better than it is, because the one that was lucky is the one that is chosen.
"""

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from experiments.search.definition import Search, setting_text
from experiments.search.journal import RESULTS, Journal, experiment_name
from experiments.search.trials import TrialFailed, end, last_error, read_objective
from experiments.search.workspace import Workspace
from speech_emotion.core import tables
from speech_emotion.core.errors import UserError

TABLE = RESULTS / "best_seeds.csv"


def repeat_best(journal: Journal) -> pd.DataFrame:
    """Train the best trial with every seed of search.yaml, and write the table of their scores.

    Seeds that the table has already for this trial are not trained again. Raises UserError if a training fails.
    """
    best = journal.best()
    if best is None:
        raise UserError("no trial is complete, so there is none to repeat; run the search first")
    name = experiment_name(journal.search, best.number)
    settings = [f"{key}={setting_text(value)}" for key, value in best.params.items()]
    rows = read_rows(name)
    done = {row["seed"] for row in rows}
    workspace = Workspace()
    for seed in tqdm(journal.search.repeat.seeds, f"repeat {name}", unit="seed", disable=None):
        if seed not in done:
            value = train(workspace, journal.search, f"{name}-seed-{seed}", settings, seed)
            rows.append({"experiment": name, "seed": seed, journal.search.objective.key: value})
            tables.write_csv(TABLE, pd.DataFrame(rows).sort_values("seed"))
    return pd.DataFrame(rows)


def read_rows(name: str) -> list[dict]:
    """Return the rows of the table that are of the experiment `name`."""
    if not Path(TABLE).exists():
        return []
    table = pd.read_csv(TABLE)
    return table[table["experiment"] == name].to_dict("records")


def train(workspace: Workspace, search: Search, name: str, settings: list[str], seed: int) -> float:
    """Run one experiment and return its score."""
    objective = search.objective
    overrides = [*settings, f"{search.repeat.key}={seed}"]
    results = [objective.metrics, search.history.file]
    process = workspace.start(name, overrides, list(search.targets), results)
    try:
        process.wait()
    finally:
        end(process)
    try:
        if process.returncode:
            raise TrialFailed(last_error(workspace))
        value = read_objective(workspace, objective.metrics, objective.key)
    except TrialFailed as reason:
        raise UserError(f"{name}: {reason}") from reason
    workspace.collect(name)
    return value
