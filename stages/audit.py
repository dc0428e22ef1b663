"""Say what a fold's parts share, and so what its score can claim.

python -m stages.audit <corpus> <fold>    writes metrics/<corpus>/<fold>/audit.txt
"""

from pathlib import Path

from ser import audit, files, tables
from ser.errors import run


def main(corpus: str, fold: str) -> None:
    split = Path("data") / corpus / "splits" / f"{fold}.csv"
    report = audit.report(tables.read(split))
    files.write_text(Path("metrics") / corpus / fold / "audit.txt", audit.text(split.as_posix(), report))


if __name__ == "__main__":
    run(main)
