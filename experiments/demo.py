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

METRICS = "metrics/synthetic"
TESTED_ON = {"random": "random: other clips", "speaker-1": "speaker-1: a new voice"}  # by protocol
COLUMNS = {"uar": "UAR", "ece": "ECE", "uar_logistic": "logistic regression", "uar_notebook": "notebook"}
# Fewer clips, a smaller network, less training: it takes minutes. Without tess, DVC would list its results as deleted.
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
tested on others, once for each row:

{table}

UAR: mean of the recalls of all emotions; guessing gives 0.143. ECE: how far the confidence is from the accuracy.
Next to them, the UAR of two baselines: logistic regression, and the notebook that this project started from.

Charts: {page}
Next: docs/tutorial.md. Nothing else has changed in this folder, and `dvc exp remove demo` removes the experiment.
"""


def main() -> None:
    targets = ["plot_examples@synthetic"]
    for protocol in TESTED_ON:
        targets += [f"evaluate@synthetic-{protocol}", f"baselines@synthetic-{protocol}"]
    overrides = [argument for setting in SETTINGS for argument in ("-S", setting)]

    subprocess.run(["dvc", "exp", "remove", "-q", "demo"], stderr=subprocess.DEVNULL, check=False)  # of an earlier run
    run_stages(["dvc", "exp", "run", "--temp", "-n", "demo", *overrides, *targets])
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
    names = [f"{protocol}/{name}" for protocol in TESTED_ON for name in ("metrics", "baselines")]
    files = [f"{METRICS}/{name}.json" for name in ["corpus", *names]]
    metrics = json.loads(dvc("metrics", "diff", "HEAD", "demo", "--json", "--targets", *files))
    rows = {}
    for protocol, description in TESTED_ON.items():
        scores = metrics[f"{METRICS}/{protocol}/metrics.json"] | metrics[f"{METRICS}/{protocol}/baselines.json"]
        rows[description] = {title: f"{scores[key]['new']:.3f}" for key, title in COLUMNS.items()}
    clips = metrics[f"{METRICS}/corpus.json"]["clips"]["new"]
    table = pd.DataFrame.from_dict(rows, orient="index").to_string()

    charts = [f"{METRICS}/{protocol}/{name}" for protocol in TESTED_ON for name in CHARTS]
    dvc("plots", "diff", "HEAD", "demo", "--out", FOLDER, "--targets", f"{METRICS}/examples.png", *charts)
    return SUMMARY.format(clips=clips, table=table, page=Path(FOLDER, "index.html").resolve().as_uri())


def dvc(*arguments: str) -> str:
    """Run a command of DVC and return what it prints. It also warns that HEAD has no synthetic corpus: not shown."""
    ran = subprocess.run(["dvc", *arguments], capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    return ran.stdout


if __name__ == "__main__":
    main()
