"""Train and score one fold with another seed: how much of a result is chance.

python -m stages.vary <corpus> <fold> <seed>    writes data/<corpus>/seeds/<fold>/<seed>.json
"""

from pathlib import Path

from tqdm import tqdm

from ser import clips, dataset, files, model, params, scores, training
from ser.errors import require, run


def main(corpus: str, fold: str, seed: str) -> None:
    network, settings = params.load("model", model.Settings), params.load("train", training.Settings)
    evaluate, orders = params.load("evaluate", scores.Settings), 1 + params.value("features")["deltas"]
    require(
        seed.isdecimal() and int(seed) < params.SEEDS, f"seed {seed!r}; expected a number from 0 to {params.SEEDS - 1}"
    )
    data, number = Path("data") / corpus, int(seed)
    table, parts = dataset.read(data, fold)
    labels = clips.emotions(table)

    with tqdm(total=settings.epochs, desc=f"seed {seed}", unit="epoch", disable=None) as bar:
        fitted, temperature = training.fit(
            parts, len(labels), orders, network, settings, number, lambda row: bar.update()
        )

    answers = training.predict(fitted, parts["test"], temperature)
    predicted = scores.predictions(table[table["part"] == "test"], labels, answers)
    files.write_json(
        data / "seeds" / fold / f"{seed}.json", scores.summary(predicted, labels, evaluate, number, temperature)
    )


if __name__ == "__main__":
    run(main)
