"""Compare the digests of benchmarks/digests.py on this processor and on processors that qemu emulates.

python -m benchmarks.processors            writes benchmarks/processors.csv
python -m benchmarks.processors PROGRAM    with another qemu-x86_64 than the one on the path

Needs qemu-x86_64 (Debian and Ubuntu: qemu-user) 9.1 or newer: older ones misread the instruction vpgatherdd and crash
in `features`. An emulated processor is up to a hundred times slower, so this takes about half an hour on two cores.
qemu has no AVX-512. It computes the approximate instructions rcpps and rsqrtps exactly, which no real processor does,
so a kernel that uses them has another digest there.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from benchmarks.digests import GROUPS
from speech_emotion.core import tables
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.core.errors import UserError

RESULT = Path("benchmarks", "processors.csv")
# Intel and AMD. As qemu reports them: level-1 caches of 32 KiB; level-2 caches of 4 MiB (Intel) and 512 KiB (AMD).
EMULATED = ("Haswell", "Skylake-Client", "EPYC", "EPYC-Milan")
HERE = "this processor"


def main(emulator: str = "qemu-x86_64") -> None:
    if not shutil.which(emulator):
        raise UserError(f"{emulator}: no such program; install it (Debian and Ubuntu: apt install qemu-user)")
    commands = {HERE: []} | {processor: [emulator, "-cpu", processor] for processor in EMULATED}
    jobs = [(processor, group) for group in GROUPS for processor in commands]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: digests(commands[job[0]], job[1]), jobs))
    columns = {}
    for (processor, group), column in zip(jobs, results, strict=True):
        column.index = pd.MultiIndex.from_product([[group], column.index], names=["group", "kernel"])
        columns[processor] = pd.concat([columns.get(processor), column])
    table = pd.DataFrame(columns)
    table["equal"] = table.nunique(axis=1) == 1
    tables.write_csv(RESULT, table.reset_index())
    print(RESULT.read_text(), end="")


def digests(emulator: list[str], group: str) -> pd.Series:
    """Return the digest of each kernel of a group. `emulator` comes before the command; nothing for this processor."""
    command = [*emulator, sys.executable, "-m", "benchmarks.digests", group]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise UserError(f"{' '.join(command)} failed: {ran.stderr[-300:]}")
    return pd.Series(dict(line.rsplit(",", 1) for line in ran.stdout.splitlines()))


if __name__ == "__main__":
    with exit_on_user_error():
        main(*sys.argv[1:])
