"""Compare training on one speaker of TESS alone and together with the other corpora.

python -m stages.voices.summarize_tess    writes experiments/tess_and_others/tess.csv
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage

FOLDER = Path("experiments/tess_and_others")
SCORES = Path("metrics/voices/tess")


def main() -> None:
    parts = []
    for speaker in params.load("speakers", list[str], FOLDER / "experiment.yaml"):
        for trained_on in params.load("trained_on", list[str], FOLDER / "experiment.yaml"):
            scores = pd.read_csv(files.require_output(SCORES / f"{speaker}-{trained_on}.csv"))
            parts.append(scores.assign(held_out=speaker, trained_on=trained_on))
    groups = pd.concat(parts).groupby(["held_out", "trained_on", "statistics"], sort=False)
    recalls = [name for name in parts[0] if name.startswith("recall.")]
    table = groups[["uar", *recalls]].mean()
    table.insert(1, "uar_std", groups["uar"].std())
    tables.write_csv(FOLDER / "tess.csv", table.reset_index())
    print(table.round(3).to_string())


if __name__ == "__main__":
    run_stage(main)
