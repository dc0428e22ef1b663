"""Arithmetic that gives the same bytes on other processors: what must be set before NumPy is imported."""

import hashlib
import os
import platform
import sys
from pathlib import Path

from speech_emotion.core.errors import UserError

CLUSTER = "DASK_SCHEDULER_ADDRESS"  # the environment variable that names a cluster, see speech_emotion/parallel
CORES = "SPEECH_EMOTION_CORES"  # the environment variable that says how many cores to use; all without it
CODE = "SPEECH_EMOTION_CODE"  # and, for the workers of a cluster, which code they have
CPU_INFO = Path("/proc/cpuinfo")
NO_PROMISE = (
    "note: the committed bytes are promised on Linux on x86-64 with AVX2 and FMA. Expect other weights here, "
    "and scores that differ by up to about 0.03 (docs/reproducibility.md)."
)


def pin_arithmetic() -> None:
    """Limit NumPy and OpenBLAS to AVX2 and one thread.

    NumPy's logarithm and OpenBLAS's matrix product round differently with AVX-512 than with AVX2, and OpenBLAS's order
    of additions depends on the number of threads.
    """
    os.environ.update(_pins())


def is_pinned() -> bool:
    """Return whether `pin_arithmetic` was called in this process or in its parent."""
    return _pins().items() <= os.environ.items()


def _pins() -> dict[str, str]:
    pins = {"OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() in ("x86_64", "AMD64"):
        pins |= {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR", "OPENBLAS_CORETYPE": "Haswell"}
    return pins


def cores() -> int:
    """Return how many cores to use. Raises UserError if the environment variable is no such number."""
    wanted = os.environ.get(CORES)
    if wanted:
        if not wanted.isdecimal() or int(wanted) == 0:
            raise UserError(f"{CORES} is {wanted!r}; expected a number of cores, at least 1")
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def code_digest() -> str:
    """Return a hash of the source of this package."""
    package = Path(__file__).parent.parent
    sources = [path.read_bytes() for path in sorted(package.rglob("*.py"))]
    return hashlib.sha256(b"".join(sources)).hexdigest()


def promises_bytes() -> bool:
    """Return whether the stages give the committed bytes here: on Linux on x86-64 with AVX2 and FMA."""
    if platform.machine() != "x86_64" or not CPU_INFO.exists():
        return False
    return {"avx2", "fma"} <= set(CPU_INFO.read_text().split())


def note_where_bytes_may_differ() -> None:
    """Say in one line what to expect on a machine that gives other bytes."""
    if not promises_bytes():
        print(NO_PROMISE, file=sys.stderr)
