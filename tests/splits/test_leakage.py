import pandas as pd

from speech_emotion.splits.leakage import shared_clips

ROWS = [("a", "1", "x", "train"), ("b", "1", "y", "test"), ("c", "2", "y", "train"), ("d", "", "", "validation")]
TABLE = pd.DataFrame([*ROWS, ("e", "", "z", "train")], columns=["clip", "speaker", "word", "partition"])


def test_every_clip_with_a_shared_value_is_named_and_unknown_values_are_not_shared():
    assert shared_clips(TABLE, ["speaker"]) == ["a", "b"]
    assert shared_clips(TABLE, ["word"]) == ["b", "c"]
    assert shared_clips(TABLE, ["speaker", "word"]) == []
