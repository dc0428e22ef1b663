"""Train and test the baselines that a result must beat: the original notebook's network and logistic regression.

python -m stages.baselines <corpus> <protocol>    writes metrics/<corpus>/<protocol>/baselines.json
"""

from pathlib import Path

from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import baselines, metrics


def main(corpus: str, protocol: str) -> None:
    seed = params.load("seed", params.Seed)
    data = Path("data") / corpus
    table = partitions.load_table(data, protocol)
    classes = len(clip_table.label_order(table))
    features = feature_store.read(data / "notebook_features")
    train = partitions.select(table, "train", features)
    test = partitions.select(table, "test", features)

    notebook = baselines.train_notebook_network(train, test, classes, seed)
    regression = baselines.logistic_regression(train, test)

    results = {
        "uar_notebook": round(metrics.uar(test.targets, notebook), 3),
        "uar_logistic": round(metrics.uar(test.targets, regression), 3),
    }
    files.write_json(Path("metrics") / corpus / protocol / "baselines.json", results)


if __name__ == "__main__":
    run_stage(main)
