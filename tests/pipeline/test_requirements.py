"""Each requirements file alone is enough for what it promises."""

import subprocess
import urllib.request
from pathlib import Path

import pytest
import soundfile
from support.app_server import app_server
from support.environment import new_environment

from speech_emotion.inference.predictor import MODEL

pytestmark = pytest.mark.slow
PREDICT = "speech_emotion speech_emotion.inference.predictor speech_emotion.inference.timeline"
LIVE = "speech_emotion.app.live speech_emotion.app.web speech_emotion.inference.streaming"


@pytest.fixture(scope="module", params=["predict", "app"])
def environment(request, tmp_path_factory) -> tuple[str, Path]:
    """The name of a requirements file, and the Python of a new virtual environment with nothing else in it."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, new_environment(folder, "-r", f"requirements-{request.param}.txt") / "python"


@pytest.fixture
def clip(tmp_path, spoken) -> Path:
    soundfile.write(tmp_path / "clip.wav", spoken(0, 16000), 16000)
    return tmp_path / "clip.wav"


def run(*command: object) -> str:
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_every_promised_module_can_be_imported(environment):
    name, python = environment
    modules = PREDICT if name == "predict" else f"{PREDICT} {LIVE}"
    for module in modules.split():
        run(python, "-c", f"import {module}")


def test_the_command_classifies_a_clip(environment, clip):
    _, python = environment
    assert "clip.wav" in run(python, "-m", "speech_emotion", clip, "--csv")


def test_a_plot_without_matplotlib_is_refused_before_any_work(environment, clip):
    _, python = environment
    command = [python, "-m", "speech_emotion", clip, "--plot", clip.with_suffix(".png")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "matplotlib" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_live_speech_and_the_page_run(environment, clip):
    name, python = environment
    if name == "predict":
        pytest.skip("requirements-predict.txt promises the command only")
    assert run(python, "-m", "speech_emotion", "live", "--file", clip, "--fast")
    with app_server(MODEL, [python, "-m", "speech_emotion"]) as address:
        assert b"<html" in urllib.request.urlopen(address).read()
