"""An emulated processor with other caches and without AVX-512 computes the same bytes as this one.

benchmarks/processors.py compares four of them.
"""

import os
import shutil
import subprocess
import sys

import pytest

from speech_emotion.core.environment import promises_bytes

EMULATOR = "qemu-x86_64"
PROCESSOR = "Haswell"  # 11 of 31 kernels differed under it before, see docs/reproducibility.md
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which(EMULATOR), reason=f"{EMULATOR} is not installed (Debian: qemu-user)"),
    pytest.mark.skipif(not promises_bytes(), reason="bytes are promised on x86-64 with AVX2 and FMA only"),
]


def digests(*groups: str, **environment: str) -> list[str]:
    """Run benchmarks/digests.py here and on the emulated processor, and return what they printed."""
    command = [sys.executable, "-m", "benchmarks.digests", *groups]
    environment = os.environ | environment
    runs = [
        subprocess.run(before + command, env=environment, capture_output=True, text=True)
        for before in ([], [EMULATOR, "-cpu", PROCESSOR])
    ]
    assert [run.returncode for run in runs] == [0, 0], [run.stderr[-500:] for run in runs]
    return [run.stdout for run in runs]


def test_training_and_the_shipped_model_with_its_front_end():
    here, emulated = digests("training", "inference")
    assert "lstm_" in here and "features of the shipped model" in here
    assert emulated == here


def test_features():
    """Numba compiles for any processor here, and once: under emulation it takes minutes. MFCCs do not use it."""
    here, emulated = digests("features", NUMPY_WITHOUT_AVX2="1", NUMBA_CPU_NAME="generic")
    assert "MFCCs" in here
    assert emulated == here
