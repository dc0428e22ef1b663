"""The clip table and the part of each clip."""

import pytest

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError

ROWS = [
    {"clip": f"{speaker}_{word}.wav", "speaker": speaker, "word": word, "emotion": emotion, "sha256": speaker + word}
    for speaker in "BA"
    for word, emotion in (("none", "sadness"), ("null", "anger"))
]


@pytest.fixture
def table(tmp_path):
    clip_table.write(tmp_path / "clips.csv", ROWS)
    return clip_table.read(tmp_path / "clips.csv")


def test_a_round_trip_keeps_words_that_look_like_missing_values(table):
    assert table.to_dict("records") == sorted(ROWS, key=lambda row: row["clip"])


def test_the_label_order_is_sorted(table):
    assert clip_table.label_order(table) == ["anger", "sadness"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"clips\.csv: no such file; run `dvc repro`"),
        ("", r"clips\.csv: cannot be read as CSV"),
        ("clip,sp\xe9aker\n", r"clips\.csv: cannot be read as CSV"),
        ("clip,speaker,word,emotion,sha256\n", r"clips\.csv: no rows"),
        ("clip,speaker,word,emotion,sha256\na,b,c,d,e,f\n", "more cells in a row than columns"),
        ("clip,speaker\na,b\n", r"columns clip, speaker; expected clip, speaker, word, emotion, sha256"),
        ("clip,speaker,word,emotion,sha256\na,b,c,d,e\na,b,c,d,e\n", "the clip a stands twice"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, message):
    if text is not None:
        (tmp_path / "clips.csv").write_text(text, "latin-1")
    with pytest.raises(UserError, match=message):
        clip_table.read(tmp_path / "clips.csv")


def test_parts_round_trip(tmp_path, table):
    split = table.assign(part=["train", "validation", "test", "test"])
    clip_table.write_partitions(tmp_path / "fold.csv", split)
    assert clip_table.read_partitions(tmp_path / "fold.csv", table).equals(split)


@pytest.mark.parametrize(
    "rows", ["A_none.wav,train\n", "A_none.wav,train\nA_null.wav,test\nB_none.wav,test\nB_null.wav,dev\n"]
)
def test_parts_that_do_not_fit_the_table_are_refused(tmp_path, table, rows):
    (tmp_path / "fold.csv").write_text("clip,part\n" + rows)
    with pytest.raises(UserError, match="does not fit the clip table"):
        clip_table.read_partitions(tmp_path / "fold.csv", table)


@pytest.mark.parametrize(("content", "message"), [(b"", "cannot be read as CSV"), (b"clip,part\n", "no rows")])
def test_parts_that_are_no_table_are_refused(tmp_path, table, content, message):
    (tmp_path / "fold.csv").write_bytes(content)
    with pytest.raises(UserError, match=rf"fold\.csv: {message}"):
        clip_table.read_partitions(tmp_path / "fold.csv", table)


def test_a_copy_knows_its_parent():
    assert clip_table.source_clip(clip_table.copy_name("a.wav", "speed=0.9")) == clip_table.source_clip("a.wav") == "a.wav"
