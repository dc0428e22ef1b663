"""What every protocol promises, and that a planted leak is found."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.splits import protocols
from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.core.errors import UserError
from speech_emotion.splits.protocols import SplitSettings

SETTINGS = SplitSettings(test=0.2, validation=0.1)
FOLDS = ["random", "words", "speaker-1", "speaker-2", "speaker-3"]


def corpus(speakers: int = 3, words: int = 20, emotions: int = 4, takes: int = 1) -> pd.DataFrame:
    rows = [
        (f"S{s}_w{w:02}_e{e}_{t}.wav", f"S{s}", f"w{w:02}", f"e{e}", f"{s} {w} {e} {t}")
        for s in range(speakers)
        for w in range(words)
        for e in range(emotions)
        for t in range(takes)
    ]
    return pd.DataFrame(rows, columns=["clip", "speaker", "word", "emotion", "sha256"])


def values(table: pd.DataFrame, column: str, *parts: str) -> set[str]:
    return set(table[column][table["part"].isin(parts)])


@pytest.mark.parametrize("fold", FOLDS)
def test_every_clip_has_one_part_and_every_part_every_emotion(fold):
    table = protocols.make_split(corpus(), fold, SETTINGS, seed=1)
    assert list(table["clip"]) == list(corpus()["clip"])
    for part in PARTITIONS:
        assert values(table, "emotion", part) == {"e0", "e1", "e2", "e3"}


@pytest.mark.parametrize("fold", FOLDS)
def test_the_seed_decides(fold):
    first, again, other = (protocols.make_split(corpus(), fold, SETTINGS, seed)["part"] for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


@given(seed=st.integers(0, 2**31), words=st.integers(8, 40))
def test_words_shares_no_word(seed, words):
    table = protocols.make_split(corpus(words=words), "words", SETTINGS, seed)
    sets = [values(table, "word", part) for part in PARTITIONS]
    assert sum(map(len, sets)) == len(set.union(*sets)) == words


@given(seed=st.integers(0, 2**31), number=st.integers(1, 3))
def test_a_speaker_fold_holds_out_one_speaker_and_validates_on_new_words(seed, number):
    table = protocols.make_split(corpus(), f"speaker-{number}", SETTINGS, seed)
    assert values(table, "speaker", "test") == {f"S{number - 1}"}
    assert values(table, "speaker", "train") == {"S0", "S1", "S2"} - {f"S{number - 1}"}
    assert not values(table, "word", "train") & values(table, "word", "validation")


def test_random_is_stratified_and_has_the_shares_asked_for():
    counts = protocols.make_split(corpus(words=50), "random", SETTINGS, seed=1).value_counts(["part", "emotion"])
    assert set(counts["test"]) == {30}
    assert set(counts["validation"]) == {15}


def test_two_takes_of_an_utterance_stay_together():
    table = protocols.make_split(corpus(takes=2), "random", SETTINGS, seed=1)
    assert table.groupby(["speaker", "word", "emotion"])["part"].nunique().max() == 1


@pytest.mark.parametrize("fold", ["speaker-0", "speaker-4", "speaker-x", "loso", ""])
def test_an_unknown_fold_is_refused(fold):
    with pytest.raises(UserError, match="expected random, words, notebook, or speaker-N"):
        protocols.make_split(corpus(), fold, SETTINGS, seed=1)


def planted(fold: str, column: str, parts: tuple[str, str]) -> pd.DataFrame:
    """A good split in which one clip of the second part takes over a column's value from the first part."""
    table = protocols.make_split(corpus(), fold, SETTINGS, seed=1)
    giver, taker = (table.index[table["part"] == part][0] for part in parts)
    table.loc[taker, column] = table.loc[giver, column]
    return table


@pytest.mark.parametrize(
    ("fold", "column", "parts"),
    [
        ("random", "sha256", ("train", "test")),
        ("random", "sha256", ("train", "validation")),
        ("words", "word", ("train", "test")),
        ("words", "word", ("validation", "test")),
        ("speaker-1", "speaker", ("train", "test")),
        ("speaker-2", "speaker", ("validation", "test")),
        ("speaker-2", "word", ("train", "validation")),
    ],
)
def test_a_planted_leak_is_refused_by_name(fold, column, parts):
    table = planted(fold, column, parts)
    with pytest.raises(UserError, match=rf"fold {fold}: clips in different parts share their .*{column}: S\d_w"):
        protocols.check_split(table, fold)


def test_an_utterance_on_both_sides_is_refused():
    table = protocols.make_split(corpus(takes=2), "random", SETTINGS, seed=1)
    table.loc[table.index[table["part"] == "train"][0], "part"] = "test"
    with pytest.raises(UserError, match="share their speaker and word and emotion"):
        protocols.check_split(table, "random")


def test_a_part_without_an_emotion_is_refused():
    table = protocols.make_split(corpus(), "random", SETTINGS, seed=1)
    with pytest.raises(UserError, match="the test part has no clip of e1"):
        protocols.check_split(table[(table["part"] != "test") | (table["emotion"] != "e1")], "random")


@pytest.mark.parametrize(("test", "validation", "part"), [(0.2, 0.01, "validation"), (0.01, 0.1, "test")])
def test_a_random_part_with_fewer_clips_than_emotions_is_refused(test, validation, part):
    with pytest.raises(UserError, match=rf"fold random: no {part} part with every emotion .*; raise split\.{part}"):
        protocols.make_split(corpus(), "random", SplitSettings(test, validation), seed=1)


@pytest.mark.parametrize("share", [0, 0.5, -1])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(UserError, match=r"split\.test is .*; expected a share"):
        SplitSettings(test=share, validation=0.1)


def test_the_notebooks_own_protocol_tests_on_the_last_speakers_last_emotions():
    table = protocols.make_split(corpus(), "notebook", SETTINGS, seed=1)
    assert values(table, "speaker", "test") == {"S2"}
    assert values(table, "emotion", "test") == {"e1", "e2", "e3"}
    assert (table["part"] == "test").sum() == 48
    assert values(table, "speaker", "train") == {"S0", "S1", "S2"}
