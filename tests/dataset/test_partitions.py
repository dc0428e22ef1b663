"""The clips of a part, and that a copy of a clip outside it is refused."""

import numpy as np
import pandas as pd
import pytest

from speech_emotion.dataset import partitions
from speech_emotion.core.errors import UserError

TABLE = pd.DataFrame(
    {
        "clip": ["a", "b", "c", "d"],
        "emotion": ["fear", "anger", "fear", "sadness"],
        "part": ["train", "train", "test", "validation"],
    }
)
FEATURES = {name: np.full((n + 1, 2), n, np.float32) for n, name in enumerate("abcd")}


def test_targets_are_indices_into_the_sorted_emotions_of_the_whole_table():
    train = partitions.select(TABLE, "train", FEATURES)
    assert train.names == ["a", "b"]
    assert train.targets.tolist() == [1, 0]  # anger, fear, sadness
    assert [len(sequence) for sequence in train.sequences] == [1, 2]


def test_copies_have_their_parents_targets():
    train = partitions.select(TABLE, "train", FEATURES)
    train = partitions.concatenate(train, partitions.augmented_copies(train, {"b#speed=0.9": FEATURES["d"]}))
    assert train.names == ["a", "b", "b#speed=0.9"]
    assert train.targets.tolist() == [1, 0, 0]


@pytest.mark.parametrize("parent", ["c", "d", "e"])
def test_a_copy_of_a_clip_outside_training_is_refused(parent):
    with pytest.raises(UserError, match=f"copies of clips outside their part: {parent}"):
        partitions.augmented_copies(partitions.select(TABLE, "train", FEATURES), {f"{parent}#noise=10": FEATURES["a"]})


def test_a_clip_without_features_is_named():
    with pytest.raises(UserError, match="train part: no features of b"):
        partitions.select(TABLE, "train", {"a": FEATURES["a"]})
