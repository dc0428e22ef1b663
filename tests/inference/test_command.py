import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.programs import run_python

from speech_emotion.core.errors import UserError
from speech_emotion.inference.command import main

HEAVY = {"tensorflow", "keras", "librosa", "sklearn", "pandas", "pydantic", "yaml", "scipy", "onnx", "joblib"}


@pytest.fixture
def run(shipped, capsys):
    """A function that runs the command with the small model and returns (status, output, errors)."""

    def run_main(*arguments):
        status = main([*map(str, arguments), "--model", str(shipped)])
        return status, *capsys.readouterr()

    return run_main


@pytest.fixture
def shell(shipped):
    """A function that runs a line of shell, in which COMMAND stands for the command with the small model."""

    def run_line(line):
        line = line.replace("COMMAND", f"{sys.executable} -m speech_emotion --model {shipped}")
        buffered = os.environ | {"PYTHONUNBUFFERED": ""}  # as in a terminal, where something is left to flush at exit
        return subprocess.run(line, shell=True, env=buffered, capture_output=True, text=True)

    return run_line


@pytest.mark.parametrize(
    ("options", "start"), [(["--json"], '{"file": "'), (["--csv"], "file,start,end,label,anger,"), ([], "     ")]
)
def test_the_output_is_json_csv_or_a_table(run, recording, options, start):
    status, output, errors = run(recording(), *options)
    assert (status, errors) == (0, "")
    assert output.startswith(start)
    assert "clip.wav" in output


def test_window_hop_and_threshold(run, recording):
    _, output, _ = run(recording(seconds=5), "--json", "--window", 2, "--hop", 1, "--threshold", 1)
    content = json.loads(output)
    assert [segment["start"] for segment in content["timeline"]] == [0, 1, 2, 3]
    assert content["label"] == "unsure"


def test_recordings_of_the_same_speaker_are_all_heard_first(shipped_for_speakers, speech_like, tmp_path, capsys):
    """The order of the recordings does not matter, and one that cannot be read does not disturb."""
    for seed in range(3):
        soundfile.write(tmp_path / f"{seed}.wav", speech_like(1.0, seed=seed), 16000)
    (tmp_path / "text.wav").write_text("not audio " * 200)
    options = ["--json", "--model", str(shipped_for_speakers)]

    def predictions(*names: str) -> dict:
        main([*options, *(str(tmp_path / name) for name in names)] if names else [*options, str(tmp_path)])
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        return {Path(line["file"]).name: line["probabilities"] for line in lines}

    alone = predictions("0.wav", "1.wav", "2.wav")
    options.append("--same-speaker")
    together = predictions()
    assert set(together) == set(alone)
    assert together != alone
    assert predictions("2.wav", "0.wav", "1.wav") == together
    assert predictions("1.wav")["1.wav"] == pytest.approx(alone["1.wav"], abs=1e-3)


def test_the_same_speaker_needs_a_model_for_it_and_files(shipped, shipped_for_speakers, recording):
    with pytest.raises(UserError, match="takes every recording on its own"):
        main(["--same-speaker", str(recording()), "--model", str(shipped)])
    with pytest.raises(UserError, match="standard input can be read only once; name a file"):
        main(["--same-speaker", "-", "--model", str(shipped_for_speakers)])


def test_an_error_in_one_recording_does_not_stop_the_others(run, recording, tmp_path):
    (tmp_path / "folder").mkdir()
    status, output, errors = run("absent.wav", tmp_path / "folder", recording())
    assert (status, errors.count("\n"), errors.count("error: ")) == (2, 2, 2)
    assert f"{tmp_path / 'folder'}: a folder without audio" in errors and "absent.wav: no such file" in errors
    assert "clip.wav" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "arguments are required"),
        (["a.wav", "--bogus"], "unrecognized arguments: --bogus"),
        (["a.wav", "--window", "0"], "window"),
        (["a.wav", ""], "empty name"),
        (["-", "a.wav", "-"], "named twice"),
        (["a.wav", "--model", "x" * 5000], "no such model"),
        (["a.wav", "b.wav", "--plot", "x.png"], "--plot draws one recording; 2"),
        (["a.wav", "--plot", "picture.xyz"], ".png file"),
        (["a.wav", "--plot", "absent/picture.png"], "folder that exists"),
        (["a.wav", "--plot", "x" * 300 + "/y.png"], "folder that exists"),
    ],
)
def test_a_wrong_command_raises_a_user_error(capsys, arguments, message):
    with pytest.raises(UserError, match=message):
        main(arguments)
    assert capsys.readouterr() == ("", "")


def test_standard_input(shell, recording):
    content = json.loads(shell(f"COMMAND - --json < {recording('clip.flac')}").stdout)
    assert (content["file"], content["duration"]) == ("-", 1.0)


@pytest.mark.parametrize(("redirection", "message"), [("<", "is empty"), ("0>", "cannot be copied")])
def test_an_error_in_standard_input_prints_one_line(shell, redirection, message):
    result = shell(f"COMMAND - --json {redirection} /dev/null")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(f"error: standard input: {message}")


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["head -n 1", "sh -c 'exec 0<&-; sleep 2'"])
@pytest.mark.parametrize("seconds", [1, 20])
def test_a_reader_that_stops_is_no_error(shell, recording, reader, seconds):
    assert shell(f"COMMAND {recording(seconds=seconds)} --hop 0.05 | {reader}").stderr == ""


def test_a_plot_is_drawn_whatever_the_name(run, recording, tmp_path):
    status, _, _ = run(recording("$^$.wav", seconds=8), "--plot", tmp_path / "out.png")
    assert status == 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_without_matplotlib_raises_a_user_error_at_once(run, recording, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it were not installed
    with pytest.raises(UserError, match="pip install matplotlib"):
        run(recording(), "--plot", tmp_path / "out.png")
    assert capsys.readouterr().out == ""


def test_prediction_imports_nothing_heavy_and_a_plot_only_matplotlib(recording, shipped, tmp_path):
    arguments = [str(recording()), "--model", str(shipped)]
    code = f"""
import importlib, pkgutil, sys
from pathlib import Path
import numpy as np
from speech_emotion import inference
for module in pkgutil.iter_modules(inference.__path__, "speech_emotion.inference."):
    importlib.import_module(module.name)
from speech_emotion.inference import command, predictor, streaming
command.main({arguments})
live = streaming.StreamingPredictor(predictor.Predictor(Path({str(shipped)!r})), 44100)
live.feed(np.ones(44100, np.float32))
print("heavy:", {HEAVY | {"matplotlib"}} & set(sys.modules))
command.main({arguments} + ["--plot", {str(tmp_path / "out.png")!r}])
print("heavy:", {HEAVY} & set(sys.modules))
"""
    heavy = [line for line in run_python("-c", code).stdout.splitlines() if line.startswith("heavy:")]
    assert heavy == ["heavy: set()", "heavy: set()"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux has the peak memory of a process there")
def test_memory_does_not_grow_with_the_recording(tmp_path, speech_like, shipped):
    def peak_megabytes(seconds):
        path = tmp_path / f"{seconds}.flac"
        soundfile.write(path, np.resize(speech_like(5.0), seconds * 16000), 16000)
        code = f"""
from speech_emotion.inference.command import main
main([{str(path)!r}, "--model", {str(shipped)!r}])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""
        return int(run_python("-c", code).stdout.split()[-1]) / 1024

    longest = peak_megabytes(1200)
    assert longest < 250
    assert longest - peak_megabytes(20) < 20


def test_the_small_set_of_packages_is_part_of_the_large_one():
    def pins(name):
        return {line.split()[0] for line in Path(name).read_text().splitlines() if "==" in line}

    assert pins("requirements-predict.txt") < pins("requirements.txt")
