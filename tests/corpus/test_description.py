"""The same contract for every corpus, and errors in a description."""

import re
from pathlib import Path

import pandas as pd
import pytest
from support.tiny_corpus import write_files

from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description

# clips, speakers, words, emotions as stated by the publishers
PUBLISHED = {
    "tess": (2800, 2, 200, 7),
    "emodb": (535, 10, 10, 7),
    "ravdess": (1440, 24, 2, 8),
    "crema-d": (7442, 91, 12, 6),
    "savee": (480, 4, 30, 7),
}
VALID = """\
title: A
license: B
citation: C
sources:
  - url: https://example.org/a.zip
pattern: (?P<speaker>[a-z]+)_(?P<word>[a-z]+)_(?P<emotion>[a-z]+)\\.wav
labels:
  joy: happiness
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A function that describes the corpus `tiny` in a new folder and loads it."""
    monkeypatch.chdir(tmp_path)

    def load(text: str = VALID, sums: bytes = b"") -> description.Corpus:
        write_files(Path("corpora/tiny"), {"corpus.yaml": text.encode(), "SHA256SUMS": sums})
        return description.load("tiny")

    return load


@pytest.mark.parametrize("name", description.names())
def test_contract_of_every_corpus(name):
    corpus = description.load(name)
    assert corpus.title and corpus.license and corpus.citation
    assert corpus.homepage or not corpus.hashes
    assert re.fullmatch("SER_[A-Z0-9_]+", corpus.environment_variable)
    for source in corpus.sources:
        module = Path(source.module.replace(".", "/") + ".py")
        assert source.url.startswith("http") or (source.module and module.exists())


@pytest.mark.parametrize("name", PUBLISHED)
def test_counts_and_labels_of_a_published_corpus(name):
    corpus = description.load(name)
    table = pd.DataFrame(corpus.clip_row(clip) for clip in corpus.hashes)
    assert tuple(table[["clip", "speaker", "word", "emotion"]].nunique()) == PUBLISHED[name]
    assert set(table["emotion"]) == set(corpus.labels.values())


@pytest.mark.parametrize("name", PUBLISHED)
def test_clip_names_of_a_published_corpus(name):
    corpus = description.load(name)
    for clip in corpus.hashes:
        assert "/" not in clip and corpus.clip_name(clip) == corpus.clip_name(f"any/folder/{clip}") == clip
    for alias, clip in corpus.aliases.items():
        assert clip in corpus.hashes and corpus.clip_name(f"any/{alias}") == clip


@pytest.mark.parametrize(
    ("name", "path", "row"),
    [
        ("tess", "OAF_neutral/OA_bite_neutral.wav", ("OA_bite_neutral.wav", "OAF", "bite", "neutral")),
        ("tess", "x/OAF_bite_neutral.wav", ("OA_bite_neutral.wav", "OAF", "bite", "neutral")),
        ("tess", "YAF_pleasant_surprised/YAF_young_ps.wav", ("YAF_young_ps.wav", "YAF", "young", "surprise")),
        ("emodb", "wav/03a01Fa.wav", ("03a01Fa.wav", "03", "a01", "happiness")),
        ("ravdess", "Actor_24/03-01-08-02-01-02-24.wav", ("03-01-08-02-01-02-24.wav", "24", "01", "surprise")),
        ("crema-d", "AudioWAV/1040_ITH_SAD_X.wav", ("1040_ITH_SAD_XX.wav", "1040", "ITH", "sadness")),
        ("savee", "AudioData/KL/su14.wav", ("KL_su14.wav", "KL", "14", "surprise")),
        ("savee", "ALL/DC_a01.wav", ("DC_a01.wav", "DC", "01", "anger")),
    ],
)
def test_names_in_all_layouts(name, path, row):
    corpus = description.load(name)
    assert tuple(corpus.clip_row(path, "hash").values()) == (*row, "hash")


def test_a_slash_in_the_pattern_becomes_an_underscore_in_the_name(load):
    corpus = load(VALID.replace("+)_(?P<word>", "+)/(?P<word>"), sums=b"0" * 64 + b"  a/b_joy.wav\n")
    assert list(corpus.hashes) == ["a_b_joy.wav"]
    assert corpus.clip_row("folder/a/b_joy.wav")["speaker"] == "a"


def test_other_names_are_not_clips():
    corpus = description.load("tess")
    for path in ("OAF_back_bored.wav", "XOAF_back_fear.wav", "OAF_back_fear.wav.txt", "back.wav", ""):
        assert corpus.clip_name(path) is None and corpus.clip_row(path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A\n", "", "missing key title"),
        ("title: A", "title: A\nsong: A", "unknown key song"),
        ("title: A", "title: A\nname: A", "unknown key name"),
        ("title: A", "title: A\nhashes: {}", "unknown key hashes"),
        ("title: A", "title: 1", "title is 1"),
        ("title: A", "title: A\nmegabytes: -1", "megabytes is -1"),
        ("title: A", "title: 2024-13-45", "cannot be read as YAML"),
        ("- url:", "- address:", r"unknown key sources\.0\.address"),
        ("- url: https", "- md5: https", r"sources\.0 is .*exactly one of path, url and module"),
        ("- url: https", "- https", r"sources\.0 is 'https"),
        ("(?P<word>", "(", "expected the groups speaker, word, emotion"),
        ("[a-z]+)", "[a-z+)", "expected a regular expression"),
        ("happiness", "joy", r"labels\.joy is 'joy'; expected 'anger', "),
        ("joy: happiness", "1: happiness", r"labels\.1.* is 1; .*string"),
        ("labels:", "aliases: {a.wav: 1}\nlabels:", r"aliases\.a\.wav is 1"),
        ("labels:\n  joy: happiness", "labels: [joy]", "labels is .*dictionary"),
    ],
)
def test_wrong_key_or_value_is_named(load, old, new, message):
    with pytest.raises(UserError, match=f"corpus.yaml: .*{message}"):
        load(VALID.replace(old, new))


@pytest.mark.parametrize(
    "line",
    [b"0" * 63 + b"  a_b_joy.wav", b"0" * 64 + b"  a_b_sorrow.wav", b"0" * 64 + b"  x/a_c_joy.wav", b"\xff\xfe"],
    ids=["short hash", "not a clip", "repeated", "not text"],
)
def test_wrong_line_of_the_hashes_is_named(load, line):
    with pytest.raises(UserError, match="SHA256SUMS:2: .*each clip once"):
        load(sums=b"0" * 64 + b"  a_c_joy.wav\n" + line + b"\n")


def test_unknown_corpus(load):
    load()
    with pytest.raises(UserError, match="no corpus 'tes' .*: tiny"):
        description.load("tes")
