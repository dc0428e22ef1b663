"""Arithmetic that gives the same bytes on other processors: what must be set before NumPy is imported."""

import os
import platform


def pin_arithmetic() -> None:
    """Limit NumPy and OpenBLAS to AVX2 and one thread.

    NumPy's logarithm and OpenBLAS's matrix product round differently with AVX-512 than with AVX2, and OpenBLAS's order
    of additions depends on the number of threads.
    """
    if platform.machine() in ("x86_64", "AMD64"):
        os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
