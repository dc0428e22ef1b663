"""What two parts of a split must not share."""

import pandas as pd


def shared(table: pd.DataFrame, by: list[str]) -> list[str]:
    """Return the clips whose values in the columns `by` occur in more than one part.

    Args:
        table: a clip table with the column `part`.
        by: columns, such as ["sha256"] or ["speaker", "word", "emotion"].
    """
    parts = table.groupby(by)["part"].transform("nunique")
    return sorted(table["clip"][parts > 1])
