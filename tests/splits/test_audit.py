import json
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


def verdict(table):
    return audit.compare_partitions(table)["verdict"]


@pytest.mark.parametrize(
    ("property", "summary"),
    [
        (None, "speaker-independent, word-independent"),
        ("file", "leakage"),
        ("original clip", "leakage"),
        ("speaker, word and emotion", "leakage"),
        ("speaker", "partly speaker-dependent, word-independent"),
        ("word", "speaker-independent, partly word-dependent"),
    ],
)
def test_the_summary_follows_the_worst_overlap(clean_split, property, summary):
    columns = SHARED_PROPERTIES.get(property, [])
    clean_split.loc[clean_split.index[-1], columns] = clean_split.loc[1, columns]
    assert verdict(clean_split)["summary"].startswith(summary)


def test_the_summary_says_if_all_or_no_speakers_are_known_from_training(clean_split):
    assert verdict(clean_split.assign(speaker="a"))["summary"] == "speaker-dependent, word-independent"
    assert verdict(clean_split.assign(speaker=""))["summary"] == "speakers unknown, word-independent"


def test_unknown_values_do_not_hide_a_leak(clean_split):
    clean_split.loc[[0, clean_split.index[-1]], "sha256"] = "same"
    clean_split.loc[5, "sha256"] = ""
    found = verdict(clean_split)
    assert found["summary"].startswith("leakage")
    assert any("Not known for all clips" in reason for reason in found["reasons"])


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
