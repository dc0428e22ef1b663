"""The wheel, installed without the repository and used in another folder."""

import json
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
import soundfile
from support.app_server import app_server
from support.environment import new_environment

from speech_emotion import __version__

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], check=True)
    return folder / f"speech_emotion_recognition-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory) -> Path:
    """The folder of programs of a new virtual environment with the wheel."""
    return new_environment(tmp_path_factory.mktemp("predict"), wheel)


@pytest.fixture
def run(tmp_path, spoken):
    """A function that runs a command in a folder with clip.wav."""
    soundfile.write(tmp_path / "clip.wav", spoken(0, 16000), 16000)

    def run_command(*command: object):
        return subprocess.run(list(map(str, command)), cwd=tmp_path, capture_output=True, text=True)

    return run_command


def test_the_wheel_holds_the_library_with_the_model_and_the_page(wheel):
    files = set(zipfile.ZipFile(wheel).namelist())
    assert files > {f"speech_emotion/{name}" for name in ("models/ser.onnx", "app/page/index.html", "py.typed")}
    folders = {name.split("/")[0] for name in files}
    assert folders == {"speech_emotion", f"speech_emotion_recognition-{__version__}.dist-info"}
    assert wheel.stat().st_size < 3_000_000


def test_only_what_prediction_needs_is_installed(programs):
    (packages,) = programs.parent.glob("lib/python*/site-packages")
    installed = {path.name for path in packages.iterdir()}
    assert installed >= {"speech_emotion", "onnxruntime", "soundfile.py"}
    assert not installed & {"tensorflow", "keras", "librosa", "pandas", "sklearn", "matplotlib", "aiohttp", "tests"}


def test_the_command_classifies_a_clip(programs, run):
    content = json.loads(run(programs / "speech-emotion", "clip.wav", "--json").stdout)
    assert content["file"] == "clip.wav"
    assert len(content["probabilities"]) == 7


def test_the_library_classifies_a_signal(programs, run):
    predict = "print(Predictor().predict(*soundfile.read('clip.wav')).emotion)"
    ran = run(programs / "python", "-c", f"import soundfile; from speech_emotion import Predictor; {predict}")
    content = json.loads(run(programs / "speech-emotion", "clip.wav", "--json").stdout)
    assert ran.stdout.strip() == max(content["probabilities"], key=content["probabilities"].get)


@pytest.mark.parametrize("command", ["live", "app", "audit"])
def test_a_command_without_its_extra_prints_one_line(programs, run, command):
    ran = run(programs / "speech-emotion", command, "--help")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert f"pip install 'speech-emotion-recognition[{command}]'" in ran.stderr


def test_each_command_runs_with_its_extra(wheel, tmp_path, run):
    programs = new_environment(tmp_path / "all", f"{wheel}[live,app,audit]")
    (tmp_path / "split.csv").write_text("path,partition\n1.wav,train\n2.wav,test\n")
    assert run(programs / "speech-emotion", "live", "--file", "clip.wav", "--fast").returncode == 0
    assert "test 1 clips" in run(programs / "speech-emotion", "audit", "split.csv").stdout
    with app_server(Path("models/ser.onnx"), [programs / "speech-emotion"]) as address:
        assert b"<html" in urllib.request.urlopen(address).read()
