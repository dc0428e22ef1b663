import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.programs import run_python

from speech_emotion.core import command_line, environment
from speech_emotion.core.errors import UserError

only_linux = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
START = "from speech_emotion.core.command_line import exit_on_user_error\nwith exit_on_user_error():\n    "


def main(corpus: str, protocol: str, seed: str = "") -> None:
    if corpus == "bad":
        raise UserError("the corpus\nis bad")
    print(corpus, protocol, seed)


@pytest.mark.parametrize("arguments", [[], ["a"], ["a", "b", "c", "d"]])
def test_a_wrong_number_of_arguments_is_one_line(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["program", *arguments])
    with pytest.raises(SystemExit, match="2"):
        command_line.run_stage(main)
    usage = f"usage: python -m {__name__} CORPUS PROTOCOL [SEED]"
    assert capsys.readouterr() == ("", f"error: {len(arguments)} argument(s) given; {usage}\n")


def test_arguments_reach_the_stage(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["program", "tess", "words"])
    command_line.run_stage(main)
    assert capsys.readouterr().out == "tess words \n"


@pytest.mark.parametrize("arguments", ["--cluster tcp://a:1 tess words", "tess words --cluster=tcp://a:1"])
def test_a_cluster_is_named_for_the_stage_and_its_children(monkeypatch, capsys, arguments):
    monkeypatch.setenv(environment.CLUSTER, "tcp://other:1")
    monkeypatch.setattr(sys, "argv", ["program", *arguments.split()])
    command_line.run_stage(main)
    assert capsys.readouterr().out == "tess words \n"
    assert os.environ[environment.CLUSTER] == "tcp://a:1"


def test_a_cluster_without_an_address_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["program", "tess", "words", "--cluster"])
    with pytest.raises(SystemExit, match="2"):
        command_line.run_stage(main)
    assert capsys.readouterr().err.startswith("error: argument --cluster: expected one argument")


def test_a_user_error_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["program", "bad", "words"])
    with pytest.raises(SystemExit, match="2"):
        command_line.run_stage(main)
    assert capsys.readouterr().err == "error: the corpus is bad\n"


def test_every_stage_starts_this_way():
    for stage in Path("stages").glob("[!_]*.py"):
        assert stage.read_text().endswith('if __name__ == "__main__":\n    run_stage(main)\n'), stage


@pytest.mark.parametrize(
    ("code", "status", "line"),
    [
        ("open('absent')", 2, "error: absent: cannot be read or written (No such file or directory)\n"),
        ("raise KeyboardInterrupt", 130, ""),
        ("1 / 0", 1, "Traceback"),
    ],
)
def test_how_a_program_ends(code, status, line):
    ran = run_python("-c", START + code)
    assert ran.returncode == status
    assert ran.stderr.startswith(line)


@pytest.mark.parametrize(
    ("reader", "status", "errors"),
    [
        ("| head -c 1", 141, ""),
        pytest.param("> /dev/full", 2, "error: output: cannot be .*No space left on device.*\n", marks=only_linux),
    ],
)
def test_a_reader_that_is_gone_is_no_error_but_a_full_disk_is(reader, status, errors):
    shell = f'set -o pipefail; "$0" -c "$1" {reader}'
    code = START + "try: print('x' * 10**6)\n    except OSError: print('left to flush at exit')"
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}
    ran = subprocess.run(["bash", "-c", shell, sys.executable, code], env=buffered, capture_output=True, text=True)
    assert ran.returncode == status
    assert re.fullmatch(errors, ran.stderr)


def test_characters_that_the_output_cannot_encode_are_escaped():
    ran = run_python("-c", START + "print('“back”')", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (ran.stdout, ran.stderr) == ("\\u201cback\\u201d\n", "")
