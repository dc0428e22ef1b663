"""Report what the partitions of a protocol share, and what a score on its test partition shows.

python -m stages.voices.audit <protocol>    writes metrics/voices/<protocol>/audit.txt
"""

from pathlib import Path

import pandas as pd

from speech_emotion.core import files
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.splits import audit

DATA = Path("data/voices")
TITLES = {
    "validation": "validation speakers",
    "test": "speakers who were not trained on",
    "sentences": "sentences that were not trained on",
}


def main(protocol: str) -> None:
    table = partitions.load_collection_table(DATA, protocol).assign(original="")
    present = set(table["partition"])
    tested = [name for name in ("test", "sentences") if name in present] or ["validation"]
    reports = [report(table, protocol, name) for name in tested]
    files.write_text(Path("metrics/voices") / protocol / "audit.txt", "\n\n\n".join(reports))


def report(table: pd.DataFrame, protocol: str, tested: str) -> str:
    """Return the report on one tested partition, as text."""
    rows = table[table["partition"].isin(["train", "validation", tested])]
    rows = rows.replace({"partition": {"sentences": "test"}})  # the audit knows train, validation and test
    return audit.format_report(f"{protocol}, {TITLES[tested]}", audit.compare_partitions(rows))


if __name__ == "__main__":
    run_stage(main)
