from itertools import product

import hypothesis
import pandas as pd
import pytest
from hypothesis import strategies as st

from speech_emotion.core.clip_table import COLUMNS, PARTITIONS
from speech_emotion.core.errors import UserError
from speech_emotion.splits import protocols
from speech_emotion.splits.leakage import UTTERANCE
from speech_emotion.splits.protocols import SplitSettings

PROTOCOLS = ["random", "words", "speaker-1", "speaker-2", "speaker-3"]


def corpus(words: int = 20, takes: int = 1) -> pd.DataFrame:
    """Three speakers who say every word in four emotions."""
    rows = []
    for speaker, word, emotion, take in product(range(3), range(words), range(4), range(takes)):
        clip = f"S{speaker}_w{word:02}_e{emotion}_{take}.wav"
        rows.append((clip, f"S{speaker}", f"w{word:02}", f"e{emotion}", f"hash of {clip}"))
    return pd.DataFrame(rows, columns=COLUMNS)


def split(protocol: str, seed: int = 1, sizes: tuple[float, float] = (0.2, 0.1), **options: int) -> pd.DataFrame:
    settings = SplitSettings(test_size=sizes[0], validation_size=sizes[1])
    return protocols.make_split(corpus(**options), protocol, settings, seed)


def values(table: pd.DataFrame, column: str, partition: str) -> set[str]:
    return set(table[column][table["partition"] == partition])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_clip_is_lost_and_every_partition_has_every_emotion(protocol):
    table = split(protocol)
    assert table[COLUMNS].equals(corpus())
    for partition in PARTITIONS:
        assert values(table, "emotion", partition) == {"e0", "e1", "e2", "e3"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_seed_determines_the_split(protocol):
    assert split(protocol).equals(split(protocol))
    assert not split(protocol).equals(split(protocol, seed=2))


@hypothesis.settings(max_examples=10)
@hypothesis.given(seed=st.integers(0, 2**31), words=st.integers(8, 40))
def test_words_are_in_one_partition_each(seed, words):
    assert split("words", seed, words=words).groupby("word")["partition"].nunique().eq(1).all()


@hypothesis.settings(max_examples=10)
@hypothesis.given(seed=st.integers(0, 2**31), number=st.integers(1, 3))
def test_a_speaker_protocol_holds_out_one_speaker_and_validates_on_new_words(seed, number):
    table = split(f"speaker-{number}", seed)
    assert values(table, "speaker", "test") == {f"S{number - 1}"}
    assert values(table, "speaker", "train") == {"S0", "S1", "S2"} - {f"S{number - 1}"}
    assert not values(table, "word", "train") & values(table, "word", "validation")


def test_random_is_stratified_and_has_the_configured_sizes():
    counts = split("random", words=50).value_counts(["partition", "emotion"])
    assert set(counts["test"]) == {30}
    assert set(counts["validation"]) == {15}


def test_two_takes_of_an_utterance_stay_together():
    assert split("random", takes=2).groupby(UTTERANCE)["partition"].nunique().max() == 1


def test_the_notebook_protocol_tests_on_the_last_emotions_of_the_last_speaker():
    table = split("notebook")
    assert values(table, "speaker", "test") == {"S2"}
    assert values(table, "emotion", "test") == {"e1", "e2", "e3"}
    assert (table["partition"] == "test").sum() == 48
    assert values(table, "speaker", "train") == {"S0", "S1", "S2"}


@pytest.mark.parametrize(
    ("protocol", "sizes", "message"),
    [
        *((name, (0.2, 0.1), "to speaker-3") for name in ("loso", "speaker-x", "speaker-0", "speaker-01", "speaker-4")),
        ("random", (0.2, 0.01), r"raise split\.validation_size"),  # fewer clips than emotions
        ("random", (0.01, 0.1), r"raise split\.test_size"),
    ],
)
def test_a_split_that_cannot_be_made_is_a_user_error(protocol, sizes, message):
    with pytest.raises(UserError, match=message):
        split(protocol, sizes=sizes)


@pytest.mark.parametrize(
    ("protocol", "columns", "partitions"),
    [
        ("random", ["sha256"], ("train", "test")),
        ("random", ["sha256"], ("train", "validation")),
        ("random", UTTERANCE, ("validation", "test")),
        ("words", ["word"], ("train", "test")),
        ("words", ["word"], ("validation", "test")),
        ("speaker-1", ["speaker"], ("train", "test")),
        ("speaker-2", ["speaker"], ("validation", "test")),
        ("speaker-2", ["word"], ("train", "validation")),
    ],
)
def test_a_planted_leak_is_found_and_named(protocol, columns, partitions):
    table = split(protocol)
    first, second = (table.index[table["partition"] == name][0] for name in partitions)
    table.loc[second, columns] = table.loc[first, columns]
    with pytest.raises(UserError, match=rf"share their {' and '.join(columns)}: S\d_w"):
        protocols.check_split(table, protocol)


def test_a_partition_without_an_emotion_is_found():
    table = split("random")
    with pytest.raises(UserError, match="the test partition has no clip of e1"):
        protocols.check_split(table[(table["partition"] != "test") | (table["emotion"] != "e1")], "random")
