import numpy as np
import pytest

from speech_emotion.app import api
from speech_emotion.inference.predictor import Predictor


def test_model_info_has_colors_and_scores(model):
    info = api.model_info(Predictor(model))
    assert info["colors"] == {"anger": "#882255", "fear": "#AA4499", "sadness": "#332288"}
    assert (info["new_words_uar"], info["held_out_uar"]) == (1.0, [0.72, 0.75])
    assert info["held_out_recall"] == pytest.approx({"anger": 0.15, "fear": 1, "sadness": 1})


def test_model_info_without_scores(shipped):
    info = api.model_info(Predictor(shipped))
    assert (info["held_out_uar"], info["held_out_recall"]) == ([], {})


@pytest.mark.parametrize("samples", [1, 599, 600, 5000])
def test_waveform_covers_every_sample(samples):
    signal = np.random.default_rng(0).uniform(-1, 1, samples).astype(np.float32)
    columns = np.array(api.waveform(signal))
    assert len(columns) == min(samples, api.WAVEFORM_COLUMNS)
    assert columns.min() == pytest.approx(signal.min(), abs=1e-4)
    assert columns.max() == pytest.approx(signal.max(), abs=1e-4)
