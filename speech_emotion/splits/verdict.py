"""What a score on a split can claim: a summary and the reasons for it."""

import pandas as pd

from speech_emotion.core.clip_table import COPY_SEPARATOR, PARTITIONS
from speech_emotion.core.formatting import percent
from speech_emotion.splits.leakage import SHARED_PROPERTIES, overlapping_clips, rows_with_values

LEAKS = ["file", "original clip", "speaker, word and emotion"]  # sharing one of these spoils any score


def verdict(table: pd.DataFrame) -> dict[str, str | list[str]]:
    """Return {"summary": a few words, "reasons": sentences} about a score on the last partition.

    The last partition, usually test, is compared with all earlier ones together. Validation clips are not new to a
    network either, because they decide when its training stops.

    Args:
        table: the columns of `split_table.COLUMNS`.
    """
    *earlier, last = sorted(set(table["partition"]), key=PARTITIONS.index)
    shares = {name: _share(table, name, earlier, last) for name in SHARED_PROPERTIES}
    leaks = [name for name in LEAKS if shares[name]]
    clips = f"the {last} clips"
    places = f"the {' or '.join(earlier)} partition"

    reasons = [f"{percent(shares[name])} of {clips} share their {name} with a clip in {places}." for name in leaks]
    labels = []
    for name in ("speaker", "word"):
        label, explanation = _dependence(name, shares[name], clips, places)
        labels.append(label)
        reasons.append(f"{label.capitalize()}: {explanation}")
    if shares["speaker and word"] and not leaks:
        share = percent(shares["speaker and word"])
        reasons.append(f"For {share} of {clips}, the same speaker says the same word in {places}, in another emotion.")
    summary = "leakage: the score cannot be trusted" if leaks else ", ".join(labels)
    return {"summary": summary, "reasons": reasons + _caveats(table, last)}


def _share(table: pd.DataFrame, name: str, earlier: list[str], last: str) -> float | None:
    """Return the fraction of the last partition that shares a property with the earlier ones, or None if unknown."""
    shared = overlapping_clips(table, SHARED_PROPERTIES[name], earlier, last)
    if not shared and not _is_complete(table, name):
        return None
    return len(shared) / int((table["partition"] == last).sum())


def _is_complete(table: pd.DataFrame, name: str) -> bool:
    """Return whether a property is known for all clips. The copies of this project have no files, only features."""
    if name == "file":
        table = table[~table["clip"].str.contains(COPY_SEPARATOR, regex=False)]
    return len(rows_with_values(table, SHARED_PROPERTIES[name])) == len(table)


def _dependence(name: str, share: float | None, clips: str, places: str) -> tuple[str, str]:
    """Return a label, such as "speaker-dependent", and the sentences that explain it."""
    if share is None:
        return f"{name}s unknown", f"some clips have no known {name}. The score says nothing about new {name}s."
    if share == 0:
        return f"{name}-independent", f"no {name} of {clips} is in {places}. The score applies to new {name}s."
    if share == 1:
        return f"{name}-dependent", f"every {name} of {clips} is in {places}. The score says nothing about new {name}s."
    explanation = f"{percent(share)} of {clips} have a {name} that is in {places}."
    return f"partly {name}-dependent", f"{explanation} Only the score on the others applies to new {name}s."


def _caveats(table: pd.DataFrame, last: str) -> list[str]:
    """Return sentences about what the audit or the score cannot show."""
    caveats = []
    speakers = set(table["speaker"][table["partition"] == last])
    if len(speakers) == 1 and "" not in speakers:
        caveats.append(f"The {last} partition has one speaker, so the score does not show how much speakers differ.")
    unknown = [name for name in SHARED_PROPERTIES if not _is_complete(table, name)]
    if unknown:
        caveats.append(f"Not known for all clips, so overlaps may be missed: {'; '.join(unknown)}.")
    if table["original"].is_unique:
        caveats.append("No augmented copies are marked (column original, or clip.wav#change). Others are not detected.")
    return caveats
