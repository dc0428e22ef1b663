from itertools import product

import pandas as pd
import pytest

from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.splits import split_table


@pytest.fixture
def clean_split() -> pd.DataFrame:
    """Three partitions of 12 clips that share nothing but emotions."""
    rows = []
    for partition, speaker, word, emotion in product(PARTITIONS, "ab", "xyz", ("anger", "fear")):
        clip = f"{partition}{speaker}_{partition}{word}_{emotion}.wav"
        rows.append((clip, partition, partition + speaker, partition + word, emotion, f"hash of {clip}", clip))
    return pd.DataFrame(rows, columns=split_table.COLUMNS)
