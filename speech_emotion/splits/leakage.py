"""Find clips in different partitions that share a property, such as the speaker."""

import pandas as pd

UTTERANCE = ["speaker", "word", "emotion"]
SHARED_PROPERTIES = {  # property -> the columns that are equal when two clips share it
    "file": ["sha256"],
    "original clip": ["original"],  # one is an augmented copy of the other, or both are copies of the same clip
    "speaker, word and emotion": UTTERANCE,
    "speaker and word": ["speaker", "word"],
    "speaker": ["speaker"],
    "word": ["word"],
}


def shared_clips(table: pd.DataFrame, columns: list[str]) -> list[str]:
    """Return the clips whose values in `columns`, such as ["speaker", "word"], occur in several partitions, sorted.

    `table` also has the columns `clip` and `partition`. An empty value is unknown and equals nothing.
    """
    rows = rows_with_values(table, columns)
    return sorted(rows["clip"][rows.groupby(columns)["partition"].transform("nunique") > 1])


def overlapping_clips(table: pd.DataFrame, columns: list[str], earlier: list[str], later: str) -> list[str]:
    """Return the clips of the partition `later` whose values in `columns` occur in one of the partitions `earlier`."""
    rows = rows_with_values(table, columns)
    known = rows[rows["partition"].isin(earlier)][columns].drop_duplicates()
    return sorted(rows[rows["partition"] == later].merge(known, on=columns)["clip"])


def rows_with_values(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows that have a value in every one of `columns`."""
    return table[(table[columns] != "").all(axis=1)]
