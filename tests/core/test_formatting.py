import pytest

from speech_emotion.core import formatting


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.001, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")]
)
def test_percent(share, text):
    assert formatting.percent(share) == text


@pytest.mark.parametrize(("seconds", "text"), [(4.25, "4.2 s"), (62.04, "1:02.0"), (7384.25, "2:03:04.2")])
def test_clock(seconds, text):
    assert formatting.clock(seconds) == text


def test_a_name_cannot_move_the_cursor_of_a_terminal():
    assert formatting.printable("a\nb\x1b[2J é") == r"a\nb\x1b[2J é"
