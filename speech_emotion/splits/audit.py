"""Say what a split's parts share, and so what a score on it can claim: python -m ser.audit SPLIT.csv

SPLIT.csv has the columns path (or clip) and part (train, validation, test); speaker, word, emotion, sha256 and parent
(of an altered copy) are used where they are there. Otherwise they come from the clip table beside a split of this
project, or from the clips' names; hashes from the files, as far as these are found.
"""

import argparse
import json
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.splits import leakage, split_table
from speech_emotion.core.command_line import Parser, exit_on_user_error
from speech_emotion.core.formatting import percent

EXAMPLES = 3
SAME_SOUND = ("file", "clip or altered copy", "speaker, word, emotion")  # shared by a split, they spoil every claim


def compare_partitions(table: pd.DataFrame) -> dict:
    """Compare the parts of a split.

    Args:
        table: the columns of `tables.COLUMNS`.

    Returns:
        parts: {part: clips}; shared: {kind of `leaks.KINDS`: {"known": clips, "train, test": {clips, of, share,
        examples}, ...}}, where `clips` of the later part share with the earlier one; verdict: {summary, claims}.
    """
    parts = [part for part in clip_table.PARTITIONS if part in set(table["part"])]
    shared = {}
    for kind, by in leakage.SHARED_PROPERTIES.items():
        found = {f"{first}, {then}": _overlap(table, by, first, then) for first, then in combinations(parts, 2)}
        shared[kind] = {"known": len(leakage.rows_with_values(table, by)), **found}
    counts = {part: int((table["part"] == part).sum()) for part in parts}
    return {"parts": counts, "shared": shared, "verdict": verdict(table)}


def verdict(table: pd.DataFrame) -> dict[str, str | list[str]]:
    """Return {"summary": a few words, "claims": sentences}: what a score on the split's last part can claim.

    What was used to choose is not new either: training and validation count as seen when the test part is judged.
    """
    tested = [part for part in clip_table.PARTITIONS if part in set(table["part"])][-1]
    seen = table.assign(part=table["part"].where(table["part"] == tested, "train"))
    share = {kind: _overlap(seen, by, "train", tested)["share"] for kind, by in leakage.SHARED_PROPERTIES.items()}
    missing = [kind for kind, by in leakage.SHARED_PROPERTIES.items() if not _complete(table, by)]
    share |= {kind: None for kind in missing if not share[kind]}  # what is found is found, however much is unknown
    spoilt = [kind for kind in SAME_SOUND if share[kind]]
    where = "training or validation" if table["part"].nunique() == 3 else "training"
    claims = [f"{percent(share[kind])} of the {tested} clips share their {kind} with {where}." for kind in spoilt]
    claims += [_claim(kind, share[kind], f"the {tested} part", where) for kind in ("speaker", "word")]
    if share["speaker and word"] and not spoilt:
        said = f"{percent(share['speaker and word'])} of the {tested} clips are of a word"
        claims.append(f"{said} that the same speaker says in {where} with another emotion.")
    if share["speaker"] == 0 and seen["speaker"][seen["part"] == tested].nunique() == 1:
        claims.append(f"The {tested} part has one speaker: how much speakers differ cannot be told from it.")
    claims += [f"Not known of all clips, so not cleared: {'; '.join(missing)}."] if missing else []
    if table["parent"].is_unique:
        claims.append("No altered copies are marked (column parent, or clip.wav#change); unmarked ones are not seen.")
    return {"summary": _summary(share, spoilt, missing), "claims": claims}


def format_report(name: str, content: dict) -> str:
    """Set a `report` as a table and sentences."""
    pairs = [pair for pair in content["shared"]["file"] if pair != "known"]
    rows = [["", *(pair.replace(", ", " > ") for pair in pairs), "such as"]]
    rows += [_row(kind, found, pairs) for kind, found in content["shared"].items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    parts = ", ".join(f"{part} {count:,}" for part, count in content["parts"].items())
    head = [f"{name}: {parts} clips", "", "Clips of the later part that share with the earlier one their"]
    said = [f"Verdict: {content['verdict']['summary']}", *map("- {}".format, content["verdict"]["claims"])]
    return "\n".join([*head, *lines, "", *said])


def _overlap(table: pd.DataFrame, by: list[str], earlier: str, later: str) -> dict:
    found, of = leakage.overlapping_clips(table, by, earlier, later), int((table["part"] == later).sum())
    return {"clips": len(found), "of": of, "share": len(found) / of, "examples": found[:EXAMPLES]}


def _complete(table: pd.DataFrame, by: list[str]) -> bool:
    """Whether all clips have the values; this project's altered copies are kept as features, and need no hash."""
    copies = table["clip"].str.contains(clip_table.COPY_SEPARATOR, regex=False)
    rows = table[~copies] if by == leakage.SHARED_PROPERTIES["file"] else table
    return len(leakage.rows_with_values(rows, by)) == len(rows)


def _claim(kind: str, share: float | None, tested: str, where: str) -> str:
    if share is None:
        return f"Not every {kind} is known: a score on {tested} can claim nothing about new {kind}s."
    if share == 1:
        start = f"{kind.capitalize()}-dependent: every {kind} of {tested} is also in {where};"
        return f"{start} a score says nothing of new {kind}s."
    if share:
        start = f"Partly {kind}-dependent: {percent(share)} of {tested} have a {kind} that is also in {where};"
        return f"{start} only a score on the others speaks for new {kind}s."
    return f"{kind.capitalize()}-independent: no {kind} of {tested} is in {where}; a score speaks for new {kind}s."


def _summary(share: dict, spoilt: list[str], missing: list[str]) -> str:
    if spoilt:
        return "leaking: the score counts what was trained on"
    if share["speaker"]:
        return "speaker-dependent"
    if any(share.values()):
        return "speaker-independent" if share["speaker"] == 0 else "speakers unknown"
    return "clean as far as it is known" if missing else "clean: nothing is shared"


def _row(kind: str, found: dict, pairs: list[str]) -> list[str]:
    if not found["known"]:
        return [kind, *("not known" for _ in pairs), ""]
    hits = [found[pair] for pair in pairs]
    cells = [f"{hit['clips']:,} ({percent(hit['share'])})" if hit["clips"] else "0" for hit in hits]
    return [kind, *cells, next((hit["examples"][0] for hit in reversed(hits) if hit["clips"]), "")]


def main(arguments: list[str]) -> None:
    """Audit what the command line names, and print the report."""
    parser = Parser("python -m ser.audit", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("split", type=Path, metavar="SPLIT.csv")
    known = parser.add_mutually_exclusive_group()
    for name, make, explained in (
        ("clips", split_table.from_clip_table, "a clip table: clip, speaker, word, emotion, sha256"),
        ("corpus", split_table.from_corpus, "read the names as those of this folder of corpora/"),
        ("pattern", split_table.from_pattern, r"read the names by this, such as (?P<speaker>\w+?)_(?P<word>\w+?)_.*\.wav"),
    ):
        known.add_argument(f"--{name}", dest="source", type=make, metavar=name.upper(), help=explained)
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    given = parser.parse_args(arguments)
    content = compare_partitions(split_table.read(given.split, given.source))
    sys.stdout.write((json.dumps(content, indent=2) if given.json else format_report(str(given.split), content)) + "\n")


if __name__ == "__main__":
    with exit_on_user_error():
        main(sys.argv[1:])
