"""On which processors the committed bytes are promised."""

import platform

import pytest

from speech_emotion.core import environment
from speech_emotion.core.errors import UserError


@pytest.mark.parametrize(
    ("machine", "flags", "promised"),
    [
        ("x86_64", "sse avx avx2 fma avx512f", True),
        ("x86_64", "sse avx avx2", False),
        ("x86_64", "sse avx fma", False),
        ("aarch64", "asimd", False),
    ],
)
def test_bytes_are_promised_on_x86_with_avx2_and_fma(tmp_path, monkeypatch, machine, flags, promised):
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\nflags : {flags}\n")
    monkeypatch.setattr(environment, "CPU_INFO", info)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert environment.promises_bytes() == promised


@pytest.mark.parametrize("cores", ["0", "two", "-1", "1.5"])
def test_what_is_no_number_of_cores_is_one_line(monkeypatch, cores):
    monkeypatch.setenv(environment.CORES, cores)
    with pytest.raises(UserError, match=f"SPEECH_EMOTION_CORES is '{cores}'; expected a number of cores, at least 1"):
        environment.cores()
