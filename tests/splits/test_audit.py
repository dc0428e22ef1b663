"""The numbers, the report and the command of the audit."""

import json
import subprocess
import sys
from itertools import combinations

import pytest

from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.core.errors import UserError
from speech_emotion.splits import audit
from speech_emotion.splits.leakage import SHARED_PROPERTIES

SPLIT = "path,part\nx/1_a.wav,train\nx/2_a.wav,test\n"


@pytest.mark.parametrize("property", SHARED_PROPERTIES)
@pytest.mark.parametrize(("earlier", "later"), list(combinations(PARTITIONS, 2)))
def test_a_planted_overlap_is_counted_for_its_pair_only(clean_split, property, earlier, later):
    columns = SHARED_PROPERTIES[property]
    first, second = (clean_split.index[clean_split["partition"] == name][0] for name in (earlier, later))
    clean_split.loc[second, columns] = clean_split.loc[first, columns]
    pairs = audit.compare_partitions(clean_split)["shared"][property]
    assert clean_split.loc[second, "clip"] in pairs[f"{later} in {earlier}"]["examples"]
    assert [pair for pair, overlap in pairs.items() if overlap["clips"]] == [f"{later} in {earlier}"]


def test_the_command_prints_text_or_json(tmp_path, capsys):
    (tmp_path / "split.csv").write_text(SPLIT)
    audit.main([str(tmp_path / "split.csv"), "--pattern", r"(?P<speaker>\d)_(?P<word>\w)\.wav"])
    report = capsys.readouterr().out
    for text in ("train 1, test 1 clips", "1 (100%)", "unknown", "Verdict: speaker-independent, word-dependent\n- "):
        assert text in report
    audit.main([str(tmp_path / "split.csv"), "--json"])
    assert json.loads(capsys.readouterr().out)["verdict"]["summary"] == "speakers unknown, words unknown"


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("", [], "cannot be read as CSV"),
        ("path,fold\na.wav,1\n", [], "columns path, fold; expected path"),
        ("path,part\na.wav,left\nb.wav,test\n", [], "partitions left, test; expected"),
        ("path,part\na.wav,test\n", [], "partitions test; expected"),
        (SPLIT, ["--corpus", "tess"], "is unknown to"),
        (SPLIT, ["--corpus", "timit"], "timit"),
        (SPLIT, ["--clips", "none.csv"], r"none\.csv"),
        (SPLIT, ["--pattern", "("], "not a regular expression"),
        (SPLIT, ["--pattern", "a"], "expected groups"),
        (SPLIT, ["--color"], "--color"),
    ],
)
def test_bad_input_is_a_user_error(tmp_path, content, arguments, message):
    (tmp_path / "split.csv").write_text(content)
    with pytest.raises(UserError, match=message):
        audit.main([str(tmp_path / "split.csv"), *arguments])


@pytest.mark.slow
def test_the_command_imports_no_heavy_library_and_fails_with_status_2():
    heavy = {"tensorflow", "librosa", "sklearn", "matplotlib"}
    code = f"import sys, speech_emotion.splits.audit; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    command = [sys.executable, "-m", "speech_emotion", "audit", "none.csv"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith("error: none.csv")
