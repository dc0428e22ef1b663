"""Say what a fold's parts share, and so what its score can claim.

python -m stages.audit <corpus> <fold>    writes metrics/<corpus>/<fold>/audit.txt
"""

from pathlib import Path

from speech_emotion.core import files
from speech_emotion.splits import audit, split_table
from speech_emotion.core.command_line import run_stage


def main(corpus: str, fold: str) -> None:
    split = Path("data") / corpus / "splits" / f"{fold}.csv"
    report = audit.compare_partitions(split_table.read(split))
    files.write_text(Path("metrics") / corpus / fold / "audit.txt", audit.format_report(split.as_posix(), report))


if __name__ == "__main__":
    run_stage(main)
