"""The terminal that listens."""

import io
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
from hypothesis import given
from hypothesis import strategies as st

from app import display, microphone
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import NO_SPEECH, Prediction
from speech_emotion.inference.streaming import LivePrediction

RATE = 16000


@pytest.fixture(scope="module")
def clip(tmp_path_factory, spoken):
    """A second of nothing, a sentence, a second of nothing."""
    path, quiet = tmp_path_factory.mktemp("clip") / "clip.wav", np.zeros(RATE, np.float32)
    soundfile.write(path, np.concatenate([quiet, spoken(0, RATE), quiet]), RATE)
    return path


def moment(label="fear", level=0.1, **shares):
    shares = {"anger": 0.25, "fear": 0.75} | shares
    heard = Prediction(label, {} if label == NO_SPEECH else shares)
    return LivePrediction(1.25, heard, None, None, 1.0, level)


def test_a_file_is_listened_to(clip, shipped, capsys):
    microphone.main(["--file", str(clip), "--fast", "--model", str(shipped), "--threshold", "0"])
    said = capsys.readouterr()
    rows = [
        re.fullmatch(r" +([\d.]+) s  (no speech|(anger|fear|sadness) +\d+%)", line) for line in said.out.splitlines()
    ]
    labels = [row[2] for row in rows]
    assert labels[0] == labels[-1] == NO_SPEECH
    assert 1 < float(rows[1][1]) <= 2.5  # speech starts at 1 s, and a label is there by 2.5 s
    hops, work = re.fullmatch(r"(\d+) hops of 0.25 s, ([\d.]+) ms of work each \(median\)\n", said.err).groups()
    assert int(hops) == int(soundfile.info(clip).duration / 0.25)
    assert float(work) <= 20


def test_a_file_takes_as_long_as_it_was_spoken():
    blocks, start = [np.zeros(800, np.float32)] * 8, time.monotonic()
    assert len(list(microphone.paced(iter(blocks), RATE))) == 8
    assert 0.4 <= time.monotonic() - start < 2


@given(lengths=st.lists(st.integers(0, 30), max_size=8), size=st.integers(1, 12))
def test_cutting_keeps_every_sample(lengths, size):
    signal = np.arange(sum(lengths), dtype=np.float32)
    blocks = list(microphone.cut(np.split(signal, np.cumsum(lengths)[:-1]) if lengths else [], size))
    assert np.concatenate([*blocks, []]).tolist() == signal.tolist()
    assert all(len(block) == size for block in blocks[:-1])


def test_no_microphone_is_one_line(shipped):
    command = [sys.executable, "-m", "app.microphone", "--model", str(shipped), "--device", "no such microphone"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"error: (no microphone|the microphone cannot be opened) \(.*\); .* --file CLIP\n", done.stderr)


def test_to_be_fast_takes_a_file(shipped):
    with pytest.raises(UserError, match="--fast without --file; name the recording"):
        microphone.main(["--fast", "--model", str(shipped)])


def test_a_microphone_is_heard(tmp_path, shipped, spoken):
    """ALSA's file device plays the microphone's part, for want of a real one; PortAudio and sounddevice are real."""
    try:
        microphone._sounddevice()
    except UserError as error:
        pytest.skip(str(error))
    np.tile(np.concatenate([np.zeros(44100, np.float32), spoken(0, 44100)]), 20).tofile(tmp_path / "heard.raw")
    infile = f'infile "{tmp_path}/heard.raw" format raw'
    (tmp_path / ".asoundrc").write_text(f'pcm.!default {{ type file slave.pcm "null" file /dev/null {infile} }}\n')
    command = [sys.executable, "-m", "app.microphone", "--model", str(shipped), "--threshold", "0"]
    own = os.environ | {"HOME": str(tmp_path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell's background job, and so all that it starts, ignores Ctrl-C.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, env=own, **pipes, **heeding) as process:
        patience = threading.Timer(60, process.kill)  # an answer that never comes fails the test instead of stopping it
        patience.start()
        said = [process.stdout.readline().split("s  ")[1] for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, error = process.communicate()
        patience.cancel()
    assert said[0] == "no speech\n" and re.match("anger|fear|sadness", said[1])
    assert process.returncode == 0 and "Traceback" not in error and "ms of work each" in error


class Device:
    """What sounddevice is to the microphone, of a device that hands over more than anybody can listen to."""

    PortAudioError = OSError

    def query_devices(self, *_) -> dict:
        return {"default_samplerate": RATE, "name": "fast"}

    def InputStream(self, rate, size, *_, callback):
        self.size, self.callback, self.calls = size, callback, []
        return self

    def start(self):
        for number in range(microphone.BACKLOG + 3):
            self.callback(np.full((self.size, 1), number, np.float32), self.size, None, None)

    def abort(self):
        self.calls.append("abort")

    def close(self):
        self.calls.append("close")


def test_a_listener_who_is_late_loses_sound_but_no_memory(monkeypatch):
    device = Device()
    monkeypatch.setattr(microphone, "_sounddevice", lambda: device)
    rate, name, blocks = microphone.microphone(None)
    first = next(blocks)
    kept = [block[0] for _, block in zip(range(microphone.BACKLOG - 1), blocks, strict=False)]
    assert (rate, name, len(first)) == (RATE, "fast", round(microphone.BLOCK * RATE))
    assert [first[0], *kept] == list(range(microphone.BACKLOG))
    device.callback(np.full((device.size, 1), -1, np.float32), device.size, None, None)
    assert next(blocks)[0] == -1  # what came in between is lost, and it listens on
    blocks.close()
    assert device.calls == ["abort", "close"]


def test_a_file_that_is_not_there_is_refused(shipped, capsys):
    with pytest.raises(UserError, match=r"none\.wav: no such file"):
        microphone.main(["--file", "none.wav", "--fast", "--model", str(shipped)])


def test_lines_are_printed_when_the_label_changes():
    file = io.StringIO()
    show = display.open_display(file, ["anger", "fear"], "clip.wav")
    for now in (moment(NO_SPEECH), moment(), moment(), moment("unsure", fear=0.4), moment(NO_SPEECH)):
        show(now)
    said = [line.split("s  ")[1] for line in file.getvalue().splitlines()]
    assert said == ["no speech", "fear       75%", "unsure     40% fear", "no speech"]


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("label", ["fear", "unsure", NO_SPEECH])
def test_the_screen_keeps_its_height_and_its_place(monkeypatch, columns, label):
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    show = display.Screen(file, ["anger", "fear"], "a microphone of the longest name that was ever seen anywhere")
    for now in (moment(NO_SPEECH, level=0), moment(label), moment()):
        show(now)
    show.close()
    drawn = file.getvalue().split("\033[8A")  # up again by as many lines as were drawn
    assert len(drawn) == 3 and all(picture.count("\n") == 8 for picture in drawn)
    plain = re.sub(r"\033\[[\d;?]*[A-Za-z]|\r", "", file.getvalue())
    assert max(map(len, plain.split("\n"))) < max(columns, 29)
    assert file.getvalue().endswith("\033[?25h")  # the cursor is back


def test_colours_can_be_turned_off(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    shown = display.Screen(io.StringIO(), ["anger", "fear"], "clip.wav").lines(moment(), 80)
    assert "\033" not in "".join(shown)
    assert shown[-1].split() == ["fear", display.BAR * 37 + "▌", "75%"]


@pytest.mark.parametrize(
    ("share", "drawn"), [(-1, "    "), (0, "    "), (0.5, "██  "), (0.53, "██▏ "), (1, "████"), (2, "████")]
)
def test_bars(share, drawn):
    assert display.bar(share, 4) == drawn
