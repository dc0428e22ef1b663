"""Run the pipeline on the synthetic corpus, from download to evaluation, as a DVC experiment called demo.

python -m experiments.demo    in .venv; `make demo` does both

It runs in a temporary copy, so the workspace does not change. `dvc exp show`, `dvc metrics diff HEAD demo` and
`dvc plots diff HEAD demo` show the experiment.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pandas as pd

from speech_emotion.core.command_line import exit_on_user_error

METRICS = "metrics/synthetic"
CLIPS = f"{METRICS}/corpus.json"
# Rows of the table: which clips are tested, what predicts, its file, and its scores there.
RESULTS = [
    ("other clips (random)", "network", f"{METRICS}/random/metrics.json", ["uar", "ece"]),
    ("a new voice (speaker-1)", "network", f"{METRICS}/speaker-1/metrics.json", ["uar", "ece"]),
    ("a new voice (speaker-1)", "logistic regression", f"{METRICS}/speaker-1/baselines.json", ["uar_logistic"]),
    ("a new voice (speaker-1)", "original notebook", f"{METRICS}/speaker-1/baselines.json", ["uar_notebook"]),
]
COLUMNS = ["tested on", "predicted by", "UAR", "ECE"]
STAGES = [
    "plot_examples@synthetic",
    "evaluate@synthetic-random",
    "evaluate@synthetic-speaker-1",
    "baselines@synthetic-speaker-1",
]
# Fewer clips, a smaller network and less training, to take minutes. Without tess, DVC would list its results as gone.
SETTINGS = [
    "corpora=[tess,synthetic]",
    "corpora/synthetic/corpus.yaml:generate.words=8",
    "augment.training_copies=[{speed: 0.87}, {speed: 1.15}]",
    "augment.calibration_copies=[{speed: 0.9}, {speed: 1.12}]",
    "model.inputs=[{mfcc: cmvn}]",
    "model.ensemble_size=1",
    "model.units=32",
    "train.epochs=10",
    "train.learning_rate=0.003",
]
CHARTS = ("history.csv", "predictions.csv", "reliability.csv", "recall.png", "errors.png")
WIDTH = 38  # of the names of stages
FOLDER = "demo"  # of the page; Git ignores it
SUMMARY = """
A synthesizer spoke {clips} clips: four voices, seven emotions. A small network learned from some of the clips and was
tested on others, first of the same voices, then of a voice that it had never heard:

{table}

UAR: mean of the recalls of all emotions; guessing gives 0.143. ECE: how far the confidence is from the accuracy.
The original notebook is the one that this project started from.

Charts: {page}
Next: docs/tutorial.md. Nothing else has changed in this folder, and `dvc exp remove demo` removes the experiment.
"""


def main() -> None:
    overrides = [argument for setting in SETTINGS for argument in ("-S", setting)]
    subprocess.run(["dvc", "exp", "remove", "-q", "demo"], stderr=subprocess.DEVNULL, check=False)  # of an earlier run
    run_stages(["dvc", "exp", "run", "--temp", "-n", "demo", *overrides, *STAGES])
    print(summarize())


def run_stages(command: list[str]) -> None:
    """Run `dvc exp run`, printing a line for each stage. If it fails, print the output of the last stage and exit."""
    start = monotonic()
    print(f"{'prepare':<{WIDTH}}", end="", flush=True)
    output = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            stage = re.match(r"Running stage '(.*)'|Stage '(.*)' is cached", line)
            if stage:
                name = stage[1] or f"{stage[2]} (cached)"
                print(f"{monotonic() - start:4.0f} s\n{name:<{WIDTH}}", end="", flush=True)
                start = monotonic()
                output = []
            output.append(line)
    print(f"{monotonic() - start:4.0f} s")
    if process.returncode:
        sys.exit("".join(output))


def summarize() -> str:
    """Describe the experiment's results and write the page of charts."""
    files = sorted({file for _, _, file, _ in RESULTS})
    metrics = json.loads(dvc("metrics", "diff", "HEAD", "demo", "--json", "--targets", CLIPS, *files))
    rows = []
    for tested_on, model, file, names in RESULTS:
        scores = [f"{metrics[file][name]['new']:.3f}" for name in names]
        rows.append(dict(zip(COLUMNS, [tested_on, model, *scores], strict=False)))  # baselines have no ECE
    table = pd.DataFrame(rows, columns=COLUMNS).fillna("-").to_string(index=False)

    charts = [f"{METRICS}/{protocol}/{name}" for protocol in ("random", "speaker-1") for name in CHARTS]
    dvc("plots", "diff", "HEAD", "demo", "--out", FOLDER, "--targets", f"{METRICS}/examples.png", *charts)
    page = Path(FOLDER, "index.html").resolve().as_uri()
    return SUMMARY.format(clips=metrics[CLIPS]["clips"]["new"], table=table, page=page)


def dvc(*arguments: str) -> str:
    """Run a command of DVC and return what it prints. It also warns that HEAD has no synthetic corpus: not shown."""
    ran = subprocess.run(["dvc", *arguments], capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    return ran.stdout


if __name__ == "__main__":
    with exit_on_user_error():  # ends without a traceback at Ctrl-C
        main()
