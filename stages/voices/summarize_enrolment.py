"""Put the results of enrolment of all protocols into one table and one picture.

python -m stages.voices.summarize_enrolment    writes metrics/voices/enrolment.{csv,png} and enrolment_estimates.csv
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files, params, tables
from speech_emotion.core.command_line import run_stage
from speech_emotion.enrolment_curves.draws import EnrolmentSettings
from speech_emotion.enrolment_curves.summary import check_estimates, summarize
from speech_emotion.evaluation.metrics import EvaluateSettings
from speech_emotion.plots.enrolment import plot_enrolment

PREDICTIONS = Path("data/voices/enrolment")
METRICS = Path("metrics/voices")
METHODS = ["voice", "network", "mfcc_logistic"]


def main() -> None:
    settings = params.load("evaluate", EvaluateSettings)
    seed = params.load("voices.seed", params.Seed)
    protocols = params.load("voices.enrolment", EnrolmentSettings).protocols
    predictions = pd.concat(
        [pd.read_csv(files.require_output(PREDICTIONS / f"{protocol}.csv")) for protocol in protocols]
    )
    table = summarize(predictions, METHODS, settings, seed)
    tables.write_csv(METRICS / "enrolment.csv", table)
    tables.write_csv(METRICS / "enrolment_estimates.csv", check_estimates(predictions))
    plot_enrolment(METRICS / "enrolment.png", table, settings.confidence_level)
    wide = table[table["method"] == "voice"].pivot(index="corpus", columns="clips", values="uar")
    print(wide.round(3).to_string())


if __name__ == "__main__":
    run_stage(main)
