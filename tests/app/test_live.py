import os
import re
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import soundfile
from support.programs import PIPES, allow_interrupt

from speech_emotion.app import live
from speech_emotion.core.errors import UserError

RATE = 16000


@pytest.fixture(scope="module")
def clip(tmp_path_factory, spoken):
    """A sentence between two seconds of silence."""
    path = tmp_path_factory.mktemp("clip") / "clip.wav"
    silence = np.zeros(RATE, np.float32)
    soundfile.write(path, np.concatenate([silence, spoken(0, RATE), silence]), RATE)
    return path


def test_a_file_is_classified_live(clip, shipped, capsys):
    live.main(["--file", str(clip), "--fast", "--model", str(shipped), "--threshold", "0"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("no speech") and lines[-1].endswith("no speech")
    seconds, label = re.fullmatch(r" +([\d.]+) s  (\w+) +\d+%", lines[1]).groups()
    assert label in ("anger", "fear", "sadness")
    assert 1 < float(seconds) <= 2.5  # speech starts at 1 s


@pytest.mark.parametrize("real_time", [True, False])
def test_chunks_come_in_real_time_or_at_once(real_time):
    signal = np.arange(8100, dtype=np.float32)
    start = time.monotonic()
    chunks = list(live.split_chunks(signal, RATE, real_time))
    seconds = time.monotonic() - start
    assert np.concatenate(chunks).tolist() == signal.tolist()
    assert {len(chunk) for chunk in chunks[:-1]} == {800}
    assert (seconds >= len(signal) / RATE) == real_time


@pytest.mark.parametrize(
    ("arguments", "message"),
    [("--fast", "--file"), ("--file none.wav", "none.wav"), ("--device none", "sounddevice|install")],
)
def test_a_wrong_source_raises_a_user_error(shipped, arguments, message):
    with pytest.raises(UserError, match=message):
        live.main([*arguments.split(), "--model", str(shipped)])


@pytest.mark.slow
def test_the_microphone_is_classified_until_ctrl_c(tmp_path, shipped, spoken):
    """ALSA's file device plays a recording as the default microphone; PortAudio and sounddevice are real."""
    pytest.importorskip("sounddevice", exc_type=(ImportError, OSError))  # OSError: PortAudio is not installed
    sound = np.concatenate([np.zeros(44100, np.float32), spoken(0, 44100)])
    np.tile(sound, 20).tofile(tmp_path / "sound.raw")
    device = f'type file slave.pcm "null" file /dev/null infile "{tmp_path}/sound.raw" format raw'
    (tmp_path / ".asoundrc").write_text(f"pcm.!default {{ {device} }}\n")
    command = [sys.executable, "-m", "speech_emotion", "live", "--model", str(shipped), "--threshold", "0"]
    environment = os.environ | {"HOME": str(tmp_path)}
    with subprocess.Popen(command, env=environment, **PIPES, preexec_fn=allow_interrupt) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        timer.cancel()
    assert "no speech" in lines[0] and re.search("anger|fear|sadness", lines[1])
    assert process.returncode == 0 and "Traceback" not in errors
