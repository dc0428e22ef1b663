import json

import numpy as np
import pandas as pd
import pytest

from speech_emotion.core import files, tables
from speech_emotion.core.errors import UserError


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), files.atomic_write(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_a_finished_write_replaces_the_old_file(tmp_path):
    path = tmp_path / "new folder" / "out.txt"
    with files.atomic_write(path) as temporary:
        temporary.write_text("new")
    assert [file.read_text() for file in path.parent.iterdir()] == ["new"]


def test_json_is_sorted_and_rounded_and_ends_in_a_line_break(tmp_path):
    files.write_json(tmp_path / "a.json", {"b": 1 / 3, "a": [np.float64(2 / 3), "é"]})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": [0.666667, "é"], "b": 0.333333}
    assert text.index('"a"') < text.index('"b"')
    assert text.endswith("}\n")


def test_json_has_no_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        files.write_json(tmp_path / "a.json", {"a": float("nan")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("text", "message"), [(None, "no such file"), ("{", "cannot be read as JSON")])
def test_a_missing_or_damaged_report_is_one_line(tmp_path, text, message):
    if text:
        (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=rf"a\.json: {message}.*run `dvc repro`"):
        files.read_json(tmp_path / "a.json")


def test_csv_has_unix_line_ends_and_rounded_floats(tmp_path):
    tables.write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [1 / 3], "n": [1]}))
    assert (tmp_path / "a.csv").read_bytes() == b"x,n\n0.333333,1\n"
