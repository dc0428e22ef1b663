from itertools import product

import pandas as pd
import pytest

from speech_emotion.core.clip_table import COLLECTION_COLUMNS
from speech_emotion.core.errors import UserError
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.splits import collection_protocols

SPEAKERS = {"large": 40, "medium": 10, "small": 2, "new": 3}
SENTENCES = {"large": "ab", "medium": "abcdefghij", "small": "abcdefghijklmnopqrst", "new": "ab"}
SETTINGS = CollectionSettings(
    corpora=["large", "medium", "small"], unseen=["new"], emotions=["anger", "fear", "neutral"]
)
GROUPS = ["speakers-1", "speakers-2", "speakers-3"]
TESTED = [*GROUPS, "corpus-large", "corpus-medium", "corpus-small"]


def collection() -> pd.DataFrame:
    """Every speaker says the sentences of the corpus in three emotions; every other speaker is a woman."""
    rows = []
    for corpus, count in SPEAKERS.items():
        for speaker, word, emotion in product(range(count), SENTENCES[corpus], SETTINGS.emotions):
            clip = f"{corpus}/{speaker}_{word}_{emotion}.wav"
            sex = ("female", "male")[speaker % 2]
            rows.append((clip, corpus, f"{corpus}/{speaker:02}", sex, f"{corpus}/{word}", emotion, f"hash of {clip}"))
    return pd.DataFrame(rows, columns=COLLECTION_COLUMNS).sort_values("clip", ignore_index=True)


def split(protocol: str, seed: int = 1) -> pd.DataFrame:
    return collection_protocols.make_split(collection(), protocol, SETTINGS, seed)


def speakers(protocol: str, partition: str) -> set[str]:
    table = split(protocol)
    return set(table["speaker"][table["partition"] == partition])


@pytest.mark.parametrize("protocol", ["development", *TESTED, "all"])
def test_no_speaker_is_in_two_partitions(protocol):
    table = split(protocol)
    by_speaker = table[~table["partition"].isin(["sentences", "unused"])].groupby("speaker")
    assert by_speaker["partition"].nunique().eq(1).all()


@pytest.mark.parametrize("protocol", [*TESTED, "all"])
def test_unseen_sentences_are_not_trained_on(protocol):
    table = split(protocol)
    unseen = set(table["word"][table["partition"] == "sentences"])
    trained_on = set(table["corpus"][table["partition"] == "train"])
    assert {word.split("/")[0] for word in unseen} == trained_on - {"large"}  # which has too few sentences
    assert not unseen & set(table["word"][table["partition"].isin(["train", "validation"])])


@pytest.mark.parametrize("protocol", ["development", *TESTED, "all"])
def test_unseen_sentences_are_said_by_speakers_who_are_trained_on(protocol):
    assert speakers(protocol, "sentences") <= speakers(protocol, "train")
    assert bool(speakers(protocol, "sentences")) == (protocol != "development")


@pytest.mark.parametrize("protocol", TESTED)
def test_development_speakers_are_never_tested(protocol):
    development = speakers("development", "train") | speakers("development", "validation")
    assert development and not speakers(protocol, "test") & development


def test_every_other_speaker_is_tested_once():
    tested = [speaker for group in GROUPS for speaker in speakers(group, "test")]
    development = speakers("development", "train") | speakers("development", "validation")
    seen = {speaker for speaker in collection()["speaker"] if not speaker.startswith("new/")}
    assert sorted(tested) == sorted(seen - development)


def test_groups_are_balanced_by_corpus_and_sex():
    groups = collection_protocols.speaker_groups(collection(), seed=1)
    table = collection().drop_duplicates("speaker")
    counts = table.assign(group=table["speaker"].map(groups)).groupby(["corpus", "group", "sex"]).size().unstack()
    large = counts.loc["large"]
    assert (large["female"] - large["male"]).abs().max() <= 1
    assert large.loc[GROUPS].sum(axis=1).max() - large.loc[GROUPS].sum(axis=1).min() <= 1


@pytest.mark.parametrize("corpus", SETTINGS.corpora)
def test_a_corpus_that_is_left_out_is_only_tested(corpus):
    table = split(f"corpus-{corpus}")
    assert set(table["partition"][table["corpus"] == corpus]) <= {"test", "unused"}
    assert set(table["corpus"][table["partition"] == "test"]) == {corpus}


@pytest.mark.parametrize("protocol", ["development", *TESTED])
def test_an_unseen_corpus_takes_no_part(protocol):
    table = split(protocol)
    assert set(table["partition"][table["corpus"] == "new"]) == {"unused"}


def test_all_trains_on_every_corpus_and_tests_on_the_unseen_one():
    table = split("all")
    assert set(table["corpus"][table["partition"] == "test"]) == {"new"}
    assert set(table["corpus"][table["partition"] == "train"]) == {"large", "medium", "small"}


def test_the_seed_determines_the_split():
    assert split("speakers-1").equals(split("speakers-1"))
    assert not split("speakers-1").equals(split("speakers-1", seed=2))


@pytest.mark.parametrize("protocol", ["speakers-4", "corpus-new", "corpus-", "development-1", "random"])
def test_unknown_protocols_are_refused(protocol):
    with pytest.raises(UserError, match=r"unknown protocol .*; expected development, .*corpus-large"):
        split(protocol)


def test_equal_bytes_in_two_partitions_are_refused():
    clips = collection()
    clips["sha256"] = "the same"
    with pytest.raises(UserError, match="share their sha256"):
        collection_protocols.make_split(clips, "speakers-1", SETTINGS, 1)


def test_too_few_speakers_are_refused():
    clips = collection()
    with pytest.raises(UserError, match="no speaker for validation"):
        collection_protocols.make_split(clips[clips["corpus"] == "small"], "speakers-1", SETTINGS, 1)


def test_nobody_to_test_is_refused():
    settings = SETTINGS.model_copy(update={"unseen": []})
    clips = collection()
    with pytest.raises(UserError, match="protocol all: nobody to test"):
        collection_protocols.make_split(clips[clips["corpus"] != "new"], "all", settings, 1)


def row(partition: str, **columns: str) -> dict[str, str]:
    return {"partition": partition, "clip": "a", "speaker": partition, "word": partition, "sha256": partition} | columns


@pytest.mark.parametrize(
    "column, partitions",
    [
        ("speaker", ("train", "test")),
        ("speaker", ("validation", "test")),
        ("speaker", ("train", "validation")),
        ("word", ("train", "sentences")),
        ("word", ("validation", "sentences")),
        ("sha256", ("test", "sentences")),
    ],
)
def test_what_partitions_may_not_share(column, partitions):
    rows = [row(name) for name in ("train", "validation", "test", "sentences")]
    collection_protocols.check_split(pd.DataFrame(rows), "all")
    rows += [row(name, **({"sha256": f"another of {name}"} | {column: "shared"})) for name in partitions]
    with pytest.raises(UserError, match=f"share their {column}"):
        collection_protocols.check_split(pd.DataFrame(rows), "all")


@pytest.mark.parametrize("corpora", [["small"], SETTINGS.corpora])
def test_a_held_out_speaker_and_the_words_for_validation_are_not_trained_on(corpora):
    table = collection_protocols.hold_out_speaker(collection(), "small/00", corpora, seed=1)
    train, validation, test = (table[table["partition"] == name] for name in ("train", "validation", "test"))
    assert set(test["speaker"]) == {"small/00"}
    assert len(test) == len(SENTENCES["small"]) * len(SETTINGS.emotions)
    assert set(train["corpus"]) == set(corpora)
    assert not set(train["word"]) & set(validation["word"][validation["corpus"] == "small"])
    assert not set(train["speaker"]) & set(validation["speaker"][validation["corpus"] != "small"])
    assert set(validation["corpus"]) == set(corpora)
