"""Join the front end and the network of one fold into the model that is shipped, and describe it.

python -m stages.package <corpus> <fold>    writes models/ser.onnx and MODEL_CARD.md
"""

from pathlib import Path

import onnx

from ser import audio, bundle, card, clips, corpora, features, files, params
from ser.errors import require, run


def main(corpus: str, fold: str) -> None:
    settings, described = params.load("features", features.Settings), corpora.load(corpus)
    report, scores = measured(corpus)
    require(fold in scores, f"package.fold is {fold!r}; expected one of the folds that are run, {', '.join(scores)}")
    network = files.made(Path("models") / corpus / f"{fold}.onnx")
    description = {
        "corpus": corpus,
        "fold": fold,
        "scores": scores[fold],
        "held_out": {name: own for name, own in scores.items() if name.startswith("speaker-")},
        "licence": described.licence,
        "citation": described.citation.strip(),
    }
    with files.replacing(Path("models", "ser.onnx")) as path:
        onnx.save(bundle.join(settings, onnx.load(network), description), path)
        checks = bundle.check(path, network, settings, validation(corpus, fold, settings))
    text = card.write(described, report, fold, scores, settings.sample_rate, checks)
    files.write_text(Path("MODEL_CARD.md"), text)
    print(f"{corpus}, {fold}: agrees with librosa and the network on {checks['clips']} clips")


def measured(corpus: str) -> tuple[dict, dict[str, dict]]:
    """Return the corpus report, and {fold: its scores} for the folds that are run."""
    metrics = Path("metrics") / corpus
    scores = {fold: files.read_json(metrics / fold / "metrics.json") for fold in params.value("folds")}
    return files.read_json(metrics / "corpus.json"), scores


def validation(corpus: str, fold: str, settings: features.Settings):
    """Yield (clip, signal) of the fold's validation part."""
    data = Path("data") / corpus
    table = clips.read_parts(data / "splits" / f"{fold}.csv", clips.read(data / "clips.csv"))
    for clip in table["clip"][table["part"] == "validation"]:
        yield clip, audio.load(data / "raw" / clip, settings.sample_rate)


if __name__ == "__main__":
    run(main)
