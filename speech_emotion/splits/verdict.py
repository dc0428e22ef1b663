"""What a score on a split can claim: a summary and the reasons for it."""

import pandas as pd

from speech_emotion.core.clip_table import COPY_SEPARATOR, PARTITIONS
from speech_emotion.core.formatting import percent
from speech_emotion.splits.leakage import SHARED_PROPERTIES, overlapping_clips, rows_with_values

LEAKS = ["file", "original clip", "speaker, word and emotion"]  # sharing one of these spoils any score


def verdict(table: pd.DataFrame) -> dict[str, str | list[str]]:
    """Return {"summary": a few words, "reasons": sentences} for a table with the columns `split_table.COLUMNS`.

    The last partition, usually test, is compared with all earlier ones together. Validation clips are not new to a
    network either, because they decide when its training stops.
    """
    *earlier, last = sorted(set(table["partition"]), key=PARTITIONS.index)
    tested = table[table["partition"] == last]
    shares = {}
    for name, columns in SHARED_PROPERTIES.items():
        shares[name] = len(overlapping_clips(table, columns, earlier, last)) / len(tested)
    unknown = [name for name in SHARED_PROPERTIES if not _is_complete(table, name)]
    leaks = [name for name in LEAKS if shares[name]]
    clips = f"the {last} clips"
    places = f"the {' or '.join(earlier)} partition"

    reasons = [f"{percent(shares[name])} of {clips} share their {name} with a clip in {places}." for name in leaks]
    labels = []
    for name in ("speaker", "word"):
        label, explanation = _dependence(name, shares[name], name not in unknown, clips, places)
        labels.append(label)
        reasons.append(f"{label.capitalize()}: {explanation}")
    if tested["speaker"].nunique() == 1 and "speaker" not in unknown:
        reasons.append(f"The {last} partition has one speaker, so the score does not show how much speakers differ.")
    summary = "leakage: the score cannot be trusted" if leaks else ", ".join(labels)
    return {"summary": summary, "reasons": reasons + _blind_spots(table, unknown)}


def _is_complete(table: pd.DataFrame, name: str) -> bool:
    """Return whether a property is known for all clips. The copies of this project have no files, only features."""
    if name == "file":
        table = table[~table["clip"].str.contains(COPY_SEPARATOR, regex=False)]
    return len(rows_with_values(table, SHARED_PROPERTIES[name])) == len(table)


def _blind_spots(table: pd.DataFrame, unknown: list[str]) -> list[str]:
    spots = []
    if unknown:
        spots.append(f"Not known for all clips, so overlaps may be missed: {'; '.join(unknown)}.")
    if table["original"].is_unique:
        spots.append("No augmented copies are marked (column original, or clip.wav#change). Others are not detected.")
    return spots


def _dependence(name: str, share: float, known: bool, clips: str, places: str) -> tuple[str, str]:
    """Return a label, such as "speaker-dependent", and the sentences that explain it."""
    if share == 0 and not known:
        return f"{name}s unknown", f"some clips have no known {name}. The score says nothing about new {name}s."
    if share == 0:
        return f"{name}-independent", f"no {name} of {clips} is in {places}. The score applies to new {name}s."
    if share == 1:
        return f"{name}-dependent", f"every {name} of {clips} is in {places}. The score says nothing about new {name}s."
    explanation = f"{percent(share)} of {clips} have a {name} that is in {places}."
    return f"partly {name}-dependent", f"{explanation} Only the score on the others applies to new {name}s."
