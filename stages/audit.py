"""Report what the partitions of a split share, and what a score on this split shows.

python -m stages.audit <corpus> <protocol>    writes metrics/<corpus>/<protocol>/audit.txt
"""

from pathlib import Path

from speech_emotion.core import files
from speech_emotion.core.command_line import run_stage
from speech_emotion.splits import audit, split_table


def main(corpus: str, protocol: str) -> None:
    split = Path("data") / corpus / "splits" / f"{protocol}.csv"
    report = audit.compare_partitions(split_table.read(split))
    text = audit.format_report(split.as_posix(), report)
    files.write_text(Path("metrics") / corpus / protocol / "audit.txt", text)


if __name__ == "__main__":
    run_stage(main)
