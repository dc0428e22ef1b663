"""Print what each experiment since the last commit changed, and its UAR.

python -m experiments.table    in .venv; `make experiments` does both

The table of `dvc exp show --only-changed` has more columns, and each is as wide as the path of its metrics file.
"""

import json
import subprocess

import pandas as pd

WIDEST_VALUE = 30  # characters of a setting, such as a list


def main() -> None:
    command = ["dvc", "exp", "show", "--hide-workspace", "--json"]
    shown = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    table = experiments_table(json.loads(shown.stdout))
    if len(table) == 1:
        print("No experiments yet. This makes one: dvc exp run --temp -n small -S model.units=32")
    else:
        print("UAR by corpus and protocol, and the settings that differ:\n")
        print(table.to_string(max_colwidth=WIDEST_VALUE))


def experiments_table(commits: list[dict]) -> pd.DataFrame:
    """Return a row for the last commit and one for each of its experiments. Columns of equal values are left out.

    Args:
        commits: What `dvc exp show --json` prints.
    """
    shown = []
    for commit in commits:
        shown.append({"state": "success", **commit})
        for experiment in commit["experiments"] or []:
            executor = experiment["executor"] or {"state": "success"}
            shown.append({"state": executor["state"], **experiment["revs"][0]})
    table = pd.concat(
        [
            pd.DataFrame([uar(row["data"]) for row in shown], dtype=object),
            pd.DataFrame([settings(row["data"]) for row in shown], dtype=object),
            pd.DataFrame([{"state": row["state"]} for row in shown]),
        ],
        axis=1,
    ).fillna("-")
    table.index = [row["name"] or row["rev"][:7] for row in shown]
    return table.loc[:, table.astype(str).nunique() > 1]


def uar(data: dict | None) -> dict[str, str]:
    """Return the UAR by corpus and protocol; nothing for an experiment without results."""
    scores = {}
    for path, metrics in data["metrics"].items() if data else ():
        folder, name = path.removeprefix("metrics/").rsplit("/", 1)
        if name == "metrics.json" and "data" in metrics:
            scores[folder] = f"{metrics['data']['uar']:.3f}"
    return scores


def settings(data: dict | None) -> dict[str, object]:
    """Return every setting by its name, such as model.units."""
    return pd.json_normalize(data["params"]["params.yaml"]["data"]).iloc[0].to_dict() if data else {}


if __name__ == "__main__":
    main()
