"""The command line, as it is typed."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_emotion.core import formatting
from speech_emotion.__main__ import main

REPOSITORY = Path(__file__).resolve().parents[1]
HEAVY = {"tensorflow", "keras", "librosa", "sklearn", "pandas", "scipy", "onnx", "matplotlib"}


@pytest.fixture
def run(shipped, capsys):
    """A function that runs the command with the small model and returns (status, output, errors)."""

    def run_main(*arguments) -> tuple[int, str, str]:
        status = main([*map(str, arguments), "--model", str(shipped)])
        return status, *capsys.readouterr()

    return run_main


@pytest.fixture
def recording(tmp_path, speech_like):
    """A function that writes so many seconds of speech-like sound and returns the path."""

    def write(name: str = "clip.wav", seconds: float = 1.0, seed: int = 0) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, speech_like(seconds, seed=seed), 16000)
        return path

    return write


def python(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *map(str, arguments)], cwd=REPOSITORY, capture_output=True, **options)


def test_a_clip_is_a_line_of_a_table(run, recording):
    status, output, errors = run(recording())
    header, line = output.splitlines()
    assert (status, errors) == (0, "")
    assert header.split() == ["time", "label", "anger", "fear", "sadness"]
    assert "clip.wav" in line
    assert "1.0 s" in line
    assert line.count("%") == 3


def test_json_has_the_numbers(run, recording):
    _, output, _ = run(recording(), "--json", "--threshold", 0)
    content = json.loads(output)
    assert content["file"].endswith("clip.wav")
    assert content["duration"] == 1.0
    assert content["label"] == max(content["probabilities"], key=content["probabilities"].get)
    assert sum(content["probabilities"].values()) == pytest.approx(1, abs=1e-3)


def test_csv_has_a_row_a_window(run, recording):
    _, output, _ = run(recording(seconds=8), recording("b,c.wav"), "--csv")
    rows = list(csv.DictReader(io.StringIO(output)))
    times = [(float(row["start"]), float(row["end"])) for row in rows]
    assert times == [(0, 3), (1.5, 4.5), (3, 6), (4.5, 7.5), (5, 8), (0, 1)]
    assert rows[-1]["file"].endswith("b,c.wav")
    assert list(rows[0])[3:] == ["label", "anger", "fear", "sadness"]


def test_window_and_hop(run, recording):
    _, output, _ = run(recording(seconds=5), "--json", "--window", 2, "--hop", 1)
    assert [item["start"] for item in json.loads(output)["timeline"]] == [0, 1, 2, 3]


def test_unsure_and_no_speech(run, recording, tmp_path):
    soundfile.write(tmp_path / "still.wav", np.full(16000, 1e-4), 16000)
    _, output, _ = run(recording(), tmp_path / "still.wav", "--threshold", 1)
    assert ["unsure" in output, "no speech" in output] == [True, True]


def test_folders_are_searched_in_order_and_deeply(run, recording, tmp_path):
    for number, name in enumerate(["b/2.wav", "a/c/1.flac", "a/0.WAV", "a/c/._1.wav"]):
        recording(f"all/{name}", seed=number)
    (tmp_path / "all/a/readme.txt").write_text("no audio")
    status, output, _ = run(tmp_path / "all", "--json")
    names = [Path(json.loads(line)["file"]).relative_to(tmp_path / "all").as_posix() for line in output.splitlines()]
    assert status == 0
    assert names == ["a/0.WAV", "a/c/1.flac", "b/2.wav"]


def test_it_goes_on_after_a_refused_file(run, recording, tmp_path):
    (tmp_path / "text.wav").write_text("Dear diary")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "void").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "vanished.wav").symlink_to(tmp_path / "elsewhere")
    soundfile.write(tmp_path / "short.wav", np.ones(100), 16000)
    names = ["text.wav", "absent.wav", "empty.wav", "void", "vanished.wav", "short.wav", "pipe.wav", "x" * 5000]
    status, output, errors = run(*(tmp_path / name for name in names), recording())
    assert status == 2
    assert "clip.wav" in output
    lines = errors.splitlines()
    assert len(lines) == len(names)
    for name, line in zip(names, lines, strict=True):
        assert line.startswith(f"error: {tmp_path / name}: ")
    assert "a folder without audio" in lines[3]
    assert "shorter than a frame" in lines[5]


def test_a_missing_model_is_one_line(recording):
    made = python("-m", "ser", recording(), "--model", "absent.onnx", text=True)
    assert made.returncode == 2
    assert made.stderr.startswith("error: absent.onnx: no such model")
    assert made.stderr.count("\n") == 1


def test_standard_input(recording, shipped):
    made = python("-m", "ser", "-", "--json", "--model", shipped, input=recording("clip.flac").read_bytes())
    assert json.loads(made.stdout)["duration"] == 1.0


def test_an_error_on_standard_input_is_named(shipped):
    made = python("-m", "ser", "-", "--model", shipped, input=b"")
    assert made.returncode == 2
    assert made.stderr.startswith(b"error: standard input: is empty")


@pytest.mark.parametrize("reader", ["head -n 1", "sh -c 'exec 0<&-; sleep 2'"])
@pytest.mark.parametrize("seconds", [1, 20])
def test_a_reader_that_stops_is_no_error(recording, shipped, reader, seconds):
    command = f"{sys.executable} -m ser {recording(seconds=seconds)} --model {shipped} --hop 0.05 | {reader}"
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}  # so that something is left for the flush at exit
    made = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, text=True, env=buffered)
    assert made.stderr == ""


def test_the_timeline_is_drawn(run, recording, tmp_path):
    status, _, _ = run(recording(seconds=8), "--plot", tmp_path / "out.png")
    assert status == 0
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_an_output_without_letters_for_a_name_is_no_error(recording, shipped):
    path = recording("a very long name of a clip, so that it is cut, Ärger 怒り 😠.wav")
    ascii_only = os.environ | {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii"}
    for options in ([], ["--csv"], ["--json"]):
        made = python("-m", "ser", path, *options, "--model", shipped, env=ascii_only)
        assert (made.returncode, made.stderr) == (0, b"")
    assert Path(json.loads(made.stdout)["file"]).name == path.name


@pytest.mark.parametrize("option", ["--model", "--plot"])
def test_a_name_that_is_too_long_is_one_line(recording, shipped, option):
    made = python("-m", "ser", recording(), "--model", shipped, option, "x" * 5000 + ".png", text=True)
    assert (made.returncode, made.stderr[:7], made.stderr.count("\n")) == (2, "error: ", 1)


def test_a_plot_is_of_one_recording(recording, shipped):
    made = python("-m", "ser", recording(), recording("b.wav"), "--plot", "x.png", "--model", shipped, text=True)
    assert (made.returncode, made.stderr) == (2, "error: --plot draws one recording; 2 were named\n")


@pytest.mark.parametrize("name", ["picture", "picture.xyz", "absent/picture.png", "."])
def test_a_plot_that_cannot_be_written_is_refused_first(recording, shipped, name):
    made = python("-m", "ser", recording(), "--plot", name, "--model", shipped, text=True)
    expected = f"error: --plot {name}: expected the name of a .png file in a folder that is there\n"
    assert (made.returncode, made.stderr, made.stdout) == (2, expected, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required"),
        (["clip.wav", "--bogus"], "unrecognized arguments: --bogus"),
        (["clip.wav", "--threshold", "high"], "argument --threshold: invalid float value: 'high'"),
        ([""], "an empty name; expected a file, a folder or -"),
        (["-", "-"], "- was named twice; standard input can be read once"),
        (["clip.wav", "--plot", ""], r"--plot \.: expected the name of a .png file"),
        (["clip.wav", "--plot", "x" * 300 + "/y.png"], "--plot xx.*: expected the name of a .png file"),
        (["clip.wav", "--plot", "x" * 300 + ".png"], "--plot xx.*: cannot be written"),
    ],
)
def test_a_command_that_makes_no_sense_is_one_line(shipped, arguments, message):
    made = python("-m", "ser", *arguments, "--model", shipped, text=True)
    assert (made.returncode, made.stdout, made.stderr.count("\n")) == (2, "", 1)
    assert re.match(f"error: {message}", made.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("command", ["ser CLIP --model MODEL", "ser.audit SPLIT", "app.web --port 0 --model MODEL"])
def test_an_output_that_cannot_be_written_is_one_line(tmp_path, recording, shipped, command):
    (tmp_path / "split.csv").write_text("path,part\na.wav,train\nb.wav,test\n")
    for name, path in (("CLIP", recording()), ("MODEL", shipped), ("SPLIT", tmp_path / "split.csv")):
        command = command.replace(name, str(path))
    command = f"{sys.executable} -m {command} > /dev/full"
    made = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, text=True)
    expected = "error: standard output: cannot be read or written (No space left on device)\n"
    assert (made.returncode, made.stderr) == (2, expected)


def test_where_errors_cannot_be_told_the_status_still_says_it(recording, shipped):
    command = f"{sys.executable} -m ser {recording()} missing.wav --json --model {shipped} 2>&-"
    made = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, text=True)
    assert (made.returncode, made.stdout.count("\n")) == (2, 1)


def test_a_standard_input_that_cannot_be_read_is_one_line(shipped):
    command = f"{sys.executable} -m ser - --model {shipped} 0> /dev/null"
    made = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (
        2,
        "error: standard input: cannot be copied to a temporary file (Bad file descriptor)\n",
    )


def test_a_closed_standard_input_is_one_line(shipped):
    command = f"{sys.executable} -m ser - --model {shipped} <&-"
    made = subprocess.run(command, shell=True, cwd=REPOSITORY, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (2, "error: standard input: is closed; expected audio\n")


def test_nothing_heavy_is_imported(recording, shipped):
    code = f"""
import sys
from ser.__main__ import main
main([{str(recording())!r}, "--model", {str(shipped)!r}])
sys.exit(", ".join({HEAVY!r} & set(sys.modules)))
"""
    assert python("-c", code, text=True).stderr == "\n"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's peak memory so")
def test_memory_does_not_grow_with_the_recording(tmp_path, speech_like, shipped):
    peaks = []
    for name, seconds in (("short.flac", 20), ("long.flac", 1200)):
        soundfile.write(tmp_path / name, np.resize(speech_like(5.0), seconds * 16000), 16000)
        code = f"""
from ser.__main__ import main
main([{str(tmp_path / name)!r}, "--model", {str(shipped)!r}])
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""
        peaks.append(int(python("-c", code, text=True).stdout.split()[-1]) / 1024)
    assert peaks[1] < 250  # MB
    assert peaks[1] - peaks[0] < 20


def test_the_small_set_of_packages_is_part_of_the_large_one():
    def pins(name: str) -> set[str]:
        return {line.split()[0] for line in (REPOSITORY / name).read_text().splitlines() if "==" in line}

    assert pins("requirements-predict.txt") < pins("requirements.txt")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0.0 s"), (4.25, "4.2 s"), (59.99, "59.9 s"), (60, "1:00.0"), (84.29, "1:24.2"), (7384.25, "2:03:04.2")],
)
def test_clock(seconds, written):
    assert formatting.clock(seconds) == written


def test_names_that_would_break_a_line_are_escaped(run, recording):
    _, output, _ = run(recording("a\nb\x1b[2J.wav"))
    assert "a\\nb\\x1b[2J.wav" in output
    assert len(output.splitlines()) == 2
