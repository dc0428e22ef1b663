"""Compare every augmentation with none.

python -m stages.voices.summarize_ablation    writes experiments/ablation/ablation.{csv,png}
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.plots.ablation import plot_ablation

FOLDER = Path("experiments/ablation")


def main() -> None:
    names = params.load("names", list[str], FOLDER / "ablation.yaml")
    seeds = params.load("seeds", Annotated[list[params.Seed], Field(min_length=2)], FOLDER / "ablation.yaml")
    rows = []
    for name in names:
        for seed in seeds:
            scores = files.read_json(Path("metrics/voices/ablation") / f"{name}-{seed}.json")
            rows.append({"name": name, "seed": seed, **scores})
    table = pd.DataFrame(rows)
    uar_of_none = table[table["name"] == names[0]].set_index("seed")["uar"]
    table["gain"] = table["uar"] - table["seed"].map(uar_of_none)

    summary = table.groupby("name", sort=False).agg(
        uar=("uar", "mean"),
        uar_std=("uar", "std"),
        gain=("gain", "mean"),
        gain_std=("gain", "std"),
        uar_single_clip=("uar_single_clip", "mean"),
        uar_known_speaker=("uar_known_speaker", "mean"),
    )
    tables.write_csv(FOLDER / "ablation.csv", summary.reset_index())
    plot_ablation(FOLDER / "ablation.png", table)
    print(summary.round(3))


if __name__ == "__main__":
    run_stage(main)
