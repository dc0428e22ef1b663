import json
import sys

import pytest
import soundfile

from speech_emotion import __main__, __version__
from speech_emotion.core.errors import UserError


@pytest.mark.parametrize("arguments", ["clip.wav --json", "--json clip.wav", "predict clip.wav --json"])
@pytest.mark.parametrize("name", ["clip.wav", "live"])
def test_predict_is_the_default(tmp_path, monkeypatch, speech_like, capsys, arguments, name):
    soundfile.write(tmp_path / name, speech_like(1.0), 16000, format="WAV")
    monkeypatch.chdir(tmp_path)
    assert __main__.run(arguments.replace("clip.wav", f"./{name}").split()) == 0
    assert json.loads(capsys.readouterr().out)["file"] == name


@pytest.mark.parametrize("arguments", ["--help", "predict --help", "live --help", "app --help", "audit --help"])
def test_the_help_fits_in_80_columns(monkeypatch, capsys, arguments):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit, match="0"):
        sys.exit(__main__.run(arguments.split()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("usage: ")
    assert max(map(len, lines)) <= 80


def test_the_help_lists_every_command(capsys):
    __main__.run(["-h"])
    commands = capsys.readouterr().out.partition("commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in commands.splitlines()] == list(__main__.MODULES)


def test_the_version(capsys):
    __main__.run(["--version"])
    assert capsys.readouterr().out == f"speech-emotion {__version__}\n"


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiohttp", None)  # as if it were not installed
    monkeypatch.delitem(sys.modules, "speech_emotion.app.web", raising=False)
    with pytest.raises(UserError, match=r"app needs aiohttp.*pip install 'speech-emotion-recognition\[app\]'"):
        __main__.run(["app"])
