import numpy as np
import pandas as pd
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.dataset import partitions

TABLE = pd.DataFrame(
    {
        "clip": ["a", "b", "c", "d"],
        "speaker": ["A", "B", "A", "B"],
        "emotion": ["fear", "anger", "fear", "sadness"],
        "partition": ["train", "train", "test", "validation"],
    }
)
FEATURES = {name: np.full((n + 1, 2), n, np.float32) for n, name in enumerate("abcd")}


def test_targets_are_indices_into_the_sorted_emotions_of_the_whole_table():
    train = partitions.select(TABLE, "train", FEATURES)
    assert train.names == ["a", "b"]
    assert train.targets.tolist() == [1, 0]  # anger, fear, sadness
    assert [len(sequence) for sequence in train.sequences] == [1, 2]


def test_copies_have_the_targets_and_speakers_of_their_clips():
    train = partitions.select(TABLE, "train", FEATURES)
    copies = partitions.augmented_copies(train, {"b#speed=0.9": FEATURES["d"]})
    both = partitions.concatenate(train, copies)
    assert both.names == ["a", "b", "b#speed=0.9"]
    assert both.targets.tolist() == [1, 0, 0]
    assert both.speakers == ["A", "B", "B"]


@pytest.mark.parametrize("source", ["c", "d", "e"])
def test_a_copy_of_a_clip_outside_the_partition_is_refused(source):
    train = partitions.select(TABLE, "train", FEATURES)
    with pytest.raises(UserError, match=f"outside their partition: {source}"):
        partitions.augmented_copies(train, {f"{source}#noise=10": FEATURES["a"]})


def test_a_clip_without_features_is_named():
    with pytest.raises(UserError, match="no features of b"):
        partitions.select(TABLE, "train", {"a": FEATURES["a"]})
