"""The file that is shipped: what it says about itself, and that it answers as front end and network do apart."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from speech_emotion.audio import loading
from speech_emotion.corpus import description
from speech_emotion.packaging import merge, model_card
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import MODEL, Predictor

SETTINGS = FeatureSettings(
    sample_rate=16000, trim_db=40.0, n_fft=512, hop_length=160, n_mels=64, n_mfcc=40, deltas=0, pool=4
)
LABELS = ["anger", "fear", "sadness"]
SCORES = {
    **{"uar": 0.9, "uar_low": 0.85, "uar_high": 0.95, "accuracy": 0.91, "accuracy_low": 0.86, "accuracy_high": 0.96},
    **{"macro_f1": 0.9, "ece": 0.05, "clips": 1234, "recall.anger": 0.99, "recall.fear": 0.07, "recall.sadness": 0.98},
}


@pytest.fixture
def signals(speech_like):
    return [(f"clip {seed}", speech_like(0.4 + seed / 5, seed=seed)) for seed in range(5)]


def network(shipped):
    return shipped.with_name("network.onnx")


def test_it_answers_as_librosa_and_the_network_do(shipped, signals):
    checks = merge.check_merged(shipped, network(shipped), SETTINGS, signals)
    assert checks["clips"] == 5
    assert checks["mfcc"] < 1e-2
    assert checks["probability"] < 1e-4


def test_a_file_of_other_features_is_refused(shipped, signals):
    with pytest.raises(RuntimeError, match="clip 0: an MFCC differs by .*, a probability by"):
        merge.check_merged(
            shipped, network(shipped), FeatureSettings(**(vars(SETTINGS) | {"pool": 2, "n_mels": 50})), signals
        )


def test_a_file_of_another_network_is_refused(tmp_path, write_model, shipped, signals):
    other = write_model(tmp_path / "other.onnx", np.random.default_rng(5).normal(size=(40, 3)), LABELS)
    with pytest.raises(RuntimeError, match="clip 0"):
        merge.check_merged(shipped, other, SETTINGS, signals)


def test_a_file_too_large_for_git_is_refused(tmp_path, shipped, signals):
    large = tmp_path / "large.onnx"
    large.write_bytes(bytes(merge.BYTES + 1))
    with pytest.raises(UserError, match="expected at most 2,000,000; lower model.units"):
        merge.check_merged(large, network(shipped), SETTINGS, signals)


def test_the_same_parts_give_the_same_bytes(shipped):
    joined = [merge.merge(SETTINGS, onnx.load(network(shipped)), {"corpus": "a"}) for _ in range(2)]
    assert joined[0].SerializeToString() == joined[1].SerializeToString()


def test_it_says_what_it_is(shipped):
    metadata = Predictor(shipped).metadata
    assert metadata["labels"] == LABELS
    assert metadata["sample_rate"] == 16000
    assert metadata["features"] == vars(SETTINGS)
    assert metadata["scores"] == {"uar": 0.5}
    assert "librosa" in metadata["versions"]


def written(scores: dict) -> str:
    report = {"clips": {"used": 2799, "expected": 2800}, "speakers": ["OAF", "YAF"]}
    checks = {"clips": 280, "mfcc": 6.1e-4, "probability": 7e-7}
    return model_card.format_card(description.load("tess"), report, "words", scores, 16000, checks)


def test_the_card_has_the_numbers():
    text = written({"words": SCORES, "speaker-1": SCORES | {"uar": 0.68}})
    assert "2,799 of 2,800 clips, 2 speakers (OAF, YAF)" in text
    assert (
        "| **words** | words that were not heard in training, by voices that were | 1,234 | 0.900 (0.850 to 0.950)"
        in text
    )
    assert "| fear | 0.07 | 0.07 |" in text
    assert "- `speaker-1`: UAR 0.68, where guessing gives 0.33; recall under one half: fear 0.07." in text
    assert "CC BY-NC-ND 4.0" in text
    assert "at most 1e-3 in an MFCC" in text


def test_the_card_does_not_make_up_what_was_not_measured():
    assert "This was not measured: no fold holds a speaker out." in written({"words": SCORES})


@pytest.mark.skipif(not MODEL.is_file(), reason="models/ser.onnx has not been made")
def test_the_committed_model_is_small_and_described():
    metadata = Predictor().metadata
    scores = json.loads(Path("metrics", metadata["corpus"], metadata["fold"], "metrics.json").read_text())
    assert MODEL.stat().st_size < merge.BYTES
    assert metadata["scores"] == scores
    assert (
        f"{scores['uar']:.3f} ({scores['uar_low']:.3f} to {scores['uar_high']:.3f})"
        in Path("MODEL_CARD.md").read_text()
    )


def tess(folder: Path) -> list[Path]:
    """The clips in SER_TESS, which is a folder or a zip archive."""
    source = Path(os.environ["SER_TESS"])
    if source.is_file():
        with zipfile.ZipFile(source) as archive:
            archive.extractall(folder)
        source = folder
    return sorted({path.name: path for path in source.rglob("*.wav")}.values())


@pytest.mark.skipif("SER_TESS" not in os.environ, reason="SER_TESS names no folder or zip archive of TESS")
@pytest.mark.skipif(not MODEL.is_file(), reason="models/ser.onnx has not been made")
def test_every_clip_of_tess_has_librosas_features_and_label(tmp_path):
    settings = FeatureSettings(**Predictor().metadata["features"])
    whole = onnx.shape_inference.infer_shapes(onnx.load(MODEL))
    inner = onnx.utils.Extractor(whole).extract_model(["features", "lengths"], ["log_probabilities"])
    onnx.helper.set_model_props(inner, {"labels": json.dumps(Predictor().labels)})
    onnx.save(inner, tmp_path / "network.onnx")
    clips = ((path.name, loading.load(path, settings.sample_rate)) for path in tess(tmp_path))
    assert merge.check_merged(MODEL, tmp_path / "network.onnx", settings, clips)["clips"] > 2700
