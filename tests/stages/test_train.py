"""What the train stage says before it trains."""

import platform

import pytest

from speech_emotion.core.errors import UserError


@pytest.mark.slow
@pytest.mark.parametrize(("machine", "lines"), [("x86_64", 0), ("aarch64", 1)])
def test_it_says_in_one_line_that_bytes_may_differ(tmp_path, monkeypatch, capsys, machine, lines):
    from speech_emotion.core import environment
    from stages import train

    monkeypatch.chdir(tmp_path)  # without params.yaml, so that it ends after this line
    info = tmp_path / "cpuinfo"
    info.write_text("flags : avx2 fma")
    monkeypatch.setattr(environment, "CPU_INFO", info)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(UserError, match="params.yaml"):
        train.main("tess", "words")
    assert len(capsys.readouterr().err.splitlines()) == lines
