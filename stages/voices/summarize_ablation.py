"""Compare every augmentation with none.

python -m stages.voices.summarize_ablation    writes experiments/ablation/ablation.{csv,png}
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.plots.ablation import plot_ablation

FOLDER = Path("experiments/ablation")
SCORES = Path("metrics/voices/ablation")


def main() -> None:
    names = params.load("names", list[str], FOLDER / "ablation.yaml")
    parts = [pd.read_csv(files.require_output(SCORES / f"{name}.csv")).assign(name=name) for name in names]
    table = pd.concat(parts)
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
