"""Each requirements file alone is enough for what it promises."""

import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import soundfile

pytestmark = pytest.mark.slow
COMMAND = "speech_emotion speech_emotion.inference.predictor speech_emotion.inference.timeline"
LIVE = "app.live app.web speech_emotion.inference.streaming"


@pytest.fixture(scope="module", params=["predict", "app"])
def environment(request, tmp_path_factory) -> tuple[str, Path]:
    """The name of a requirements file, and the Python of a new virtual environment with nothing else in it."""
    folder = tmp_path_factory.mktemp(request.param)
    requirements = f"requirements-{request.param}.txt"
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    if uv := shutil.which("uv"):
        install = [uv, "pip", "sync", "-q", "--python", python, requirements]
    else:
        install = [python, "-m", "pip", "install", "-q", "-r", requirements]
    subprocess.run(install, check=True)
    return request.param, python


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
    modules = COMMAND if name == "predict" else f"{COMMAND} {LIVE}"
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
    assert run(python, "-m", "app.live", "--file", clip, "--fast")
    server = subprocess.Popen([python, "-m", "app.web", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[0]
        assert b"<html" in urllib.request.urlopen(address).read()
    finally:
        server.kill()
        server.communicate()
