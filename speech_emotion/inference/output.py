"""Write what was heard: a table for people, CSV and JSON for programs. Each format is a class: made once, called per
recording."""

import csv
import json
from typing import TextIO

from speech_emotion.inference.predictor import Prediction
from speech_emotion.inference.timeline import Timeline

NAME_WIDTH = 40
DECIMALS = 4


class Table:
    """A line a recording, and for one that was cut into windows a line a window below it."""

    def __init__(self, file: TextIO, labels: list[str], names: list[str]):
        self.file, self.labels = file, labels
        self.width = min(NAME_WIDTH, max((len(printable(name)) for name in names), default=0))
        self._line("", "time", "label", [f"{label:>{_width(label)}}" for label in labels])

    def __call__(self, name: str, heard: Timeline) -> None:
        self._row(_short(printable(name), self.width), clock(heard.whole.duration), heard.whole)
        for segment in heard.segments if len(heard.segments) > 1 else []:
            self._row("", f"{clock(segment.start)} - {clock(segment.end)}", segment.prediction)

    def _row(self, name: str, time: str, prediction: Prediction) -> None:
        shares = [f"{value:>{_width(label)}.0%}" for label, value in prediction.probabilities.items()]
        self._line(name, time, prediction.label, shares)

    def _line(self, name: str, time: str, label: str, cells: list[str]) -> None:
        self.file.write(f"{name:<{self.width}}  {time:<22}  {label:<10} {' '.join(cells)}".rstrip() + "\n")


class Csv:
    """A row a window: file, start, end in seconds, label, then the probability of every emotion."""

    def __init__(self, file: TextIO, labels: list[str], names: list[str]):
        self.labels = labels
        self.writer = csv.writer(file, lineterminator="\n")
        self.writer.writerow(["file", "start", "end", "label", *labels])

    def __call__(self, name: str, heard: Timeline) -> None:
        for segment in heard.segments:
            own = round_probabilities(segment.prediction.probabilities)
            cells = [own.get(label, "") for label in self.labels]
            times = [round(time, 3) for time in (segment.start, segment.end)]
            self.writer.writerow([printable(name), *times, segment.prediction.label, *cells])


class JsonLines:
    """A JSON object a line, a line a recording."""

    def __init__(self, file: TextIO, labels: list[str], names: list[str]):
        self.file = file

    def __call__(self, name: str, heard: Timeline) -> None:
        content = {"file": printable(name), "duration": round(heard.whole.duration, 3), **_content(heard.whole)}
        if len(heard.segments) > 1:
            content["timeline"] = [
                {"start": round(item.start, 3), "end": round(item.end, 3), **_content(item.prediction)}
                for item in heard.segments
            ]
        self.file.write(json.dumps(content) + "\n")


FORMATS = {"table": Table, "csv": Csv, "json": JsonLines}


def clock(seconds: float) -> str:
    """Write 7384.25 as 2:03:04.2, and 4.25 as 4.2 s."""
    tenths = int(seconds * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f} s"
    hours, minutes = divmod(tenths // 600, 60)
    return (f"{hours}:{minutes:02}" if hours else f"{minutes}") + f":{tenths % 600 / 10:04.1f}"


def printable(text: str) -> str:
    """Escape what a terminal would not print, such as a line end in a file name."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def round_probabilities(probabilities: dict[str, float]) -> dict[str, float]:
    return {label: round(value, DECIMALS) for label, value in probabilities.items()}


def _content(prediction: Prediction) -> dict:
    return {"label": prediction.label, "probabilities": round_probabilities(prediction.probabilities)}


def _width(label: str) -> int:
    return max(5, len(label))


def _short(name: str, width: int) -> str:
    return name if len(name) <= width else "…" + name[len(name) - width + 1 :]
