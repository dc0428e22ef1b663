import json
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest

from speech_emotion.audio import loading, mfcc
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.packaging import merged_model


@pytest.fixture
def signals(speech_like):
    return [(f"clip {seed}", speech_like(0.4 + seed / 5, seed=seed)) for seed in range(5)]


@pytest.fixture
def network(shipped):
    return shipped.with_name("network.onnx")


def test_it_predicts_what_librosa_and_the_network_do(shipped, network, features_params, signals):
    checks = merged_model.check(shipped, network, features_params, signals)
    assert checks["clips"] == 5
    assert checks["mfcc"] < 1e-2
    assert checks["probability"] < 1e-4


def test_a_network_for_speakers_gets_the_statistics_of_a_single_clip(shipped_for_speakers, features_params, signals):
    network = shipped_for_speakers.with_name("network.onnx")
    checks = merged_model.check(shipped_for_speakers, network, features_params, signals)
    assert checks["probability"] < 1e-4


@pytest.mark.parametrize("change", [{"frames_per_step": 2}, {"n_mels": 50}])
def test_a_file_with_other_features_is_refused(shipped, network, features_params, signals, change):
    settings = features_params.model_copy(update=change)
    with pytest.raises(RuntimeError, match="clip 0"):
        merged_model.check(shipped, network, settings, signals)


def test_a_file_with_another_network_is_refused(tmp_path, write_network, shipped, features_params, signals):
    other = write_network(tmp_path / "other.onnx", np.random.default_rng(5).normal(size=(40, 3)))
    with pytest.raises(RuntimeError, match="clip 0"):
        merged_model.check(shipped, other, features_params, signals)


def test_a_file_too_large_for_git_is_one_line(tmp_path, network, features_params, signals):
    large = tmp_path / "large.onnx"
    large.write_bytes(bytes(merged_model.MAX_BYTES + 1))
    with pytest.raises(UserError, match=r"at most 4,000,000; lower the units"):
        merged_model.check(large, network, features_params, signals)


def test_equal_inputs_give_equal_bytes(network, features_params):
    first, second = (merged_model.merge(onnx.load(network), features_params, {"corpus": "a"}) for _ in range(2))
    assert first.SerializeToString() == second.SerializeToString()


def test_the_metadata_describe_the_model(shipped, features_params):
    metadata = Predictor(shipped).metadata
    assert metadata["labels"] == ["anger", "fear", "sadness"]
    assert metadata["sample_rate"] == 16000
    assert metadata["features"] == features_params.model_dump()
    assert metadata["scores"] == {"uar": 0.5}
    assert "librosa" in metadata["versions"]


def test_the_committed_model_is_the_network_that_was_measured():
    metadata = Predictor().metadata
    summary = pd.read_csv("metrics/voices/summary.csv")
    single = summary[summary["statistics"] == "single"]
    assert [item["uar"] for item in metadata["strangers"]] == pytest.approx(list(single["uar"]), abs=1e-4)
    chosen = json.loads(Path("metrics/voices/threshold.json").read_text())["threshold"]
    assert (metadata["protocol"], metadata["threshold"]) == ("all", chosen)
    assert MODEL.stat().st_size < merged_model.MAX_BYTES


@pytest.mark.slow
def test_every_clip_of_tess_has_librosas_features(tess):
    predictor = Predictor()
    settings = FeatureSettings(**predictor.metadata["features"])
    paths = sorted((tess / "data/tess/raw").iterdir())
    for path in paths:
        signal = loading.load(path, settings.sample_rate)
        expected = mfcc.extract(signal, settings)
        tolerance = merged_model.MFCC_TOLERANCE
        np.testing.assert_allclose(predictor.features(signal), expected, atol=tolerance, err_msg=path.name)
    assert len(paths) > 2700
