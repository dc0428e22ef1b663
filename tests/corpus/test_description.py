"""The same contract for every corpus, and errors in a description."""

import re
from pathlib import Path

import pytest

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


def load(root: Path, text: str = VALID, sums: bytes = b"") -> description.Corpus:
    (root / "tiny").mkdir()
    (root / "tiny" / "corpus.yaml").write_text(text)
    (root / "tiny" / "SHA256SUMS").write_bytes(sums)
    return description.load("tiny", root)


def rows(corpus: description.Corpus) -> list[dict[str, str]]:
    return [corpus.clip_row(clip, sha256) for clip, sha256 in corpus.hashes.items()]


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
class TestPublishedCorpus:
    def test_counts(self, name):
        table = rows(description.load(name))
        assert PUBLISHED[name] == tuple(
            len({row[key] for row in table}) for key in ("clip", "speaker", "word", "emotion")
        )

    def test_every_label_is_used(self, name):
        corpus = description.load(name)
        assert {row["emotion"] for row in rows(corpus)} == set(corpus.labels.values())

    def test_clip_names_are_flat_and_stay_the_same(self, name):
        corpus = description.load(name)
        for clip in corpus.hashes:
            assert "/" not in clip and corpus.clip_name(clip) == corpus.clip_name(f"any/folder/{clip}") == clip

    def test_aliases_lead_to_clips(self, name):
        corpus = description.load(name)
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
    assert tuple(corpus.clip_row(corpus.clip_name(path), "hash").values()) == (*row, "hash")


@pytest.mark.parametrize("path", ["OAF_back_bored.wav", "XOAF_back_fear.wav", "OAF_back_fear.wav.txt", "back.wav", ""])
def test_other_names_are_not_clips(path):
    assert description.load("tess").clip_name(path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A\n", "", "missing key title"),
        ("title: A", "title: A\nsong: A", "unknown key song"),
        ("title: A", "title: 1", "title is 1"),
        ("title: A", "title: A\nmegabytes: -1", "megabytes is -1"),
        ("title: A", "title: 2024-13-45", "cannot be read as YAML"),
        ("- url:", "- address:", r"unknown key sources\.0\.address"),
        ("- url: https", "- md5: https", r"sources\.0 is .*exactly one of path, url and module"),
        ("- url: https", "- https", r"sources\.0 is 'https"),
        ("(?P<word>", "(", "expected the groups speaker, word, emotion"),
        ("[a-z]+)", "[a-z+)", "expected a regular expression"),
        ("happiness", "joy", r"labels\.joy is 'joy'; expected 'anger'"),
        ("joy: happiness", "1: happiness", r"labels\.1.* is 1; .*string"),
        ("labels:", "aliases: {a.wav: 1}\nlabels:", r"aliases\.a\.wav is 1"),
        ("labels:\n  joy: happiness", "labels: [joy]", "labels is .*dictionary"),
    ],
)
def test_wrong_key_or_value_is_named(tmp_path, old, new, message):
    with pytest.raises(UserError, match=f"corpus.yaml: .*{message}"):
        load(tmp_path, VALID.replace(old, new))


@pytest.mark.parametrize(
    "line",
    [b"0" * 63 + b"  a_b_joy.wav", b"0" * 64 + b"  a_b_sorrow.wav", b"0" * 64 + b"  x/a_c_joy.wav", b"\xff\xfe"],
    ids=["short hash", "not a clip", "repeated", "not text"],
)
def test_wrong_line_of_the_hashes_is_named(tmp_path, line):
    with pytest.raises(UserError, match="SHA256SUMS:2: .*each clip once"):
        load(tmp_path, sums=b"0" * 64 + b"  a_c_joy.wav\n" + line + b"\n")


def test_unknown_corpus(tmp_path):
    load(tmp_path)
    with pytest.raises(UserError, match="no corpus 'tes' .*: tiny"):
        description.load("tes", tmp_path)
