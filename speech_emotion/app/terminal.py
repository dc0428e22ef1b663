"""Show live predictions in a terminal: bars that are redrawn in place, or plain lines where that is not possible."""

import math
import os
import shutil
from typing import TextIO

from speech_emotion.core.emotions import color
from speech_emotion.core.formatting import clock, percent
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE
from speech_emotion.inference.streaming import LivePrediction

LOWEST_DBFS = -60.0  # RMS level at which the level bar is empty
HIDE_CURSOR = "\033[?25l"
SHOW_CURSOR = "\033[?25h"
CLEAR_TO_END_OF_LINE = "\033[K"


def make_display(file: TextIO, labels: list[str], source: str) -> "BarDisplay | LineDisplay":
    """Return a BarDisplay if `file` is a terminal, else a LineDisplay; `source` names the microphone or file."""
    if file.isatty() and os.environ.get("TERM") != "dumb":
        return BarDisplay(file, labels, source)
    return LineDisplay(file)


class LineDisplay:
    """Writes one line whenever the label changes."""

    def __init__(self, file: TextIO):
        self._file = file
        self._label: str | None = None

    def show(self, live: LivePrediction) -> None:
        prediction = live.prediction
        if prediction.label == self._label:
            return
        self._label = prediction.label
        detail = percent(prediction.confidence) if prediction.emotion else ""
        if prediction.label == UNSURE:
            detail += f" {prediction.emotion}"
        self._file.write(f"{clock(live.time):>8}  {prediction.label:<10} {detail}".rstrip() + "\n")
        self._file.flush()

    def close(self) -> None:
        """Nothing to restore."""


class BarDisplay:
    """Draws a bar for each emotion over the previous drawing. In a pause the last bars stay, dimmed."""

    def __init__(self, file: TextIO, labels: list[str], source: str):
        self._file = file
        self._source = source
        self._use_color = "NO_COLOR" not in os.environ  # https://no-color.org
        self._probabilities = dict.fromkeys(labels, 0.0)
        self._height = 0  # number of lines in the previous drawing
        self._file.write(HIDE_CURSOR)

    def show(self, live: LivePrediction) -> None:
        lines = self.render(live, shutil.get_terminal_size().columns)
        if self._height:
            self._file.write(f"\033[{self._height}A")  # back up to its first line
        for line in lines:
            self._file.write(f"\r{line}{CLEAR_TO_END_OF_LINE}\n")
        self._file.flush()
        self._height = len(lines)

    def close(self) -> None:
        self._file.write(SHOW_CURSOR)
        self._file.flush()

    def render(self, live: LivePrediction, columns: int) -> list[str]:
        """Return the lines of the drawing. None is wider than `columns`."""
        prediction = live.prediction
        width = max(8, min(50, columns - 22))
        speech = prediction.label != NO_SPEECH
        if speech:
            self._probabilities = prediction.probabilities
        level_dbfs = 20 * math.log10(max(live.rms, 1e-6))
        confidence = percent(prediction.confidence) if speech else ""
        drawing = [
            f"{self._source}  {clock(live.time)}   Ctrl-C to stop"[: columns - 1],
            "",
            f"  {'level':<10} {self._style(bar(1 - level_dbfs / LOWEST_DBFS, width), dim=not speech)}",
            "",
            f"  {self._style(f'{prediction.label:<10}', bold=True)} {confidence}",
            "",
        ]
        for label, probability in self._probabilities.items():
            cells = self._style(bar(probability, width), color(label), dim=not speech)
            number = percent(probability) if speech else ""
            drawing.append(f"  {label:<10} {cells} {number:>4}")
        return drawing

    def _style(self, text: str, foreground: str = "", bold: bool = False, dim: bool = False) -> str:
        """Return `text` with ANSI codes; `foreground` is #RRGGBB, or empty for the terminal's own color."""
        codes = []
        if bold:
            codes.append("1")
        if dim:
            codes.append("2")
        if foreground:
            red, green, blue = bytes.fromhex(foreground[1:])
            codes.append(f"38;2;{red};{green};{blue}")
        if not codes or not self._use_color:
            return text
        return f"\033[{';'.join(codes)}m{text}\033[0m"


def bar(fraction: float, width: int) -> str:
    """Return a bar of `width` characters, filled to `fraction`, 0 to 1."""
    full = round(min(1.0, max(0.0, fraction)) * width)
    return ("█" * full).ljust(width)
