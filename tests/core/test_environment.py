"""On which processors the committed bytes are promised."""

import platform

import pytest

from speech_emotion.core import environment


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
