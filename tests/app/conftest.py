import json

import numpy as np
import onnx
import pytest
import soundfile
from support.browser import open_browser
from support.programs import app_server

RATE = 16000
SCORES = {
    "uar": 0.75,
    "emotions": 3,
    "unsure": 0.4,
    "right": 0.7,
    "recall": {"anger": 0.2, "fear": 1.0, "sadness": 1.0},
}
OTHER_SCORES = {"uar": 0.72, "emotions": 2, "unsure": 0.3, "right": 0.8, "recall": {"anger": 0.1, "fear": 1.0}}
METADATA = {
    "corpora": [{"name": "TESS", "license": "CC BY-NC-ND 4.0", "citation": "Pichora-Fuller & Dupuis (2020)."}],
    "strangers": [
        SCORES | {"test": "new speakers", "corpus": "TESS"},
        OTHER_SCORES | {"test": "new speakers", "corpus": "EMO-DB"},
        OTHER_SCORES | {"test": "new corpora", "corpus": "SAVEE", "uar": 0.4},
    ],
    "threshold": 0.55,
}


@pytest.fixture(scope="session")
def model(tmp_path_factory, shipped):
    network = onnx.load(shipped)
    metadata = {item.key: item.value for item in network.metadata_props}
    metadata |= {key: json.dumps(value) for key, value in METADATA.items()}
    onnx.helper.set_model_props(network, metadata)
    path = tmp_path_factory.mktemp("model") / "ser.onnx"
    onnx.save(network, path)
    return path


@pytest.fixture(scope="session")
def clips(tmp_path_factory, spoken):
    """A folder with a sentence in several formats, four sentences in long.wav, and files that are refused."""
    folder = tmp_path_factory.mktemp("clips")
    for suffix in ("wav", "flac", "ogg", "mp3", "aiff"):
        soundfile.write(folder / f"clip.{suffix}", spoken(0, 44100), 44100)
    soundfile.write(folder / "long.wav", np.concatenate([spoken(number, RATE) for number in range(4)]), RATE)
    soundfile.write(folder / "silence.wav", np.full(RATE, 1e-4), RATE)
    soundfile.write(folder / "short.wav", np.full(100, 0.5), RATE)
    soundfile.write(folder / "hours.flac", np.tile([0.1, -0.1], 601 * 4000), 8000)
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.wav").write_bytes(b"not audio " * 200)
    return folder


@pytest.fixture(scope="session")
def address(model):
    with app_server(model) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory, spoken):
    """Chromium, whose microphone plays a sentence over and over."""
    folder = tmp_path_factory.mktemp("browser")
    soundfile.write(folder / "speech.wav", np.concatenate([spoken(0, 44100), np.zeros(22050)]), 44100)
    with open_browser(folder / "profile", folder / "speech.wav") as browser:
        yield browser
