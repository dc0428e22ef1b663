import pytest

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError

ROWS = [
    {"clip": f"{speaker}_{word}.wav", "speaker": speaker, "word": word, "emotion": emotion, "sha256": speaker + word}
    for speaker in "BA"
    for word, emotion in (("none", "sadness"), ("null", "anger"))
]
HEADER = "clip,speaker,word,emotion,sha256\n"


@pytest.fixture
def table(tmp_path):
    clip_table.write(tmp_path / "clips.csv", ROWS)
    return clip_table.read(tmp_path / "clips.csv")


def test_a_round_trip_keeps_words_that_look_like_missing_values(table):
    assert table.to_dict("records") == sorted(ROWS, key=lambda row: row["clip"])


def test_labels_are_sorted(table):
    assert clip_table.label_order(table) == ["anger", "sadness"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such file"),
        ("", "cannot be read as CSV"),
        ("clip,sp\xe9aker\n", "cannot be read as CSV"),
        (HEADER + "a,b,c,d,e,f\n", "expected clip, speaker"),
        ("clip,speaker\na,b\n", "columns clip, speaker; expected"),
        (HEADER + "a,b,c,d,e\na,b,c,d,e\n", "the clip a is listed twice"),
        (HEADER + "b,b,c,d,e\na,b,c,d,e\nb,b,c,d,e\n", "the clip b is listed twice"),
    ],
)
@pytest.mark.parametrize("read", [clip_table.read, clip_table.read_names])
def test_a_missing_or_damaged_table_is_one_line(tmp_path, text, message, read):
    if text is not None:
        (tmp_path / "clips.csv").write_text(text, "latin-1")
    with pytest.raises(UserError, match=rf"clips\.csv: .*{message}.*run `dvc repro`"):
        read(tmp_path / "clips.csv")


def test_partitions_round_trip(tmp_path, table):
    split = table.assign(partition=["train", "validation", "test", "test"])
    clip_table.write_partitions(tmp_path / "words.csv", split)
    assert clip_table.read_partitions(tmp_path / "words.csv", table).equals(split)


@pytest.mark.parametrize(
    "rows", ["A_none.wav,train\n", "A_none.wav,train\nA_null.wav,test\nB_none.wav,test\nB_null.wav,dev\n"]
)
def test_partitions_that_do_not_fit_the_table_are_one_line(tmp_path, table, rows):
    (tmp_path / "words.csv").write_text("clip,partition\n" + rows)
    with pytest.raises(UserError, match="does not fit the clip table"):
        clip_table.read_partitions(tmp_path / "words.csv", table)


def test_a_copy_knows_the_clip_that_it_was_made_from():
    copy = clip_table.copy_name("a.wav", "speed=0.9")
    assert clip_table.original_clip(copy) == clip_table.original_clip("a.wav") == "a.wav"


def test_the_names_alone_are_those_of_the_table(table, tmp_path):
    names = clip_table.read_names(tmp_path / "clips.csv")
    assert len(names) == len(table)
    assert list(names) == list(names) == list(table["clip"])  # twice
    assert table["clip"][0] in names and "other.wav" not in names


def test_the_names_of_a_table_that_is_not_sorted_keep_its_order(table, tmp_path):
    table[::-1].to_csv(tmp_path / "clips.csv", index=False)
    assert list(clip_table.read_names(tmp_path / "clips.csv")) == list(table["clip"][::-1])


def test_names_of_another_table_are_one_line(tmp_path):
    (tmp_path / "clips.csv").write_text("clip,emotion\n")
    with pytest.raises(UserError, match="expected clip, speaker, word"):
        clip_table.read_names(tmp_path / "clips.csv")
