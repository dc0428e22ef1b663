"""Report what the partitions of a split share, and what a score on it shows.

speech-emotion audit SPLIT.csv

SPLIT.csv has the columns path and partition (train, validation, test). It may
have speaker, word, emotion, sha256, and original: the clip that an augmented
copy was made from. Missing values are looked up in this project's clip table or
read from the file names of a known corpus. Missing hashes are computed where
the files exist.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import pandas as pd

from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.core.command_line import Parser
from speech_emotion.core.formatting import percent
from speech_emotion.splits import clip_metadata, split_table
from speech_emotion.splits.leakage import SHARED_PROPERTIES, overlapping_clips, rows_with_values
from speech_emotion.splits.verdict import verdict

EXAMPLES = 3


def compare_partitions(table: pd.DataFrame) -> dict:
    """Compare every two partitions of a split, a table with the columns `split_table.COLUMNS`.

    Returns:
        clips: the number of clips in each partition.
        known: the number of clips for which each of SHARED_PROPERTIES is known.
        shared: for each property and each pair such as "test in train", the number of test clips that share the
            property with a training clip, their fraction of the test clips, and examples.
        verdict: see `verdict`.
    """
    partitions = sorted(set(table["partition"]), key=PARTITIONS.index)
    pairs = list(combinations(partitions, 2))
    shared = {}
    shares = {}
    for name, columns in SHARED_PROPERTIES.items():
        shared[name] = {f"{later} in {earlier}": _overlap(table, columns, [earlier], later) for earlier, later in pairs}
        shares[name] = _overlap(table, columns, partitions[:-1], partitions[-1])["share"]
    return {
        "clips": {partition: int((table["partition"] == partition).sum()) for partition in partitions},
        "known": {name: len(rows_with_values(table, columns)) for name, columns in SHARED_PROPERTIES.items()},
        "shared": shared,
        "verdict": verdict(table, shares),
    }


def format_report(name: str, report: dict) -> str:
    """Format the result of `compare_partitions` as text; `name` is the name of the split."""
    sizes = ", ".join(f"{partition} {count:,}" for partition, count in report["clips"].items())
    rows = {property: _row(pairs, report["known"][property]) for property, pairs in report["shared"].items()}
    lines = [
        f"{name}: {sizes} clips, counting augmented copies",
        "",
        "Clips that share a property with a clip of an earlier partition:",
        pd.DataFrame.from_dict(rows, orient="index").to_string(col_space=20),
        "",
        f"Verdict: {report['verdict']['summary']}",
        *(f"- {reason}" for reason in report["verdict"]["reasons"]),
    ]
    return "\n".join(lines)


def _overlap(table: pd.DataFrame, columns: list[str], earlier: list[str], later: str) -> dict:
    clips = overlapping_clips(table, columns, earlier, later)
    share = len(clips) / int((table["partition"] == later).sum())
    return {"clips": len(clips), "share": share, "examples": clips[:EXAMPLES]}


def _row(pairs: dict[str, dict], known: int) -> dict[str, str]:
    row = dict.fromkeys(pairs, "0" if known else "unknown") | {"example": "-"}
    for pair, overlap in pairs.items():
        if overlap["clips"]:
            row[pair] = f"{overlap['clips']:,} ({percent(overlap['share'])})"
            row["example"] = overlap["examples"][0]
    return row


def main(arguments: list[str]) -> None:
    """Print the report on the split that the command line names."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = Parser("speech-emotion audit", description=__doc__, formatter_class=formatter)
    parser.add_argument("split", type=Path, metavar="SPLIT.csv")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    group = parser.add_mutually_exclusive_group()
    explanation = "a clip table: clip, speaker, word, emotion, sha256"
    group.add_argument("--clips", dest="lookup", type=clip_metadata.from_clip_table, metavar="CSV", help=explanation)
    explanation = "a folder of corpora/; its corpus.yaml says how to read the file names"
    group.add_argument("--corpus", dest="lookup", type=clip_metadata.from_corpus, metavar="CORPUS", help=explanation)
    explanation = r"a regular expression such as (?P<speaker>\w+?)_(?P<word>\w+?)_.*\.wav"
    group.add_argument("--pattern", dest="lookup", type=clip_metadata.from_pattern, metavar="PATTERN", help=explanation)
    options = parser.parse_args(arguments)
    report = compare_partitions(split_table.read(options.split, options.lookup))
    print(json.dumps(report, indent=2) if options.json else format_report(str(options.split), report))
