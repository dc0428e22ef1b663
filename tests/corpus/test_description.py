import re
from pathlib import Path

import pandas as pd
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
FOLDER = Path("corpora/tiny")


@pytest.fixture
def replace(corpus):
    """A function that changes a text in the description of the tiny corpus and loads it again."""

    def replace_and_load(old: str, new: str) -> description.Corpus:
        path = FOLDER / "corpus.yaml"
        path.write_text(path.read_text().replace(old, new))
        return description.load("tiny")

    return replace_and_load


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
def test_clips_of_a_published_corpus(name):
    corpus = description.load(name)
    table = pd.DataFrame(corpus.clip_row(clip) for clip in corpus.hashes)
    assert tuple(table[["clip", "speaker", "word", "emotion"]].nunique()) == PUBLISHED[name]
    assert set(table["emotion"]) == set(corpus.labels.values())
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


def test_a_slash_in_the_pattern_becomes_an_underscore_in_the_name(replace):
    (FOLDER / "SHA256SUMS").write_text("0" * 64 + "  OAF/a_fear.wav\n")
    corpus = replace("YAF)_(?P<word>", "YAF)/(?P<word>")
    assert list(corpus.hashes) == ["OAF_a_fear.wav"]
    assert corpus.clip_row("folder/OAF/a_fear.wav")["speaker"] == "OAF"


def test_other_names_are_not_clips():
    corpus = description.load("tess")
    for path in ("OAF_back_bored.wav", "XOAF_back_fear.wav", "OAF_back_fear.wav.txt", "back.wav", ""):
        assert corpus.clip_name(path) is None and corpus.clip_row(path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Tiny set\n", "", "missing key title"),
        ("title:", "song: A\ntitle:", "unknown key song"),
        ("title:", "name: A\ntitle:", "unknown key name"),
        ("title:", "hashes: {}\ntitle:", "unknown key hashes"),
        ("title: Tiny set", "title: 2024-13-45", "cannot be read as YAML"),
        ("megabytes: 1", "megabytes: -1", "megabytes is -1"),
        ("sources: []", "sources: [{address: b}]", r"unknown key sources\.0\.address"),
        ("sources: []", "sources: [{md5: b}]", r"sources\.0 is .*exactly one of path, url and module"),
        ("(?P<word>", "(", "expected the groups speaker, word, emotion"),
        ("[a-z]+)", "[a-z+)", "expected a regular expression"),
        ("angry: anger", "angry: rage", r"labels\.angry is 'rage'; expected 'anger'"),
    ],
)
def test_wrong_key_or_value_is_named(replace, old, new, message):
    with pytest.raises(UserError, match=f"corpus.yaml: .*{message}"):
        replace(old, new)


@pytest.mark.parametrize(
    "line",
    [b"0" * 63 + b"  OAF_a_fear.wav", b"0" * 64 + b"  OAF_a_joy.wav", b"0" * 64 + b"  OAF_back_fear.wav", b"\xff\xfe"],
    ids=["short hash", "not a clip", "repeated", "not text"],
)
def test_wrong_line_of_the_hashes_is_named(corpus, line):
    sums = FOLDER / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes() + line)
    with pytest.raises(UserError, match="SHA256SUMS:7: .*each clip once"):
        description.load("tiny")


def test_unknown_corpus(corpus):
    with pytest.raises(UserError, match="no corpus 'tes' .*: tiny"):
        description.load("tes")
