"""Fixes, before numpy is imported, what would make the same stage give other bytes on another x86-64 processor.

Measured on TESS: with AVX-512 numpy's logarithm and OpenBLAS' matrix product round otherwise than with AVX2, and
OpenBLAS adds up in another order with another number of threads. See the README's "Byte for byte".
"""

import os
import platform

if platform.machine() in ("x86_64", "AMD64"):
    os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"
    os.environ["OPENBLAS_CORETYPE"] = "Haswell"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
