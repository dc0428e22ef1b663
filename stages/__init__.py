"""One file a stage of dvc.yaml. What follows happens before NumPy is imported.

With AVX-512 instead of AVX2, NumPy's logarithm and OpenBLAS' matrix product round differently, and OpenBLAS adds in
another order with another number of threads. Fixing both gives the same bytes on other x86-64 processors.
"""

import os
import platform

if platform.machine() in ("x86_64", "AMD64"):
    os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"
    os.environ["OPENBLAS_CORETYPE"] = "Haswell"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
