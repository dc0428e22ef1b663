"""The same contract for every corpus, and what a corpus that breaks it is told."""

import re
from pathlib import Path

import pytest

from speech_emotion.corpus import description
from speech_emotion.core.errors import UserError

# clips, speakers, words, emotions as their publishers state them
PUBLISHED = {
    "tess": (2800, 2, 200, 7),
    "emodb": (535, 10, 10, 7),
    "ravdess": (1440, 24, 2, 8),
    "crema-d": (7442, 91, 12, 6),
    "savee": (480, 4, 30, 7),
}
GOOD = """\
title: A
licence: B
citation: C
sources:
  - url: https://example.org/a.zip
pattern: (?P<speaker>[a-z]+)_(?P<word>[a-z]+)_(?P<emotion>[a-z]+)\\.wav
labels:
  joy: happiness
"""


def make(root: Path, text: str, sums: str = "") -> None:
    (root / "tiny").mkdir()
    (root / "tiny" / "corpus.yaml").write_text(text)
    if sums:
        (root / "tiny" / "SHA256SUMS").write_text(sums)


@pytest.mark.parametrize("name", description.names())
class TestContract:
    def test_says_whose_it_is(self, name):
        corpus = description.load(name)
        assert corpus.title and corpus.licence and corpus.citation
        assert corpus.hashes == {} or corpus.homepage

    def test_has_sources(self, name):
        for source in description.load(name).sources:
            module = Path(source.module.replace(".", "/") + ".py")
            assert (source.module and module.exists()) or source.url.startswith("http")

    def test_clip_names_are_flat_and_name_themselves(self, name):
        corpus = description.load(name)
        for clip in corpus.hashes:
            assert "/" not in clip and corpus.clip(clip) == clip and corpus.clip(f"any/folder/{clip}") == clip

    def test_aliases_name_known_clips(self, name):
        corpus = description.load(name)
        assert set(corpus.aliases.values()) <= set(corpus.hashes)
        assert all(corpus.clip(f"x/{alias}") == clip for alias, clip in corpus.aliases.items())

    def test_every_label_is_used_or_the_corpus_is_generated(self, name):
        corpus = description.load(name)
        rows = [corpus.row(clip, digest) for clip, digest in corpus.hashes.items()]
        assert {row["emotion"] for row in rows} == set(corpus.labels.values()) or not corpus.hashes

    def test_variable_can_be_set_in_a_shell(self, name):
        assert re.fullmatch("SER_[A-Z0-9_]+", description.load(name).variable)


@pytest.mark.parametrize("name", PUBLISHED)
def test_counts_are_the_published_ones(name):
    corpus = description.load(name)
    rows = [corpus.row(clip, digest) for clip, digest in corpus.hashes.items()]
    found = tuple(len({row[key] for row in rows}) for key in ("clip", "speaker", "word", "emotion"))
    assert found == PUBLISHED[name]


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
def test_names_of_all_layouts_are_read(name, path, row):
    corpus = description.load(name)
    clip = corpus.clip(path)
    assert tuple(corpus.row(clip, "").values()) == (*row, "")


@pytest.mark.parametrize("path", ["OAF_back_bored.wav", "XOAF_back_fear.wav", "OAF_back_fear.wav.txt", "back.wav", ""])
def test_other_names_are_no_clips(path):
    assert description.load("tess").clip(path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A\n", "", "missing key 'title'"),
        ("title", "tilte", "unknown key 'tilte'"),
        ("- url:", "- address:", "source .*expected url"),
        ("(?P<word>", "(", "lacks the group word"),
        ("[a-z]+)", "[a-z+)", "no regular expression"),
        ("happiness", "joy", "label 'joy'; expected one of anger"),
        ("labels:", "labels: [", "cannot be read as YAML"),
        ("labels:\n  joy: happiness", "labels: [joy]", r"labels is \['joy'\]; expected keys and values"),
        ("joy: happiness", "1: happiness", "labels has 1; expected text; put it in quotes"),
        ("joy: happiness", "joy: [happiness]", r"labels has \['happiness'\]; expected text"),
        ("labels:", "aliases: {a.wav: 1}\nlabels:", "aliases has 1; expected text"),
        ("- url: https://example.org/a.zip", "https://example.org/a.zip", "sources is 'https:.*'; expected a list"),
        ("- url: https", "- https", "sources has 'https:.*'; expected keys and values such as url"),
        ("url: https://example.org/a.zip", "url: 1", r"sources has \{'url': 1\}; expected keys and values"),
        ("title: A", "title: 2024-13-45", "cannot be read as YAML"),
        ("title: A", "title: 1", "title is 1; expected text"),
        ("title: A", "title:", "title is None; expected text"),
        ("title: A", "title: A\nmegabytes: many", "megabytes is 'many'; expected a whole number"),
        ("title: A", "title: A\nmegabytes: -1", "megabytes is -1; expected 1 or more"),
        ("title: A", "title: A\nmegabytes: true", "megabytes is True; expected a whole number"),
        ("title: A", "title: A\nsong: A\n2: A", "unknown key 2"),
    ],
)
def test_broken_description_is_named(tmp_path, old, new, message):
    make(tmp_path, GOOD.replace(old, new))
    with pytest.raises(UserError, match=message):
        description.load("tiny", tmp_path)


def test_a_pattern_that_is_a_number_is_named(tmp_path):
    make(tmp_path, re.sub("pattern: .*", "pattern: 3", GOOD))
    with pytest.raises(UserError, match="pattern is 3; expected text"):
        description.load("tiny", tmp_path)


def test_a_hash_list_that_is_no_text_is_named_by_line(tmp_path):
    make(tmp_path, GOOD)
    (tmp_path / "tiny" / "SHA256SUMS").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="SHA256SUMS:1: .*each clip once"):
        description.load("tiny", tmp_path)


@pytest.mark.parametrize(
    "line", ["0" * 63 + "  a_b_joy.wav", "0" * 64 + "  a_b_sorrow.wav", "0" * 64 + "  x/a_c_joy.wav"]
)
def test_broken_hash_list_is_named_by_line(tmp_path, line):
    make(tmp_path, GOOD, "0" * 64 + "  a_c_joy.wav\n" + line + "\n")
    with pytest.raises(UserError, match="SHA256SUMS:2: .*each clip once"):
        description.load("tiny", tmp_path)


def test_unknown_corpus_is_told_the_known_ones(tmp_path):
    make(tmp_path, GOOD)
    with pytest.raises(UserError, match="no corpus 'tes' .*: tiny"):
        description.load("tes", tmp_path)
