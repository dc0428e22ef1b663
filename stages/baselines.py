"""Train and test what a result must beat: the original notebook's network and logistic regression.

python -m stages.baselines <corpus> <protocol>    writes metrics/<corpus>/<protocol>/baselines.json
"""

from pathlib import Path

from tqdm import tqdm

from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import feature_store, partitions
from speech_emotion.evaluation import baselines, metrics


def main(corpus: str, protocol: str) -> None:
    seed = params.load_seed()
    data = Path("data") / corpus
    table = partitions.load_table(data, protocol)
    labels = clip_table.label_order(table)
    features = feature_store.read(data / "notebook_features")
    train = partitions.select(table, "train", features)
    test = partitions.select(table, "test", features)

    with tqdm(total=baselines.NOTEBOOK_EPOCHS, desc="notebook", unit="epoch", disable=None) as bar:
        notebook = baselines.notebook(train, test, len(labels), seed, lambda epoch: bar.update())
    predictions = {
        "notebook": notebook,
        "logistic_regression": baselines.logistic_regression(train, test),
    }

    tested = table[table["partition"] == "test"]
    results = {}
    for name, log_probabilities in predictions.items():
        predicted = metrics.prediction_table(tested, labels, log_probabilities)
        results[f"uar_{name}"] = round(metrics.uar(predicted["actual"], predicted["predicted"]), 3)
    files.write_json(Path("metrics") / corpus / protocol / "baselines.json", results)


if __name__ == "__main__":
    run_stage(main)
