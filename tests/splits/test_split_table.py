import pytest

from speech_emotion.core import clip_table
from speech_emotion.splits import clip_metadata, split_table


def test_a_split_of_this_project_comes_with_its_clip_table_and_training_copies(tmp_path, clean_split):
    clip_table.write(tmp_path / "clips.csv", clean_split.to_dict("records"))
    clip_table.write_partitions(tmp_path / "splits/words.csv", clean_split)
    index = tmp_path / "training_copies/words/index.csv"
    index.parent.mkdir(parents=True)
    index.write_text("name,start,frames\ntraina_trainx_fear.wav#speed=0.9,0,9\n")
    table = split_table.read(tmp_path / "splits/words.csv")
    copy = ["traina_trainx_fear.wav#speed=0.9", "train", "traina", "trainx", "fear", "", "traina_trainx_fear.wav"]
    assert table[:-1].equals(clean_split)
    assert table.iloc[-1].to_list() == copy


@pytest.mark.parametrize("header", ["path,part", "clip,partition", "path,split", "clip,subset"])
def test_the_file_names_of_a_known_corpus_are_recognized_in_any_layout(tmp_path, header):
    rows = "\nTESS\\OAF_Fear\\OAF_back_fear.wav,Training\nx/YAF_bar_sad.wav,val\nOAF_bar_sad.wav,testing\n"
    (tmp_path / "split.csv").write_text(header + rows)
    table = split_table.read(tmp_path / "split.csv")
    assert list(table["partition"]) == ["train", "validation", "test"]
    assert list(table["speaker"]) == ["OAF", "YAF", "OAF"]
    assert list(table["original"]) == ["OAF_back_fear.wav", "YAF_bar_sad.wav", "OAF_bar_sad.wav"]


def test_metadata_in_the_file_takes_precedence(tmp_path):
    (tmp_path / "split.csv").write_text("path,part,word\nx/1_two.wav,train,\nx/2_one.wav,test,three\n")
    table = split_table.read(tmp_path / "split.csv", clip_metadata.from_pattern(r"(?P<speaker>\d)_(?P<word>\w+)\.wav"))
    assert table[["speaker", "word"]].to_numpy().tolist() == [["1", "two"], ["2", "three"]]


def test_files_are_hashed_where_they_are_found(tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"same")
    (tmp_path / "split.csv").write_text("path,part\na,train\nb,test\nmissing,test\n")
    first, second, missing = split_table.read(tmp_path / "split.csv")["sha256"]
    assert (len(first), first, missing) == (64, second, "")


def test_an_original_may_be_named_without_its_folder(tmp_path):
    (tmp_path / "split.csv").write_text("path,part,parent\nx/a,test,\ny/b,train,a\ny/c#noise,train,\n")
    assert list(split_table.read(tmp_path / "split.csv")["original"]) == ["x/a", "x/a", "y/c"]
