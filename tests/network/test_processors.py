"""Emulated processors, Intel and AMD, with other caches and without AVX-512, compute the same bytes as this one."""

import os
import shutil
import subprocess
import sys

import pytest

from speech_emotion.core.environment import promises_bytes

EMULATOR = "qemu-x86_64"
PROCESSORS = ("Haswell", "EPYC-Milan")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which(EMULATOR), reason=f"{EMULATOR} is not installed (Debian: qemu-user)"),
    pytest.mark.skipif(not promises_bytes(), reason="bytes are promised on x86-64 with AVX2 and FMA only"),
]


def digests(*groups: str, **environment: str) -> list[str]:
    """Run benchmarks/digests.py here, then on all emulated processors at once, and return what they printed."""
    command = [sys.executable, "-m", "benchmarks.digests", *groups]
    environment = os.environ | environment
    here = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    commands = [[EMULATOR, "-cpu", processor, *command] for processor in PROCESSORS]
    runs = [subprocess.Popen(command, env=environment, **pipes) for command in commands]
    outputs = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0] * len(runs), [errors[-500:] for _, errors in outputs]
    return [here, *(output for output, _ in outputs)]


def test_training_and_the_shipped_model_with_its_front_end():
    here, *emulated = digests("training", "inference")
    assert "lstm_" in here and "features of the shipped model" in here
    assert emulated == [here] * len(PROCESSORS)


def test_features():
    """Numba compiles for any processor here, and once: under emulation it takes minutes. MFCCs do not use it."""
    here, *emulated = digests("features", NUMPY_WITHOUT_AVX2="1", NUMBA_CPU_NAME="generic")
    assert "MFCCs" in here
    assert emulated == [here] * len(PROCESSORS)
