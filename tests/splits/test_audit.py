"""The audit of split tables: ours and other projects', planted leaks of each kind, what it claims, what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from speech_emotion.core import clip_table
from speech_emotion.splits import audit, leakage, split_table
from speech_emotion.core.errors import UserError

PARTS = ("train", "validation", "test")
PATTERN = r"(?P<speaker>\w+?)_(?P<word>\w+?)_(?P<emotion>\w+)\.wav"


def clean() -> pd.DataFrame:
    """Three parts that share nothing but emotions."""
    rows = [
        (f"{part[:2]}{s}_{part}{w}_{e}.wav", part, f"{part[:2]}{s}", f"{part}{w}", e)
        for part in PARTS
        for s in range(2)
        for w in range(3)
        for e in ("anger", "fear")
    ]
    table = pd.DataFrame(rows, columns=split_table.COLUMNS[:5])
    return table.assign(sha256=table["clip"], parent=table["clip"])


def foreign(folder: Path, table: pd.DataFrame, *columns: str) -> Path:
    """Write the table as another project would: path, part and these columns."""
    path = folder / "theirs.csv"
    table.rename(columns={"clip": "path"})[["path", "part", *columns]].to_csv(path, index=False)
    return path


def run(capsys, *arguments: object) -> str:
    audit.main([str(argument) for argument in arguments])
    return capsys.readouterr().out


def test_a_clean_split_is_called_clean():
    content = audit.compare_partitions(clean())
    assert content["verdict"]["summary"] == "clean: nothing is shared"
    assert {pair["clips"] for kind in content["shared"].values() for pair in kind.values() if pair != 36} == {0}


@pytest.mark.parametrize("kind", leakage.SHARED_PROPERTIES)
@pytest.mark.parametrize("pair", [("train", "validation"), ("train", "test"), ("validation", "test")])
def test_a_planted_leak_of_each_kind_is_reported(kind, pair):
    table = clean()
    giver, taker = (table.index[table["part"] == part][0] for part in pair)
    table.loc[taker, leakage.SHARED_PROPERTIES[kind]] = table.loc[giver, leakage.SHARED_PROPERTIES[kind]]
    found = audit.compare_partitions(table)["shared"][kind]
    assert found[", ".join(pair)]["clips"] >= 1
    assert table.loc[taker, "clip"] in found[", ".join(pair)]["examples"]
    assert [key for key in found if key != "known" and found[key]["clips"]] == [", ".join(pair)]


@pytest.mark.parametrize(
    ("kind", "summary"),
    [
        ("file", "leaking"),
        ("clip or altered copy", "leaking"),
        ("speaker, word, emotion", "leaking"),
        ("speaker", "speaker-dependent"),
        ("word", "speaker-independent"),
    ],
)
def test_the_verdict_follows_the_worst_leak(kind, summary):
    table = clean()
    table.loc[table.index[-1], leakage.SHARED_PROPERTIES[kind]] = table.loc[1, leakage.SHARED_PROPERTIES[kind]]
    assert audit.verdict(table)["summary"].startswith(summary)


def test_a_split_of_this_project_is_read_with_the_clip_table_and_the_copies_beside_it(tmp_path, capsys):
    table = clean()
    clip_table.write(tmp_path / "clips.csv", table.to_dict("records"))
    (tmp_path / "splits").mkdir()
    table[["clip", "part"]].to_csv(tmp_path / "splits" / "words.csv", index=False)
    (tmp_path / "augmented" / "words").mkdir(parents=True)
    copy = clip_table.copy_name(table["clip"].iloc[-1], "speed=0.9")  # of a test clip: it must not be trained on
    (tmp_path / "augmented" / "words" / "index.csv").write_text(f"name,start,frames\n{copy},0,9\n")
    content = json.loads(run(capsys, tmp_path / "splits" / "words.csv", "--json"))
    assert content["parts"] == {"train": 13, "validation": 12, "test": 12}
    assert content["shared"]["clip or altered copy"]["train, test"]["examples"] == [table["clip"].iloc[-1]]
    assert content["shared"]["file"]["known"] == 36


def test_names_of_a_known_corpus_are_recognised_in_any_layout(tmp_path, capsys):
    path = tmp_path / "theirs.csv"
    path.write_text("path,part\nTESS\\OAF_Fear\\OAF_back_fear.wav,Training\nx/YAF_sad/YAF_bar_sad.wav,val\n")
    shown = run(capsys, path)
    assert "train 1, validation 1 clips" in shown
    assert "Speaker-independent" in shown
    assert "Not known of all clips, so not cleared: file." in shown


def test_a_pattern_reads_the_names_of_any_other(tmp_path, capsys):
    table = clean().assign(clip="audio/" + clean()["clip"])
    assert "Not every speaker is known" in run(capsys, foreign(tmp_path, table))
    assert "Speaker-independent: no speaker" in run(capsys, foreign(tmp_path, table), "--pattern", PATTERN)


def test_equal_files_are_found_by_their_bytes(tmp_path, capsys):
    for name, content in (("a.wav", b"same"), ("b.wav", b"same"), ("c.wav", b"other")):
        (tmp_path / name).write_bytes(content)
    table = pd.DataFrame({"clip": ["a.wav", "c.wav", "b.wav"], "part": ["train", "train", "test"]})
    shown = run(capsys, foreign(tmp_path, table))
    assert "leaking" in shown and "100% of the test clips share their file with training." in shown


def test_a_leak_is_not_hidden_by_what_is_unknown():
    table = clean()
    table.loc[[0, table.index[-1]], "sha256"] = "same"
    table.loc[5, "sha256"] = ""
    found = audit.verdict(table)
    assert found["summary"].startswith("leaking")
    assert "Not known of all clips, so not cleared: file." in found["claims"]


def test_an_altered_copy_is_found_by_the_column_parent(tmp_path, capsys):
    table = pd.DataFrame({"clip": ["x/a.wav", "x/a_noisy.wav"], "part": ["test", "train"], "parent": ["", "a.wav"]})
    assert "share their clip or altered copy" in run(capsys, foreign(tmp_path, table, "parent"))


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("", [], "cannot be read as CSV"),
        ("path,fold\na.wav,1\n", [], r"columns path, fold; expected path \(or clip\) and part"),
        ("path,part\na.wav,left\nb.wav,test\n", [], "part 'left'; expected train, validation, test"),
        ("path,part\na.wav,test\n", [], "1 part; expected two or three"),
        (
            "path,part\na.wav,train\nb.wav,test\n",
            ["--corpus", "tess"],
            "'a.wav' is not in the clip table, or not named",
        ),
        ("path,part\na.wav,train\nb.wav,test\n", ["--corpus", "timit"], "no corpus 'timit'"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--clips", "none.csv"], "none.csv: no such file"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--pattern", "("], "no regular expression"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--pattern", "(" * 5000], "no regular expression"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--pattern", "a{99999999999}"], "no regular expression"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--pattern", "a"], "expected groups such as"),
        ("path,part\na.wav,train\nb.wav,test\n", ["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_what_cannot_be_audited_is_refused_in_a_line(tmp_path, content, arguments, message):
    (tmp_path / "theirs.csv").write_text(content)
    with pytest.raises(UserError, match=message):
        audit.main([str(tmp_path / "theirs.csv"), *arguments])


def test_a_clip_whose_path_is_too_long_for_a_file_has_no_hash(tmp_path, capsys):
    table = pd.DataFrame({"clip": ["a" * 5000, "b.wav"], "part": ["train", "test"]})
    assert "not cleared: file" in run(capsys, foreign(tmp_path, table))


@pytest.mark.parametrize("arguments", [["x" * 5000], ["theirs.csv", "--clips", "x" * 5000]])
def test_a_name_that_is_too_long_is_refused_in_a_line(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    foreign(tmp_path, clean())
    with pytest.raises(UserError, match="xxx: (cannot be read as CSV|no such file)"):
        audit.main(arguments)


def test_an_index_of_copies_that_is_none_is_refused(tmp_path):
    for name, content in (("splits/a.csv", "path,part\na.wav,train\nb.wav,test\n"), ("augmented/a/index.csv", "")):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=r"index\.csv: cannot be read as CSV"):
        audit.main([str(tmp_path / "splits" / "a.csv")])


def test_the_command_needs_no_heavy_library_and_fails_with_status_2():
    code = (
        "import sys, ser.audit; sys.exit(bool({'tensorflow', 'librosa', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    ran = subprocess.run([sys.executable, "-m", "ser.audit", "none.csv"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: none.csv: cannot be read") and ran.stderr.count("\n") == 1
