"""What the parts of a split must not share, or not without saying so. Every comparison of parts is made here."""

import pandas as pd

UTTERANCE = ["speaker", "word", "emotion"]
SHARED_PROPERTIES = {  # what can be shared: the columns in which it is seen
    "file": ["sha256"],
    "clip or altered copy": ["parent"],
    "speaker, word, emotion": UTTERANCE,
    "speaker and word": ["speaker", "word"],
    "speaker": ["speaker"],
    "word": ["word"],
}


def shared_clips(table: pd.DataFrame, by: list[str]) -> list[str]:
    """Return the clips whose values in the columns `by` occur in more than one part.

    Args:
        table: a clip table with the column `part`. A clip with an empty value is unknown, and shares nothing.
        by: columns, such as ["sha256"] or ["speaker", "word", "emotion"].
    """
    return sorted(_shared(table, by)["clip"])


def overlapping_clips(table: pd.DataFrame, by: list[str], earlier: str, later: str) -> list[str]:
    """Return the clips of the part `later` whose values in the columns `by` occur in the part `earlier` too."""
    found = _shared(table[table["part"].isin([earlier, later])], by)
    return sorted(found["clip"][found["part"] == later])


def rows_with_values(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the rows that have a value in each of the columns `by`."""
    return table[(table[by] != "").all(axis=1)]


def _shared(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    rows = rows_with_values(table, by)
    return rows[rows.groupby(by)["part"].transform("nunique") > 1]
