"""What the terminal shows while it listens: a picture that rewrites itself, or lines where there is no terminal."""

import math
import os
import shutil
from typing import TextIO

from speech_emotion.core.emotions import COLORS
from speech_emotion.core.formatting import clock
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE
from speech_emotion.inference.streaming import LivePrediction

BAR = "█"
EIGHTHS = " ▏▎▍▌▋▊▉"
QUIET_DB = -60.0  # the level bar's empty end, in dB below full scale


def open_display(file: TextIO, labels: list[str], source: str):
    """Return what is called with every moment: a Screen on a terminal, Lines elsewhere."""
    if file.isatty() and os.environ.get("TERM") != "dumb":
        return Screen(file, labels, source)
    return Lines(file)


class Lines:
    """A line whenever the label changes."""

    def __init__(self, file: TextIO):
        self.file, self.last = file, None

    def __call__(self, moment: LivePrediction) -> None:
        shown = moment.prediction
        if shown.label != self.last:
            sure = f"{shown.confidence:.0%} {shown.emotion}" if shown.label == UNSURE else f"{shown.confidence:.0%}"
            self.file.write(
                f"{clock(moment.time):>8}  {shown.label:<10} {sure if shown.emotion else ''}".rstrip() + "\n"
            )
            self.file.flush()
            self.last = shown.label

    def close(self) -> None:
        """Nothing is to be undone: lines stay as they are."""


class Screen:
    """A bar an emotion, always of the same height, drawn over the one before. Keeps the last judgement in a pause."""

    def __init__(self, file: TextIO, labels: list[str], source: str):
        self.file, self.labels, self.source = file, labels, source
        self.colours = "NO_COLOR" not in os.environ  # https://no-color.org
        self.drawn, self.last = 0, dict.fromkeys(labels, 0.0)
        self.file.write("\033[?25l")  # no cursor

    def __call__(self, moment: LivePrediction) -> None:
        lines = self.lines(moment, shutil.get_terminal_size().columns)
        up = f"\033[{self.drawn}A" if self.drawn else ""
        self.file.write(up + "".join(f"\r{line}\033[K\n" for line in lines))
        self.file.flush()
        self.drawn = len(lines)

    def close(self) -> None:
        self.file.write("\033[?25h")
        self.file.flush()

    def lines(self, moment: LivePrediction, columns: int) -> list[str]:
        """Return the picture, no line wider than `columns`."""
        shown, width = moment.prediction, max(8, min(50, columns - 22))
        self.last = shown.probabilities or self.last
        speaking = shown.label != NO_SPEECH
        sure = f"{shown.confidence:.0%}" if speaking else ""
        loud = max(0.0, 1 + 20 * math.log10(max(moment.level, 1e-6)) / -QUIET_DB)
        head = [
            f"{self.source}  {clock(moment.time)}   Ctrl-C ends"[: columns - 1],
            "",
            f"  {'level':<10} {self._paint(bar(loud, width), None, speaking)}",
            "",
            f"  {self._paint(f'{shown.label:<10}', shown.label, True, bold=True)} {sure}",
            "",
        ]
        return head + [self._row(label, value, width, speaking) for label, value in self.last.items()]

    def _row(self, label: str, value: float, width: int, speaking: bool) -> str:
        return (
            f"  {label:<10} {self._paint(bar(value, width), label, speaking)} {f'{value:.0%}' if speaking else '':>4}"
        )

    def _paint(self, text: str, label: str | None, bright: bool, bold: bool = False) -> str:
        if not self.colours:
            return text
        style = ["1"] * bold + ["2"] * (not bright)
        if label in COLORS:
            red, green, blue = (int(COLORS[label][place : place + 2], 16) for place in (1, 3, 5))
            style.append(f"{'48' if bold else '38'};2;{red};{green};{blue}")
            if bold:  # dark letters on light colours
                style.append("38;2;0;0;0" if 0.3 * red + 0.59 * green + 0.11 * blue > 120 else "38;2;255;255;255")
        return f"\033[{';'.join(style)}m{text}\033[0m" if style else text


def bar(share: float, width: int) -> str:
    """Return a bar of `width` letters, filled to `share`, 0 to 1, in eighths of a letter."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    full, part = divmod(eighths, 8)
    return (BAR * full + (EIGHTHS[part] if part else "")).ljust(width)
