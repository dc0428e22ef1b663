"""The wheel and the requirements files, each alone in a new environment; the wheel also without the repository."""

import json
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
import soundfile
from support.programs import app_server, new_environment

from speech_emotion import __version__
from speech_emotion.inference.predictor import MODEL

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
def clip(tmp_path, spoken) -> Path:
    soundfile.write(tmp_path / "clip.wav", spoken(0, 16000), 16000)
    return tmp_path / "clip.wav"


def run(*command: object, folder: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)


def check_live_speech_and_page(command: list, clip: Path) -> None:
    ran = run(*command, "live", "--file", clip, "--fast")
    assert ran.returncode == 0, ran.stderr
    with app_server(MODEL, command) as address:
        assert b"<html" in urllib.request.urlopen(address).read()


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


def test_the_command_and_the_library_classify_a_clip(programs, clip):
    content = json.loads(run(programs / "speech-emotion", clip, "--json", folder=clip.parent).stdout)
    assert len(content["probabilities"]) == 7
    predict = f"print(Predictor().predict(*soundfile.read({str(clip)!r})).emotion)"
    code = f"import soundfile; from speech_emotion import Predictor; {predict}"
    ran = run(programs / "python", "-c", code, folder=clip.parent)
    assert ran.stdout.strip() == max(content["probabilities"], key=content["probabilities"].get)


@pytest.mark.parametrize("command", ["live", "app", "audit"])
def test_a_command_without_its_extra_prints_one_line(programs, command):
    ran = run(programs / "speech-emotion", command, "--help")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert f"pip install 'speech-emotion-recognition[{command}]'" in ran.stderr


def test_each_command_runs_with_its_extra(wheel, tmp_path, clip):
    command = [new_environment(tmp_path / "all", f"{wheel}[live,app,audit]") / "speech-emotion"]
    check_live_speech_and_page(command, clip)
    (tmp_path / "split.csv").write_text("path,partition\n1.wav,train\n2.wav,test\n")
    assert "test 1 clips" in run(*command, "audit", tmp_path / "split.csv").stdout


@pytest.mark.parametrize("name", ["predict", "app"])
def test_the_pinned_requirements_are_enough(tmp_path, clip, name):
    programs = new_environment(tmp_path / name, "-r", f"requirements-{name}.txt")
    command = [programs / "python", "-m", "speech_emotion"]
    assert str(clip) in run(*command, clip, "--csv").stdout
    if name == "app":
        check_live_speech_and_page(command, clip)


def test_opensmile_computes_its_functionals(tmp_path, clip):
    programs = new_environment(tmp_path / "opensmile", "-r", "requirements-opensmile.txt")
    code = f"from speech_emotion.audio.functionals import extract; print(extract({str(clip)!r}).shape)"
    assert run(programs / "python", "-c", code).stdout.strip() == "(1, 88)"


def test_without_opensmile_the_error_says_how_to_get_it():
    code = "from speech_emotion.audio import functionals; functionals.check_installed()"
    ran = run(sys.executable, "-c", code)
    assert "openSMILE is missing; pip install -r requirements-opensmile.txt" in ran.stderr
