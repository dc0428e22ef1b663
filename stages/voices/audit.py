"""Report what the partitions of a protocol share, and what a score on its test partition shows.

python -m stages.voices.audit <protocol>    writes metrics/voices/<protocol>/audit.txt
"""

from pathlib import Path

from speech_emotion.core import files
from speech_emotion.core.command_line import run_stage
from speech_emotion.dataset import partitions
from speech_emotion.splits import audit

DATA = Path("data/voices")
TITLES = {"test": "speakers who were not trained on", "sentences": "sentences that were not trained on"}


def main(protocol: str) -> None:
    table = partitions.load_collection_table(DATA, protocol).assign(original="")
    reports = []
    for tested, title in TITLES.items():
        names = ["train", "validation", tested]
        rows = table[table["partition"].isin(names)].replace({"partition": {"sentences": "test"}})
        if len(rows):
            reports.append(audit.format_report(f"{protocol}, {title}", audit.compare_partitions(rows)))
    files.write_text(Path("metrics/voices") / protocol / "audit.txt", "\n\n\n".join(reports))


if __name__ == "__main__":
    run_stage(main)
