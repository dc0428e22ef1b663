"""Compare the digests of benchmarks/digests.py on this processor and on processors that qemu emulates.

python -m benchmarks.processors    writes benchmarks/processors.csv

Needs the program qemu-x86_64 (Debian: qemu-user). An emulated processor is up to a hundred times slower, so this takes
about half an hour. qemu has no AVX-512. It computes the approximate instructions rcpps and rsqrtps exactly, which no
real processor does, so a kernel that uses them has another digest there.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from speech_emotion.core import tables
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.core.errors import UserError

RESULT = Path("benchmarks", "processors.csv")
EMULATOR = "qemu-x86_64"
# Intel and AMD, with level-1 caches of 32 KiB; level-2 caches of 4 MiB and 512 KiB.
EMULATED = ("Haswell", "Skylake-Client", "EPYC", "EPYC-Milan")
GROUPS = ("features", "kernels", "training", "inference")


def main() -> None:
    if not shutil.which(EMULATOR):
        raise UserError(f"{EMULATOR}: no such program; install it (Debian and Ubuntu: apt install qemu-user)")
    jobs = [(processor, group) for group in GROUPS for processor in ("", *EMULATED)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: digests(*job), jobs))
    columns = {}
    for (processor, _), column in zip(jobs, results, strict=True):
        name = processor or "this processor"
        columns[name] = pd.concat([columns.get(name), column])
    table = pd.DataFrame(columns)
    table["equal"] = table.nunique(axis=1) == 1
    tables.write_csv(RESULT, table.reset_index(names="kernel"))
    print(RESULT.read_text(), end="")


def digests(processor: str, group: str) -> pd.Series:
    """Return the digest of each kernel of a group, on an emulated processor, or on this one if `processor` is empty."""
    emulator = [EMULATOR, "-cpu", processor] if processor else []
    command = [*emulator, sys.executable, "-m", "benchmarks.digests", group]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return pd.Series(dict(line.rsplit(",", 1) for line in output.splitlines()))


if __name__ == "__main__":
    with exit_on_user_error():
        main()
