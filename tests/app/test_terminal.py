import io
import re

import pytest

from speech_emotion.app import terminal
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE, Prediction
from speech_emotion.inference.streaming import LivePrediction


def live(label="fear", rms=0.1, fear=0.75):
    probabilities = {} if label == NO_SPEECH else {"anger": 1 - fear, "fear": fear}
    return LivePrediction(1.25, Prediction(label, probabilities), None, rms)


def test_a_line_is_written_when_the_label_changes():
    file = io.StringIO()
    display = terminal.make_display(file, ["anger", "fear"], "clip.wav")
    for prediction in (live(NO_SPEECH), live(), live(), live(UNSURE, fear=0.4), live(fear=0.997)):
        display.show(prediction)
    lines = [line.split("s  ")[1] for line in file.getvalue().splitlines()]
    assert lines == ["no speech", "fear       75%", "unsure     60% anger", "fear       >99%"]


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("label", ["fear", UNSURE, NO_SPEECH])
def test_the_bars_are_redrawn_in_place(monkeypatch, columns, label):
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    display = terminal.BarDisplay(file, ["anger", "fear"], "a microphone with a very long name " * 3)
    for prediction in (live(NO_SPEECH, rms=0), live(label), live()):
        display.show(prediction)
    display.close()
    drawings = file.getvalue().split("\033[8A")  # up by the lines of a drawing
    assert [drawing.count("\n") for drawing in drawings] == [8, 8, 8]
    plain = re.sub(r"\033\[[\d;?]*[A-Za-z]|\r", "", file.getvalue())
    assert max(len(line) for line in plain.split("\n")) < max(columns, 29)
    assert file.getvalue().endswith(terminal.SHOW_CURSOR)


def test_colors_can_be_turned_off(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    lines = terminal.BarDisplay(io.StringIO(), ["anger", "fear"], "clip.wav").render(live(), 80)
    assert "\033" not in "".join(lines)
    assert lines[-1].split() == ["fear", "█" * 38, "75%"]


@pytest.mark.parametrize(("fraction", "expected"), [(-1, "    "), (0.5, "██  "), (0.7, "███ "), (2, "████")])
def test_a_bar_is_filled_to_its_fraction(fraction, expected):
    assert terminal.bar(fraction, 4) == expected
