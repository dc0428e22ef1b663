"""What a score on a split shows: a summary and the reasons for it."""

import pandas as pd

from speech_emotion.core.clip_table import COPY_SEPARATOR, PARTITIONS
from speech_emotion.core.formatting import percent
from speech_emotion.splits.leakage import SHARED_PROPERTIES, rows_with_values

LEAKS = ["file", "original clip", "speaker, word and emotion"]  # sharing one of these invalidates any score


def verdict(table: pd.DataFrame, shares: dict[str, float]) -> dict[str, str | list[str]]:
    """Return {"summary": a few words, "reasons": sentences}.

    Validation clips count as seen, because they decide when training stops.

    Args:
        table: has the columns `split_table.COLUMNS`.
        shares: for each of SHARED_PROPERTIES, the fraction of the clips in the last partition (usually test) that
            share it with a clip of any earlier partition.
    """
    *earlier, last = sorted(set(table["partition"]), key=PARTITIONS.index)
    unknown = [name for name in SHARED_PROPERTIES if not _is_complete(table, name)]
    leaks = [name for name in LEAKS if shares[name]]
    clip_phrase = f"the {last} clips"
    partition_phrase = f"the {' or '.join(earlier)} partition"

    match = f"with a clip in {partition_phrase}"
    reasons = [f"{percent(shares[name])} of {clip_phrase} share their {name} {match}." for name in leaks]
    labels = []
    for name in ("speaker", "word"):
        label, explanation = _dependence(name, shares[name], name not in unknown, clip_phrase, partition_phrase)
        labels.append(label)
        reasons.append(f"{label.capitalize()}: {explanation}")
    if table["speaker"][table["partition"] == last].nunique() == 1 and "speaker" not in unknown:
        reasons.append(f"The {last} partition has one speaker, so the score does not show how much speakers differ.")
    if unknown:
        reasons.append(f"Not known for all clips, so overlaps may be missed: {'; '.join(unknown)}.")
    if table["original"].is_unique:
        reasons.append("No augmented copies are marked (column original, or clip.wav#change). Others are not detected.")
    summary = "leakage: the score cannot be trusted" if leaks else ", ".join(labels)
    return {"summary": summary, "reasons": reasons}


def _is_complete(table: pd.DataFrame, name: str) -> bool:
    """Return whether a property is known for all clips. The copies of this project have no files, only features."""
    if name == "file":
        table = table[~table["clip"].str.contains(COPY_SEPARATOR, regex=False)]
    return len(rows_with_values(table, SHARED_PROPERTIES[name])) == len(table)


def _dependence(name: str, share: float, known: bool, clip_phrase: str, partition_phrase: str) -> tuple[str, str]:
    """Return a label, such as "speaker-dependent", and the sentences that explain it."""
    match = f"{name} of {clip_phrase} is in {partition_phrase}"
    if share == 0 and not known:
        return f"{name}s unknown", f"some clips have no known {name}. The score says nothing about new {name}s."
    if share == 0:
        return f"{name}-independent", f"no {match}. The score applies to new {name}s."
    if share == 1:
        return f"{name}-dependent", f"every {match}. The score says nothing about new {name}s."
    explanation = f"{percent(share)} of {clip_phrase} have a {name} that is in {partition_phrase}."
    return f"partly {name}-dependent", f"{explanation} Only the score on the others applies to new {name}s."
