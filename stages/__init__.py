"""One file per stage of dvc.yaml.

The variables below must be set before NumPy is imported. NumPy's logarithm and OpenBLAS's matrix product round
differently with AVX-512 than with AVX2, and OpenBLAS's order of additions depends on the number of threads. Pinning
both gives the same features on other x86-64 processors.
"""

import os
import platform

if platform.machine() in ("x86_64", "AMD64"):
    os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL AVX512_SPR"
    os.environ["OPENBLAS_CORETYPE"] = "Haswell"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
