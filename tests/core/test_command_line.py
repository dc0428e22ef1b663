"""How a program ends on what its user can mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speech_emotion.core import command_line, errors


def main(corpus: str, fold: str, note: str = "") -> None:
    errors.require(corpus != "bad", "the corpus\nis bad")
    sys.stdout.write(f"{corpus} {fold} {note}")


@pytest.mark.parametrize("arguments", [[], ["a"], ["a", "b", "c", "d"]])
def test_too_few_or_many_arguments_are_one_line(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["program", *arguments])
    with pytest.raises(SystemExit, match="2"):
        command_line.run_stage(main)
    line = f"error: {len(arguments)} argument(s) given; usage: python -m {__name__} CORPUS FOLD [NOTE]\n"
    assert capsys.readouterr() == ("", line)


def test_arguments_that_fit_are_passed_on(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["program", "tess", "words"])
    command_line.run_stage(main)
    assert capsys.readouterr().out == "tess words "


def test_what_main_refuses_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["program", "bad", "words"])
    with pytest.raises(SystemExit, match="2"):
        command_line.run_stage(main)
    assert capsys.readouterr().err == "error: the corpus is bad\n"


def test_every_stage_is_run_so():
    for stage in Path("stages").glob("[!_]*.py"):
        assert stage.read_text().endswith('if __name__ == "__main__":\n    run(main)\n'), stage


def test_a_stage_says_how_it_is_called():
    ran = subprocess.run([sys.executable, "-m", "stages.split"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        2,
        "error: 0 argument(s) given; usage: python -m stages.split CORPUS FOLD\n",
    )


def test_a_closed_output_is_one_line():
    code = "from ser import errors\nwith errors.exit_on_user_error():\n    print('heard')"
    ran = subprocess.run(
        f'exec "{sys.executable}" -c "{code}" >&-', shell=True, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (
        2,
        "error: standard output is closed; expected a terminal, a file or a pipe\n",
    )


def test_letters_that_the_output_lacks_are_escaped():
    code = "from ser import errors\nwith errors.exit_on_user_error():\n    print('“back”')"
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=ascii_only)
    assert (ran.stdout, ran.stderr) == ("\\u201cback\\u201d\n", "")
