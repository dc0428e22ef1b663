"""Join the front end and the network of one fold into the model that is shipped, and describe it.

python -m stages.package <corpus> <fold>    writes models/ser.onnx and MODEL_CARD.md
"""

from pathlib import Path

import onnx

from speech_emotion.audio import loading
from speech_emotion.core import clip_table, files, params
from speech_emotion.corpus import description
from speech_emotion.packaging import merge, model_card
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import require


def main(corpus: str, fold: str) -> None:
    settings, described = params.load_section("features", FeatureSettings), description.load(corpus)
    report, scores = measured(corpus)
    require(fold in scores, f"package.fold is {fold!r}; expected one of the folds that are run, {', '.join(scores)}")
    network = files.require_output(Path("models") / corpus / f"{fold}.onnx")
    description = {
        "corpus": corpus,
        "fold": fold,
        "scores": scores[fold],
        "held_out": {name: own for name, own in scores.items() if name.startswith("speaker-")},
        "licence": described.licence,
        "citation": described.citation.strip(),
    }
    with files.atomic_write(Path("models", "ser.onnx")) as path:
        onnx.save(merge.merge(settings, onnx.load(network), description), path)
        checks = merge.check_merged(path, network, settings, validation(corpus, fold, settings))
    text = model_card.format_card(described, report, fold, scores, settings.sample_rate, checks)
    files.write_text(Path("MODEL_CARD.md"), text)
    print(f"{corpus}, {fold}: agrees with librosa and the network on {checks['clips']} clips")


def measured(corpus: str) -> tuple[dict, dict[str, dict]]:
    """Return the corpus report, and {fold: its scores} for the folds that are run."""
    metrics = Path("metrics") / corpus
    scores = {fold: files.read_json(metrics / fold / "metrics.json") for fold in params.load_value("folds")}
    return files.read_json(metrics / "corpus.json"), scores


def validation(corpus: str, fold: str, settings: FeatureSettings):
    """Yield (clip, signal) of the fold's validation part."""
    data = Path("data") / corpus
    table = clip_table.read_partitions(data / "splits" / f"{fold}.csv", clip_table.read(data / "clips.csv"))
    for clip in table["clip"][table["part"] == "validation"]:
        yield clip, loading.load(data / "raw" / clip, settings.sample_rate)


if __name__ == "__main__":
    run_stage(main)
