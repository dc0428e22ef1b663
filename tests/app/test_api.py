import numpy as np
import pytest

from speech_emotion.app import api
from speech_emotion.inference.predictor import Predictor


def test_model_info_has_colors_and_scores(model):
    info = api.model_info(Predictor(model))
    assert info["colors"] == {"anger": "#882255", "fear": "#AA4499", "sadness": "#332288"}
    assert [item["uar"] for item in info["strangers"]] == [0.75, 0.72, 0.4]
    assert info["recall"] == pytest.approx({"anger": 0.4 / 3, "fear": 1, "sadness": 1})
    assert (info["corpora"][0]["name"], info["threshold"]) == ("TESS", 0.55)


def test_model_info_without_scores(shipped):
    info = api.model_info(Predictor(shipped))
    assert (info["strangers"], info["recall"]) == ([], {})


@pytest.mark.parametrize("samples", [1, 599, 600, 5000])
def test_waveform_covers_every_sample(samples):
    signal = np.random.default_rng(0).uniform(-1, 1, samples).astype(np.float32)
    columns = np.array(api.waveform(signal))
    assert len(columns) == min(samples, api.WAVEFORM_COLUMNS)
    assert columns.min() == pytest.approx(signal.min(), abs=1e-4)
    assert columns.max() == pytest.approx(signal.max(), abs=1e-4)
