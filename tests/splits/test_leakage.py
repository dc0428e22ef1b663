"""Values that stand in more than one part."""

import pandas as pd

from speech_emotion.splits import leakage

TABLE = pd.DataFrame(
    {"clip": ["a", "b", "c"], "speaker": ["1", "1", "2"], "word": ["x", "y", "y"], "part": ["train", "test", "train"]}
)


def test_every_clip_with_a_shared_value_is_named():
    assert leakage.shared_clips(TABLE, ["speaker"]) == ["a", "b"]
    assert leakage.shared_clips(TABLE, ["word"]) == ["b", "c"]


def test_a_pair_is_shared_only_as_a_whole():
    assert leakage.shared_clips(TABLE, ["speaker", "word"]) == []
